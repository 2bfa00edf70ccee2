/**
 * Which top-level bindings keep the value that they have at a place of the text: there, a copy of the value and the live
 * binding are the same.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import { asName, boundNames, isTypeSyntax, syntax } from "../language/Syntax.ts"

/** What declares a name at the top level, and where. */
interface Declaring {
  readonly kind: "function" | "variable" | "constant" | "other"
  readonly start: number
}

const declaring = (statement: Ast.AnyNode, name: string): ReadonlyArray<Declaring> => {
  const self = syntax(statement)
  if (self.type === "ExportDeclaration") return declaring(self.declaration, name)
  if (isTypeSyntax(self)) return []
  const { start } = spanOf(self)
  const binds = (declarator: Ast.VariableDeclarator): boolean =>
    boundNames(declarator.id).some((each) => each.value === name)
  switch (self.type) {
    case "FunctionDeclaration":
      return self.identifier.value === name ? [{ kind: "function", start }] : []
    case "ClassDeclaration":
      return self.identifier.value === name ? [{ kind: "other", start }] : []
    case "TsEnumDeclaration":
    case "TsModuleDeclaration":
    case "TsImportEqualsDeclaration":
      return self.id.value === name ? [{ kind: "other", start }] : []
    case "VariableDeclaration":
      return self.declarations.filter(binds).map((each) => ({
        kind: self.kind === "const" ? "constant" : "variable",
        start: spanOf(each).start
      }))
    case "UsingDeclaration":
      return self.decls.filter(binds).map((each) => ({ kind: "constant", start: spanOf(each).start }))
    default:
      return []
  }
}

/** The names that an assignment to `target` gives a value: those of patterns, too. */
const assignedNames = (target: Ast.AnyNode): ReadonlyArray<string> =>
  boundNames(target).filter(({ ctxt }) => ctxt === topLevel).map(({ value }) => value)

/** Whether code of the module assigns `name`, beside the one declaration of it at `declared`. */
const isAssigned = (module: Ast.Module, name: string, declared: number): boolean => {
  const found = (node: Ast.AnyNode): boolean => {
    const self = syntax(node)
    switch (self.type) {
      case "AssignmentExpression":
        if (assignedNames(self.left).includes(name)) return true
        break
      case "UpdateExpression":
        if (assignedNames(self.argument).includes(name)) return true
        break
      case "ForOfStatement":
      case "ForInStatement":
        if (self.left.type !== "VariableDeclaration" && assignedNames(self.left).includes(name)) return true
        break
      case "VariableDeclarator":
        // `var` in a block declares the same variable again
        if (spanOf(self).start !== declared && assignedNames(self.id).includes(name)) return true
        break
      case "CallExpression": {
        // Code in a string may assign what it can see
        const callee = asName(self.callee)
        if (callee?.value === "eval" && callee.ctxt === unresolved) return true
        break
      }
    }
    return children(self).some(found)
  }
  return module.body.some(found)
}

/**
 * Whether the top-level binding `name` has at `offset` the value that it keeps. False where that cannot be seen: for an
 * import, or for a `var` inside of a block.
 */
export const isSettled = (module: Ast.Module, name: string, offset: number): boolean => {
  const all = module.body.flatMap((statement) => declaring(statement, name))
  const [first] = all
  if (first === undefined || (first.kind !== "function" && first.start > offset)) return false
  if (first.kind === "constant") return true
  if (all.length > 1 && all.some(({ kind }) => kind === "variable")) return false
  return !isAssigned(module, name, first.start)
}
