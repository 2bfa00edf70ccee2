/**
 * A function or class that stands anywhere in a module: where it is, and what it takes from the functions around it.
 */
import type * as Ast from "../syntax/Ast.ts"
import { children, spanOf, topLevel } from "../syntax/Ast.ts"
import { anonymousDefault, type Range } from "./ModuleRecord.ts"
import { asName, isFunctionSyntax, isTypeSyntax, staticKey, syntax } from "../language/Syntax.ts"

/** What a function takes from around it that is not a variable, and that no package can give it. */
export type Surroundings = "this" | "arguments" | "super" | "new.target" | "private name"

export interface CapturedVariable {
  readonly name: string
  /** The same for all functions of the module that mean the same declaration of that name. */
  readonly declaration: string
  /** Where the function mentions it. */
  readonly offsets: ReadonlyArray<number>
  /** Whether the function, or one inside of it, gives it another value. */
  readonly isAssigned: boolean
}

/** The variable that holds the superclass of a class whose `extends` takes variables from around it. */
export const heritage = "clustrix$heritage"

export interface InnerFunction {
  /** `member`: a constructor, an accessor, a method of a class: nothing that stands on its own. */
  readonly kind: "function" | "class" | "method" | "member"
  /** Its whole text; of a method with its key. */
  readonly range: Range
  /** The text of a method's key, with the brackets of a computed one. */
  readonly key: Range | undefined
  /** The top-level binding that it is the value of, with the members below it: then it needs nothing from around it. */
  readonly declared: { readonly local: string; readonly path: ReadonlyArray<string> } | undefined
  /** What its `name` is as it is written: its own, or that of the variable or property that it was first given to. */
  readonly name: string
  /** Variables of enclosing functions and blocks that it uses, sorted by name. */
  readonly captures: ReadonlyArray<CapturedVariable>
  /** Of a class, the expression of its superclass, if that takes variables from around it: {@link heritage} stands for it. */
  readonly heritage: Range | undefined
  readonly surroundings: ReadonlyArray<{ readonly what: Surroundings; readonly offset: number }>
  /** Whether it uses the `this` that a call gives it. */
  readonly usesReceiver: boolean
  /** How many parameters come before the first with a default: what its `length` is. */
  readonly length: number
  /** Of a class: whether it declares private members. */
  readonly privates: boolean
}

/** The node itself, for who goes on to walk it. */
export interface FoundFunction {
  readonly node: Ast.AnyNode
  readonly inner: InnerFunction
}

type Found = { readonly node: Ast.AnyNode; readonly parents: ReadonlyArray<Ast.AnyNode> }

const isClassSyntax = (node: Ast.AnyNode): boolean =>
  node.type === "ClassDeclaration" || node.type === "ClassExpression"

const memberTypes: ReadonlySet<string> = new Set(["ClassMethod", "PrivateMethod", "Constructor", "GetterProperty",
  "SetterProperty"])

/** The innermost function (or class) whose text holds `offset`. */
const innermost = (module: Ast.Module, offset: number, wanted: "function" | "class"): Found | undefined => {
  let best: Found | undefined
  const visit = (node: Ast.AnyNode, parents: ReadonlyArray<Ast.AnyNode>): void => {
    const { end, start } = spanOf(node)
    if (offset < start || offset >= end || isTypeSyntax(node)) return
    const suits = wanted === "class" ? isClassSyntax(node)
      : isFunctionSyntax(node) || node.type === "MethodProperty" || memberTypes.has(node.type)
    if (suits) best = { node, parents }
    for (const child of children(node)) visit(child, [node, ...parents])
  }
  for (const statement of module.body) visit(statement, [])
  return best
}

/** The name that the place gives to an anonymous function. */
const givenName = (node: Ast.AnyNode, parents: ReadonlyArray<Ast.AnyNode>): string => {
  const self = syntax(node)
  if ("identifier" in self && self.identifier) return self.identifier.value
  if (self.type === "MethodProperty" || self.type === "ClassMethod") return staticKey(self.key) ?? ""
  for (const parent of parents.map(syntax)) {
    switch (parent.type) {
      case "ParenthesisExpression":
      case "TsAsExpression":
      case "TsSatisfiesExpression":
      case "TsNonNullExpression":
        continue
      case "VariableDeclarator":
        return asName(parent.id)?.value ?? ""
      case "KeyValueProperty":
        return staticKey(parent.key) ?? ""
      case "AssignmentExpression":
        return asName(parent.left)?.value ?? ""
      case "AssignmentPatternProperty":
        return asName(parent.key)?.value ?? ""
      case "ClassProperty":
        return staticKey(parent.key) ?? ""
      case "ExportDefaultExpression":
      case "ExportDefaultDeclaration":
        return "default"
      default:
        return ""
    }
  }
  return ""
}

const isTransparent = (node: Ast.AnyNode): boolean =>
  node.type === "ParenthesisExpression" || node.type === "TsAsExpression" || node.type === "TsSatisfiesExpression" ||
  node.type === "TsNonNullExpression" || node.type === "TsTypeAssertion"

