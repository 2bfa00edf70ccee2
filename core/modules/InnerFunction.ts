/**
 * A function or class that stands anywhere in a module: where it is, and what it takes from the functions around it.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel } from "../language/Ast.ts"
import { classMembers, computedKey, hasPrivates, isClassSyntax, isDecorated, privateName, privateStatic,
  staticState } from "./ClassMembers.ts"
import { anonymousDefault, type Cut, type Range } from "./ModuleRecord.ts"
import { asName, boundNames, isFunctionSyntax, isTypeSyntax, staticKey, type Syntax, syntax,
  unwrap } from "../language/Syntax.ts"

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
  /** Whether `undefined` may mean that its declaration was not reached yet. */
  readonly mayBeUnset: boolean
}

/** The variable that holds the superclass of a class whose `extends` takes variables from around it. */
export const heritage = "clustrix$heritage"

/** How a method or an accessor is written, of an object or of a class. */
export interface MethodSyntax {
  /** What stands before its name: `async *`, `get `. */
  readonly head: string
  readonly accessor: "get" | "set" | undefined
  readonly isMember: boolean
  /** Where its name ends: what follows is the same in every object. */
  readonly end: number
}

export interface InnerFunction {
  /** `constructor`: a class that something compiled to a function. */
  readonly kind: "function" | "class" | "method" | "constructor"
  /** Its whole text; of a method with its key. */
  readonly range: Range
  readonly method: MethodSyntax | undefined
  /** The top-level binding that it is the value of, with the members below it: then it needs nothing from around it. */
  readonly declared: { readonly local: string; readonly path: ReadonlyArray<string> } | undefined
  /** What its `name` is as it is written: its own, or that of the variable or property that it was first given to. */
  readonly name: string
  /** Variables of enclosing functions and blocks that it uses, sorted by name. */
  readonly captures: ReadonlyArray<CapturedVariable>
  /**
   * Of a class, what is not evaluated again: its static state, and the expression of its superclass, if that takes
   * variables from around it ({@link heritage} stands for it).
   */
  readonly cuts: ReadonlyArray<Cut>
  readonly surroundings: ReadonlyArray<{ readonly what: Surroundings; readonly offset: number }>
  /** Whether it uses the `this` that a call gives it. */
  readonly usesReceiver: boolean
  /** How many parameters come before the first with a default: what its `length` is. */
  readonly length: number
  /** Of a class: whether its instances have private members. */
  readonly privates: boolean
}

/** The node itself, for who goes on to walk it. */
export interface FoundFunction {
  readonly node: Ast.AnyNode
  readonly inner: InnerFunction
}

/** A node, and those around it, the nearest first. */
export interface FoundNode {
  readonly node: Ast.AnyNode
  readonly parents: ReadonlyArray<Ast.AnyNode>
}

const memberTypes: ReadonlySet<string> = new Set(["ClassMethod", "PrivateMethod", "Constructor", "GetterProperty",
  "SetterProperty"])

