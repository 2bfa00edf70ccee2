/**
 * The members of a class as they are written, and what its definition does beyond making functions.
 */
import type * as Ast from "../language/Ast.ts"
import { spanOf } from "../language/Ast.ts"
import type { Cut } from "./ModuleRecord.ts"
import { staticKey, syntax, unwrap } from "../language/Syntax.ts"

/** A member that becomes a property of the class or of its prototype. */
export interface ClassMember {
  /** `undefined` where it is computed. */
  readonly key: string | undefined
  readonly isStatic: boolean
  readonly kind: "method" | "get" | "set" | "field"
  /** The function that it makes: the method itself, or a field's value that is written as a function. */
  readonly fn: Ast.AnyNode | undefined
  /** What a field is given. */
  readonly value: Ast.AnyNode | undefined
  /** The expression of a key that is computed. */
  readonly computed: Ast.AnyNode | undefined
}

/** The variable that holds a private static field's value where its class is made again. */
export const privateStatic = (name: string): string => `${staticPrefix}${name}`
const staticPrefix = "clustrix$static$"

/** The variable that holds the key of the member that is written as `fn`, where its class is made again. */
export const computedKey = (fn: Ast.AnyNode): string => `clustrix$key$${spanOf(fn).start}`

/** The private static field, with `#`, whose value such a variable holds. */
export const privateFieldOf = (variable: string): string | undefined =>
  variable.startsWith(staticPrefix) ? `#${variable.slice(staticPrefix.length)}` : undefined

export const isClassSyntax = (node: Ast.AnyNode): node is Ast.ClassDeclaration | Ast.ClassExpression =>
  node.type === "ClassDeclaration" || node.type === "ClassExpression"

/** `@swc/types` says that it has an `id`; SWC 1.16 gives a `value`. */
export const privateName = (node: Ast.AnyNode): string =>
  "value" in node && typeof node.value === "string" ? node.value : ""

/** Evaluating it does nothing but to make a function. */
const asFunction = (node: Ast.AnyNode | null | undefined): Ast.AnyNode | undefined => {
  const value = node === null || node === undefined ? undefined : unwrap(node)
  return value?.type === "ArrowFunctionExpression" || value?.type === "FunctionExpression" ? value : undefined
}

const of = (key: Ast.AnyNode): Ast.AnyNode | undefined => {
  const self = syntax(key)
  return self.type === "Computed" && staticKey(key) === undefined ? self.expression : undefined
}

type WithBody = Ast.ClassDeclaration | Ast.ClassExpression

/** Members that become properties, in the order of the text: of methods, the last of a name. */
export const classMembers = (node: WithBody): ReadonlyArray<ClassMember> =>
  node.body.flatMap((each): ReadonlyArray<ClassMember> => {
    const self = syntax(each)
    if (self.type === "ClassMethod" && self.function.body) {
      const kind = self.kind === "getter" ? "get" : self.kind === "setter" ? "set" : "method"
      return [{
        key: staticKey(self.key),
        isStatic: self.isStatic,
        kind,
        fn: self,
        value: undefined,
        computed: of(self.key)
      }]
    }
    if (self.type === "ClassProperty" && self.isStatic && !self.declare) {
      const fn = asFunction(self.value)
      const value = self.value ?? undefined
      return [{ key: staticKey(self.key), isStatic: true, kind: "field", fn, value, computed: of(self.key) }]
    }
    return []
  })

/** Whether what it declares depends on functions that are called while it is defined. */
export const isDecorated = (node: WithBody): boolean =>
  (node.decorators ?? []).length > 0 ||
  node.body.some((each) =>
    ("decorators" in each && (each.decorators ?? []).length > 0) ||
    ("function" in each && (each.function.decorators ?? []).length > 0)
  )

/** Whether its instances hold something that only its own code can see. */
export const hasPrivates = (node: WithBody): boolean =>
  node.body.some((each) =>
    (syntax(each).type === "AutoAccessor" || ("key" in each && each.key.type === "PrivateName")) &&
    !("isStatic" in each && each.isStatic)
  )

/** Whether the class itself holds something that nobody can read: `static accessor x`. */
export const hasHiddenStatics = (node: WithBody): boolean =>
  node.body.some((each) => {
    const self = syntax(each)
    return self.type === "AutoAccessor" && self.isStatic
  })

export interface StaticState {
  /** What not to evaluate again where the class is made anew: its fields and blocks. */
  readonly cuts: ReadonlyArray<Cut>
  /** Nodes that are cut. */
  readonly nodes: ReadonlySet<Ast.AnyNode>
  /** The private static fields, without `#`, that get a variable for their value. */
  readonly privates: ReadonlyArray<string>
}

/**
 * Static fields and blocks ran when the class was defined. Where it is made again, they don't: what they left is carried
 * instead. Fields that are written as functions stay, since making a function has no effect.
 */
export const staticState = (node: WithBody): StaticState => {
  const cuts: Array<Cut> = []
  const nodes = new Set<Ast.AnyNode>()
  const privates: Array<string> = []
  for (const each of isDecorated(node) ? [] : node.body) {
    const self = syntax(each)
    const { end, start } = spanOf(self)
    if (self.type === "StaticBlock") cuts.push({ range: [start, end], replacement: "" })
    else if (self.type === "ClassProperty" && self.isStatic && !self.declare && asFunction(self.value) === undefined) {
      // A computed key was evaluated, too
      cuts.push({ range: [start, end], replacement: "" })
    } else if (self.type === "PrivateProperty" && self.isStatic && asFunction(self.value) === undefined) {
      const name = privateName(self.key)
      privates.push(name)
      cuts.push({ range: [start, end], replacement: `static #${name} = ${privateStatic(name)};` })
    } else continue
    nodes.add(each)
  }
  return { cuts, nodes, privates }
}