/** The top-level binding whose value `node` is, by the nodes around it, the nearest first. */
const declaredAs = (node: Ast.AnyNode, parents: ReadonlyArray<Ast.AnyNode>): InnerFunction["declared"] => {
  const self = syntax(node)
  const [nearest, ...rest] = parents.filter((parent) => !isTransparent(parent)).map(syntax)
  if (nearest === undefined || (nearest.type === "ExportDeclaration" && rest.length === 0)) {
    return self.type === "FunctionDeclaration" || self.type === "ClassDeclaration"
      ? { local: self.identifier.value, path: [] } : undefined
  }
  if (nearest.type === "ExportDefaultDeclaration" || nearest.type === "ExportDefaultExpression") {
    const own = nearest.type === "ExportDefaultDeclaration" && "identifier" in self && self.identifier
      ? self.identifier.value : undefined
    return { local: own ?? anonymousDefault, path: [] }
  }
  if (nearest.type === "VariableDeclarator") {
    const [declaration, exported, ...more] = rest
    const isTop = declaration?.type === "VariableDeclaration" && more.length === 0 &&
      (exported === undefined || exported.type === "ExportDeclaration")
    const name = asName(nearest.id)
    // A variable that is assigned again may hold something else by now
    return isTop && declaration.kind === "const" && name !== undefined ? { local: name.value, path: [] } : undefined
  }
  if (
    self.type === "ClassMethod" && self.isStatic && self.kind === "method" &&
    (nearest.type === "ClassDeclaration" || nearest.type === "ClassExpression")
  ) {
    const owner = declaredAs(nearest, rest)
    const key = staticKey(self.key)
    return owner === undefined || key === undefined ? undefined : { local: owner.local, path: [...owner.path, key] }
  }
  return undefined
}

/** Variables, as `name#scope`, that are mentioned in the module outside of `[start, end)`. */
const mentionedOutside = (module: Ast.Module, [start, end]: Range): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: Ast.AnyNode): void => {
    const span = spanOf(node)
    if (span.start >= start && span.end <= end) return
    const name = asName(node)
    if (name !== undefined) found.add(`${name.value}#${name.ctxt}`)
    for (const child of children(node)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return found
}

/** `@swc/types` says that it has an `id`; SWC 1.16 gives a `value`. */
const privateName = (node: Ast.AnyNode): string => "value" in node && typeof node.value === "string" ? node.value : ""

/** What a function in between binds anew. */
interface Bound {
  readonly receiver: boolean
  readonly home: boolean
}

/** What `node` takes from around it beside variables, and whether it asks for its own receiver. */
const surroundingsOf = (
  node: Ast.AnyNode
): { readonly taken: InnerFunction["surroundings"]; readonly usesReceiver: boolean } => {
  const taken = new Map<Surroundings, number>()
  const declared: Array<string> = []
  let usesReceiver = false
  const note = (what: Surroundings, at: Ast.AnyNode): void => {
    if (!taken.has(what)) taken.set(what, spanOf(at).start)
  }
  const visitAll = (nodes: ReadonlyArray<Ast.AnyNode>, bound: Bound | undefined): void => {
    for (const each of nodes) visit(each, bound)
  }
  /** `bound` is `undefined` in the function itself, whose receiver the call decides. */
  const visit = (current: Ast.AnyNode, bound: Bound | undefined): void => {
    if (isTypeSyntax(current)) return
    const self = syntax(current)
    switch (self.type) {
      case "ThisExpression":
        if (bound === undefined) usesReceiver = true
        else if (!bound.receiver) note("this", self)
        return
      case "Identifier":
        if (bound?.receiver === false && self.value === "arguments" && asName(self) !== undefined) {
          note("arguments", self)
        }
        return
      case "MetaProperty":
        if (bound?.receiver === false && self.kind === "new.target") note("new.target", self)
        return
      case "Super":
        if (bound?.home !== true) note("super", self)
        return
      case "PrivateName":
        if (!declared.includes(privateName(self))) note("private name", self)
        return
      case "FunctionDeclaration":
      case "FunctionExpression":
        return visitAll(children(self), { receiver: true, home: false })
      case "MethodProperty":
      case "GetterProperty":
      case "SetterProperty":
        visit(self.key, bound)
        return visitAll(children(self).filter((child) => child !== self.key), { receiver: true, home: true })
      case "ClassDeclaration":
      case "ClassExpression": {
        const before = declared.length
        for (const member of self.body) {
          if ("key" in member && member.key.type === "PrivateName") declared.push(privateName(member.key))
        }
        if (self.superClass) visit(self.superClass, bound)
        visitAll(self.decorators ?? [], bound)
        for (const member of self.body) {
          if ("key" in member && member.key.type === "Computed") visit(member.key, bound)
          visitAll(
            children(member).filter((child) => !("key" in member) || child !== member.key),
            { receiver: true, home: true }
          )
        }
        declared.length = before
        return
      }
      default:
        return visitAll(children(self), bound)
    }
  }
  const self = syntax(node)
  const isArrow = self.type === "ArrowFunctionExpression"
  const isClass = isClassSyntax(self)
  if (isClass) visit(self, { receiver: false, home: false })
  else visitAll(children(self), isArrow ? { receiver: false, home: false } : undefined)
  return { taken: [...taken].map(([what, offset]) => ({ what, offset })), usesReceiver }
}

/** The `length` of the function (of a class: of its constructor). */
const lengthOf = (node: Ast.AnyNode): number => {
  const self = syntax(node)
  const parameters: ReadonlyArray<Ast.AnyNode> = self.type === "ClassMethod" ? self.function.params
    : "params" in self && Array.isArray(self.params) ? self.params
    : "body" in self && Array.isArray(self.body)
    ? self.body.flatMap((member) => member.type === "Constructor" && member.body ? member.params : [])
    : []
  const patterns = parameters.map((parameter) => {
    const each = syntax(parameter)
    return each.type === "Parameter" ? each.pat : each.type === "TsParameterProperty" ? each.param : each
  }).filter((pattern) => !(pattern.type === "Identifier" && "value" in pattern && pattern.value === "this"))
  const end = patterns.findIndex(({ type }) => type === "AssignmentPattern" || type === "RestElement")
  return end === -1 ? patterns.length : end
}

/** The names, with their scopes, that something in `root` assigns. */
const assignedIn = (root: Ast.AnyNode): ReadonlySet<string> => {
  const found = new Set<string>()
  const assign = (node: Ast.AnyNode): void => {
    const name = asName(node)
    if (name !== undefined) found.add(`${name.value}#${name.ctxt}`)
    // A member of something is no variable
    if (node.type !== "MemberExpression") { for (const child of children(node)) assign(child) }
  }
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "AssignmentExpression") assign(self.left)
    else if (self.type === "UpdateExpression") assign(self.argument)
    else if (
      (self.type === "ForOfStatement" || self.type === "ForInStatement") && self.left.type !== "VariableDeclaration"
    ) assign(self.left)
    for (const child of children(node)) visit(child)
  }
  visit(root)
  return found
}