/** The innermost function (or class) whose text holds `offset`. */
export const innermost = (module: Ast.Module, offset: number, wanted: "function" | "class"): FoundNode | undefined => {
  let best: FoundNode | undefined
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

type MethodNode = Ast.ClassMethod | Ast.PrivateMethod | Ast.MethodProperty | Ast.GetterProperty | Ast.SetterProperty

const isMethodSyntax = (node: Syntax): node is MethodNode =>
  node.type === "ClassMethod" || node.type === "PrivateMethod" || node.type === "MethodProperty" ||
  node.type === "GetterProperty" || node.type === "SetterProperty"

const methodSyntax = (self: MethodNode): MethodSyntax => {
  const accessor = self.type === "GetterProperty" ? "get" as const : self.type === "SetterProperty" ? "set" as const
    : self.type === "MethodProperty" || self.kind === "method" ? undefined
    : self.kind === "getter" ? "get" as const : "set" as const
  const { async, generator } = "function" in self ? self.function
    : self.type === "MethodProperty" ? self : { async: false, generator: false }
  return {
    head: accessor === undefined ? `${async ? "async " : ""}${generator ? "*" : ""}` : `${accessor} `,
    accessor,
    isMember: "function" in self,
    end: spanOf(self.key).end
  }
}

/** The name that the place gives to an anonymous function. */
const givenName = (node: Ast.AnyNode, parents: ReadonlyArray<Ast.AnyNode>): string => {
  const self = syntax(node)
  if ("identifier" in self && self.identifier) return self.identifier.value
  if (self.type === "PrivateMethod") return `#${privateName(self.key)}`
  if (isMethodSyntax(self)) return staticKey(self.key) ?? ""
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

/** What a function in between binds anew. */
interface Bound {
  readonly receiver: boolean
  readonly home: boolean
}

/** The children that are the function: of a method, all but its key and its decorators. */
const partsOf = (node: Ast.AnyNode): ReadonlyArray<Ast.AnyNode> => {
  const self = syntax(node)
  if (!isMethodSyntax(self)) return children(self)
  const others = new Set<Ast.AnyNode>("function" in self ? [self.key, ...self.function.decorators ?? []] : [self.key])
  return children(self).filter((child) => !others.has(child))
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
  if (isClassSyntax(self)) visit(self, { receiver: false, home: false })
  else visitAll(partsOf(self), isArrow ? { receiver: false, home: false } : undefined)
  return { taken: [...taken].map(([what, offset]) => ({ what, offset })), usesReceiver }
}

/** The `length` of the function (of a class: of its constructor). */
const lengthOf = (node: Ast.AnyNode): number => {
  const self = syntax(node)
  const parameters: ReadonlyArray<Ast.AnyNode> = self.type === "ClassMethod" || self.type === "PrivateMethod"
    ? self.function.params
    : self.type === "SetterProperty" ? [self.param]
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

/** The `name` of the function as its text makes it. */
export const nameOf = ({ method, name }: InnerFunction): string =>
  method?.accessor === undefined ? name : `${method.accessor} ${name}`

/** Values that are never `undefined`. */
const alwaysDefined: ReadonlySet<string> = new Set(["StringLiteral", "NumericLiteral", "BooleanLiteral",
  "BigIntLiteral", "NullLiteral", "TemplateLiteral", "RegExpLiteral", "ArrayExpression", "ObjectExpression",
  "FunctionExpression", "ArrowFunctionExpression", "ClassExpression", "NewExpression"])

/**
 * Where the declarations that have a dead zone end, by `name#scope`: nowhere, if they give a value that is never
 * `undefined`.
 */
const deadZones = (module: Ast.Module): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    const name = self.type === "ClassDeclaration" ? asName(self.identifier) : undefined
    if (name !== undefined) found.set(`${name.value}#${name.ctxt}`, Infinity)
    if (self.type === "VariableDeclaration" && self.kind !== "var") {
      for (const { id, init } of self.declarations) {
        const isDefined = self.kind === "const" && init && id.type === "Identifier" &&
          alwaysDefined.has(unwrap(init).type)
        for (const { ctxt, value } of boundNames(id)) {
          found.set(`${value}#${ctxt}`, isDefined ? Infinity : spanOf(self).end)
        }
      }
    }
    for (const child of children(node)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return found
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
  const zones = deadZones(module)
  /** The captured variables by name, without what stands in `skipped`. */
  const capturedIn = (
    roots: ReadonlyArray<Ast.AnyNode>,
    skipped: ReadonlySet<Ast.AnyNode>
  ): ReadonlyMap<string, CapturedVariable & { readonly offsets: Array<number> }> => {
    const found = new Map<string, CapturedVariable & { readonly offsets: Array<number> }>()
    const visit = (node: Ast.AnyNode): void => {
      if (skipped.has(node) || isTypeSyntax(node)) return
      const name = asName(node)
      if (
        name !== undefined && name.ctxt > topLevel && name.value !== own && outside.has(`${name.value}#${name.ctxt}`)
      ) {
        const declaration = `${name.value}#${name.ctxt}`
        const known = found.get(name.value) ?? {
          name: name.value,
          declaration,
          offsets: [],
          isAssigned: assigned.has(declaration),
          mayBeUnset: start < (zones.get(declaration) ?? 0)
        }
        found.set(name.value, known)
        known.offsets.push(name.span.start)
      }
      for (const child of children(node)) visit(child)
    }
    for (const root of roots) visit(root)
    return found
  }
  const declared = declaredAs(self, found.parents)
  const cuts: Array<Cut> = []
  const skipped = new Set<Ast.AnyNode>()
  const given: Array<string> = []
  if (isClassSyntax(self) && declared === undefined) {
    const state = staticState(self)
    cuts.push(...state.cuts)
    for (const node of state.nodes) skipped.add(node)
    given.push(...state.privates.map(privateStatic))
    // What only keys and `extends` use is not kept by the class, but what they gave is
    for (const { computed, fn } of isDecorated(self) ? [] : classMembers(self)) {
      if (computed === undefined || fn === undefined || capturedIn([computed], skipped).size === 0) continue
      const name = computedKey(fn)
      cuts.push({ range: [spanOf(computed).start, spanOf(computed).end], replacement: name })
      skipped.add(computed)
      given.push(name)
    }
    if (self.superClass && capturedIn([self.superClass], skipped).size > 0) {
      cuts.push({ range: [spanOf(self.superClass).start, spanOf(self.superClass).end], replacement: heritage })
      skipped.add(self.superClass)
      given.push(heritage)
    }
  }
  const captures: Array<CapturedVariable> = [
    ...capturedIn(partsOf(self), skipped).values(),
    ...given.map((name) => ({
      name,
      declaration: `${name}@${start}`,
      offsets: [],
      isAssigned: false,
      mayBeUnset: false
    }))
  ]
  const { taken, usesReceiver } = surroundingsOf(self)
  const inner: InnerFunction = {
    kind: isClassSyntax(self) ? "class" : isMethodSyntax(self) ? "method"
      : memberTypes.has(self.type) ? "constructor" : "function",
    range: [start, end],
    method: isMethodSyntax(self) ? methodSyntax(self) : undefined,
    declared,
    name: givenName(self, found.parents),
    captures,
    cuts,
    surroundings: taken,
    usesReceiver,
    length: lengthOf(self),
    privates: isClassSyntax(self) && hasPrivates(self)
  }
  return { node: found.node, inner }
}
