/**
 * Syntax that lowering replaces by other code, beside the types that it takes away.
 */
import { isTypeSyntax } from "../../../language/Syntax.ts"
import type * as Ast from "../../../language/Ast.ts"

export interface LoweredSyntax {
  /** Every node that is replaced, or holds one that is. */
  readonly nodes: ReadonlySet<object>
  /** The types of those that are replaced. */
  readonly types: ReadonlySet<string>
}

const replaced: ReadonlySet<string> = new Set([
  "AutoAccessor",
  "Decorator",
  "JSXElement",
  "JSXFragment",
  "TsEnumDeclaration",
  "TsExportAssignment",
  "TsImportEqualsDeclaration",
  "TsModuleDeclaration",
  "TsNamespaceDeclaration",
  "TsParameterProperty",
  "UsingDeclaration"
])

const isField = (node: Ast.AnyNode): boolean => node.type === "ClassProperty" || node.type === "PrivateProperty"

/** The constructors beside the `nodes` of a class: what becomes of a field stands in there. */
const constructors = (nodes: ReadonlySet<object>): ReadonlyArray<object> =>
  [...nodes].flatMap((node) => "body" in node && Array.isArray(node.body) ? node.body as ReadonlyArray<object> : [])
    .filter((member) => "type" in member && member.type === "Constructor")

/** `movesFields`: fields of classes become assignments in the constructor. */
export const find = (module: Ast.Module, movesFields: boolean): LoweredSyntax => {
  const nodes = new Set<object>()
  const types = new Set<string>()
  const parents: Array<object> = []
  const visit = (node: object): void => {
    if ("type" in node && typeof node.type === "string") {
      // `type` makes it a node
      const self = node as Ast.AnyNode
      if (isTypeSyntax(self)) return
      if (replaced.has(self.type) || (movesFields && isField(self))) {
        types.add(self.type)
        nodes.add(node)
        for (let index = parents.length - 1; index >= 0; index--) {
          const parent = parents[index]
          if (parent === undefined || nodes.has(parent)) break
          nodes.add(parent)
        }
      }
    }
    parents.push(node)
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) visit(value)
    parents.pop()
  }
  visit(module)
  if (movesFields) { for (const constructor of constructors(nodes)) nodes.add(constructor) }
  return { nodes, types }
}

/**
 * Whether some of it has a lowering that hangs on its spelling: it is normalised before it is lowered. Legacy decorators
 * name the keys of members; JSX has its text.
 */
export const hangsOnSpelling = ({ types }: LoweredSyntax): boolean =>
  ["Decorator", "JSXElement", "JSXFragment"].some((type) => types.has(type))