/**
 * The innermost function or class of the module whose text holds `offset`, which lies in its head: where its parameters
 * begin, at its keyword, or at its name.
 */
export const innerFunctionAt = (
  module: Ast.Module,
  offset: number,
  wanted: "function" | "class"
): FoundFunction | undefined => {
  const found = innermost(module, offset, wanted)
  if (found === undefined) return undefined
  const self = syntax(found.node)
  const { end, start } = spanOf(self)
  const outside = mentionedOutside(module, [start, end])
  const own = (self.type === "FunctionDeclaration" || self.type === "ClassDeclaration") ? self.identifier.value
    : undefined
  const assigned = assignedIn(self)
  /** The captured variables by name, without what stands in `skipped`. */
  const capturedIn = (
    root: Ast.AnyNode,
    skipped: Ast.AnyNode | undefined
  ): ReadonlyMap<string, CapturedVariable & { readonly offsets: Array<number> }> => {
    const found = new Map<string, CapturedVariable & { readonly offsets: Array<number> }>()
    const visit = (node: Ast.AnyNode): void => {
      if (node === skipped || isTypeSyntax(node)) return
      const name = asName(node)
      if (
        name !== undefined && name.ctxt > topLevel && name.value !== own && outside.has(`${name.value}#${name.ctxt}`)
      ) {
        const declaration = `${name.value}#${name.ctxt}`
        const known = found.get(name.value) ??
          { name: name.value, declaration, offsets: [], isAssigned: assigned.has(declaration) }
        found.set(name.value, known)
        known.offsets.push(name.span.start)
      }
      for (const child of children(node)) visit(child)
    }
    visit(root)
    return found
  }
  const superClass = (self.type === "ClassDeclaration" || self.type === "ClassExpression") && self.superClass
    ? self.superClass : undefined
  // What only `extends` uses is not kept by the class, but what it gave is
  const inherits = superClass !== undefined && capturedIn(superClass, undefined).size > 0 ? superClass : undefined
  const captures: Array<CapturedVariable> = [...capturedIn(self, inherits).values()]
  if (inherits !== undefined) captures.push({ name: heritage, declaration: heritage, offsets: [], isAssigned: false })
  const { taken, usesReceiver } = surroundingsOf(self)
  const key = self.type === "MethodProperty" ? spanOf(self.key) : undefined
  const inner: InnerFunction = {
    kind: isClassSyntax(self) ? "class" : self.type === "MethodProperty" ? "method"
      : memberTypes.has(self.type) ? "member" : "function",
    range: [start, end],
    key: key === undefined ? undefined : [key.start, key.end],
    declared: declaredAs(self, found.parents),
    name: givenName(self, found.parents),
    captures,
    heritage: inherits === undefined ? undefined : [spanOf(inherits).start, spanOf(inherits).end],
    surroundings: taken,
    usesReceiver,
    length: lengthOf(self),
    privates: (self.type === "ClassDeclaration" || self.type === "ClassExpression") &&
      self.body.some((member) => "key" in member && member.key.type === "PrivateName")
  }
  return { node: found.node, inner }
}
