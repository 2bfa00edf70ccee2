/**
 * How much of a value belongs to the iteration that holds it. The classes are ordered, and the class of a variable is the
 * greatest of all that it may be given; where a thing was stored does not matter.
 */
import type * as Ast from "../language/Ast.ts"
import { children } from "../language/Ast.ts"
import { asName, boundNames, isFunctionSyntax, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import type { Behaviour } from "../language/Builtins.ts"
import * as KnownCalls from "./KnownCalls.ts"
import { isFunctionNode, type Key, keyOf } from "./ModuleSyntax.ts"

/** No object. */
export const primitive = 0
/** Made in this iteration, with everything that hangs on it. */
export const fresh = 1
/** Made in this iteration; what hangs on it may be anything. */
export const shallow = 2
/** Anything. */
export const shared = 3

export type Freshness = 0 | 1 | 2 | 3

export const join = (...all: ReadonlyArray<Freshness>): Freshness => Math.max(0, ...all) as Freshness // one of `all`, or 0

export interface Lookup {
  /** Of a variable. */
  readonly variable: (name: { readonly value: string; readonly ctxt: number }) => Freshness
  /** Of the result of calling what `callee` names, if the analysis knows that function. */
  readonly result: (callee: Ast.AnyNode) => Freshness | undefined
  /** Whether things that are not fresh were stored somewhere: then no part of anything is known to be fresh. */
  readonly mixed: boolean
}

const holding = (parts: Freshness): Freshness => parts <= fresh ? fresh : shallow

/** Of a thing of class `whole` outside of the code in which things may be stored in it. */
export const outside = (whole: Freshness, { mixed }: Pick<Lookup, "mixed">): Freshness =>
  whole === fresh && mixed ? shallow : whole

/** Of a part of a thing of class `whole`. */
export const partOf = (whole: Freshness, { mixed }: Pick<Lookup, "mixed">): Freshness =>
  whole === primitive ? primitive : whole === fresh && !mixed ? fresh : shared

const argumentsOf = (list: ReadonlyArray<Ast.Argument> | undefined, lookup: Lookup): Freshness =>
  join(
    ...(list ?? []).map(({ expression, spread }) =>
      spread ? partOf(freshness(expression, lookup), lookup) : freshness(expression, lookup)
    )
  )

/** What the function that is the argument `index` gives back, where that can be told. */
const callbackResult = (list: ReadonlyArray<Ast.Argument>, index: number, lookup: Lookup): Freshness => {
  if (list.slice(0, index + 1).some(({ spread }) => spread)) return shared
  const callback = list[index]?.expression
  const self = callback === undefined ? undefined : unwrap(callback)
  return isFunctionNode(self) ? returned(self, lookup) : self !== undefined && lookup.result(self) !== undefined
    ? lookup.result(self) ?? shared
    : shared
}

/** Of the global object's member that `callee` names. */
export const globalMember = (callee: Ast.AnyNode): { readonly object: string; readonly member: string } | undefined => {
  const self = unwrap(callee)
  if (self.type !== "MemberExpression") return undefined
  const object = asName(unwrap(self.object))
  const member = staticKey(self.property)
  return object === undefined || object.ctxt !== 1 || member === undefined ? undefined
    : { object: object.value, member }
}

/** What stands where at a call. */
export interface Call {
  readonly receiver: Ast.AnyNode | undefined
  readonly list: ReadonlyArray<Ast.Argument>
}

/** Of the value at a place of `behaviour`. */
export const atPlace = (behaviour: Behaviour, place: string, call: Call, lookup: Lookup): Freshness => {
  const deep = place.startsWith("deep:")
  const depth = place.split("[]").length - 1
  const base = place.slice(deep ? 5 : 0).replaceAll("[]", "")
  let part = atBase(behaviour, base, call, lookup)
  for (let each = 0; each < depth; each += 1) part = partOf(part, lookup)
  return deep && part !== primitive ? join(part, partOf(part, lookup)) : part
}

const atBase = (behaviour: Behaviour, base: string, call: Call, lookup: Lookup): Freshness => {
  const { list, receiver } = call
  if (base === "this") return receiver === undefined ? primitive : freshness(receiver, lookup)
  if (base === "result" || base === "fresh") return fresh
  if (base.startsWith("invoke")) return shared
  if (base.startsWith("call")) {
    const fn = behaviour.calls?.[Number(base.slice("call".length))]?.fn ?? ""
    const index = /^\d+$/.test(fn) ? Number(fn) : undefined
    return index === undefined ? shared : list[index] === undefined && !list.some(({ spread }) => spread)
      ? primitive
      : callbackResult(list, index, lookup)
  }
  const index = Number.parseInt(base, 10)
  if (base.endsWith("+")) return argumentsOf(list.slice(list.some(({ spread }) => spread) ? 0 : index), lookup)
  if (list.slice(0, index + 1).some(({ spread }) => spread)) return argumentsOf(list, lookup)
  return list[index] === undefined ? primitive : freshness(list[index].expression, lookup)
}

/** Of what a call stores at the places that begin with `into`. */
export const storedIn = (behaviour: Behaviour, into: string, call: Call, lookup: Lookup): Freshness =>
  join(
    ...(behaviour.stores ?? []).map(([at, from]) =>
      at.startsWith(into) ? atPlace(behaviour, from, call, lookup) : primitive
    )
  )

/** Of the result of a call. */
export const resultOf = (behaviour: Behaviour, call: Call, lookup: Lookup): Freshness => {
  const { result } = behaviour
  if (result === "primitive") return primitive
  const made = holding(storedIn(behaviour, "result", call, lookup))
  return result === "fresh" ? made
    : join(...result.map((place) => place === "fresh" ? made : atPlace(behaviour, place, call, lookup)))
}

const ofKnown = (known: KnownCalls.Known, call: Call, lookup: Lookup): Freshness =>
  known._tag === "Refused" ? shared : join(...known.behaviours.map((each) => resultOf(each, call, lookup)))

/** The view of bytes that a method of buffers gives: buffers never cross, so it is of bytes of the iteration. */
const withoutViews = (known: KnownCalls.Known): KnownCalls.Known =>
  known._tag === "Refused" || known.behaviours.length < 2 ? known
    : { ...known, behaviours: known.behaviours.filter(({ on }) => on?.length !== 1 || on[0] !== "Buffer") }

const ofCall = (self: Ast.CallExpression, lookup: Lookup): Freshness => {
  const callee = unwrap(self.callee)
  const known = lookup.result(callee)
  if (known !== undefined) return known
  const name = asName(callee)
  const list = self.arguments
  if (name !== undefined) {
    return name.ctxt === 1 ? ofKnown(KnownCalls.globalCall(name.value), { receiver: undefined, list }, lookup) : shared
  }
  if (callee.type !== "MemberExpression") return shared
  const global = globalMember(callee)
  if (global !== undefined) {
    return ofKnown(KnownCalls.namespaceCall(`${global.object}.${global.member}`), { receiver: undefined, list }, lookup)
  }
  const member = staticKey(callee.property)
  return member === undefined
    ? shared
    : ofKnown(withoutViews(KnownCalls.methodCall(member)), { receiver: callee.object, list }, lookup)
}

/** Of what a function gives back. */
export const returned = (fn: Ast.AnyNode, lookup: Lookup): Freshness => {
  if (!isFunctionNode(fn)) return shared
  const { body } = fn
  if (body === null || body === undefined) return shared
  if (body.type !== "BlockStatement") return freshness(body, lookup)
  const found: Array<Freshness> = []
  const visit = (node: Ast.AnyNode): void => {
    if (isFunctionSyntax(node)) return
    const self = syntax(node)
    if (self.type === "ReturnStatement" && self.argument) found.push(freshness(self.argument, lookup))
    for (const child of children(node)) visit(child)
  }
  for (const statement of body.stmts) visit(statement)
  return join(...found)
}

export const freshness = (node: Ast.AnyNode, lookup: Lookup): Freshness => {
  const self = unwrap(node)
  switch (self.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
    case "NullLiteral":
    case "BigIntLiteral":
    case "TemplateLiteral":
    case "UnaryExpression":
    case "UpdateExpression":
      return primitive
    case "BinaryExpression":
      return self.operator === "&&" || self.operator === "||" || self.operator === "??"
        ? join(freshness(self.left, lookup), freshness(self.right, lookup))
        : primitive
    case "RegExpLiteral":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return fresh
    case "Identifier": {
      const name = asName(self)
      if (name === undefined) return shared
      return name.ctxt === 1 && KnownCalls.globalValues.has(name.value) ? primitive : lookup.variable(name)
    }
    case "ArrayExpression":
      return holding(join(
        ...self.elements.map((element) =>
          element === null || element === undefined
            ? primitive
            : element.spread
            ? partOf(freshness(element.expression, lookup), lookup)
            : freshness(element.expression, lookup)
        )
      ))
    case "ObjectExpression":
      return holding(join(...self.properties.map((property): Freshness => {
        switch (property.type) {
          case "KeyValueProperty":
            return freshness(property.value, lookup)
          case "Identifier":
            return freshness(property, lookup)
          case "SpreadElement":
            return partOf(freshness(property.arguments, lookup), lookup)
          case "MethodProperty":
            return fresh
          default:
            return shared
        }
      })))
    case "MemberExpression":
      return globalMember(self) !== undefined
        ? primitive
        : partOf(freshness(self.object, lookup), lookup)
    case "CallExpression":
      return ofCall(self, lookup)
    case "NewExpression": {
      const name = asName(unwrap(self.callee))?.value ?? ""
      const behaviour = KnownCalls.constructors.has(name) ? KnownCalls.construction(name) : undefined
      return behaviour === undefined
        ? shared
        : resultOf(behaviour, { receiver: undefined, list: self.arguments ?? [] }, lookup)
    }
    case "AwaitExpression":
      return freshness(self.argument, lookup)
    case "ConditionalExpression":
      return join(freshness(self.consequent, lookup), freshness(self.alternate, lookup))
    case "AssignmentExpression":
      return self.operator === "="
        ? freshness(self.right, lookup)
        : ["||=", "&&=", "??="].includes(self.operator)
        ? join(freshness(self.left, lookup), freshness(self.right, lookup))
        : primitive
    case "SequenceExpression":
      return join(...self.expressions.slice(-1).map((each) => freshness(each, lookup)))
    default:
      return shared
  }
}

/** One thing that a variable may be given. */
type Source = { readonly key: Key; readonly of: (lookup: Lookup) => Freshness }

const elementCallbacks = new Set([
  "map",
  "filter",
  "forEach",
  "some",
  "every",
  "find",
  "findIndex",
  "findLast",
  "findLastIndex",
  "flatMap"
])

/** What the variables that are declared in `node` are given there. */
export const sourcesIn = (node: Ast.AnyNode): ReadonlyArray<Source> => {
  const sources: Array<Source> = []
  const give = (pattern: Ast.AnyNode, whole: (lookup: Lookup) => Freshness): void => {
    const only = asName(unwrap(pattern))
    if (pattern.type === "RestElement") {
      for (const name of boundNames(pattern)) sources.push({ key: keyOf(name), of: () => shared })
    } else if (only !== undefined) sources.push({ key: keyOf(only), of: whole })
    else {
      // Defaults in a pattern are of any class
      const plain = !hasDefault(pattern)
      for (const name of boundNames(pattern)) {
        sources.push({ key: keyOf(name), of: (lookup) => plain ? partOf(whole(lookup), lookup) : shared })
      }
    }
  }
  const settled = new Set<Ast.AnyNode>()
  const parameters = (fn: Ast.AnyNode, classes: ReadonlyArray<(lookup: Lookup) => Freshness>): void => {
    if (!isFunctionNode(fn) || (fn.type !== "ArrowFunctionExpression" && asName(fn.identifier) !== undefined)) return
    settled.add(fn)
    fn.params.forEach((parameter, index) =>
      give("pat" in parameter ? parameter.pat : parameter, classes[index] ?? (() => shared))
    )
  }
  const visit = (each: Ast.AnyNode): void => {
    const self = syntax(each)
    switch (self.type) {
      case "VariableDeclaration":
        for (const { id, init } of self.declarations) {
          if (init) give(id, (lookup) => freshness(init, lookup))
        }
        break
      case "ForOfStatement": {
        const { left, right } = self
        const target = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left
        if (target) give(target, (lookup) => partOf(freshness(right, lookup), lookup))
        break
      }
      case "AssignmentExpression":
        give(self.left, (lookup) => freshness(self, lookup))
        break
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const member = callee.type === "MemberExpression" ? staticKey(callee.property) ?? "" : ""
        const first = self.arguments[0]?.expression
        if (callee.type !== "MemberExpression" || first === undefined) break
        const element = (lookup: Lookup): Freshness => partOf(freshness(callee.object, lookup), lookup)
        const none = (): Freshness => primitive
        // A Map's keys may be objects
        if (elementCallbacks.has(member)) parameters(unwrap(first), [element, member === "forEach" ? element : none])
        else if (member === "sort" || member === "toSorted") parameters(unwrap(first), [element, element])
        else if (member === "reduce" || member === "reduceRight") {
          const initial = self.arguments[1]?.expression
          const fn = unwrap(first)
          parameters(fn, [
            (lookup) => join(initial === undefined ? shared : freshness(initial, lookup), returned(fn, lookup)),
            element,
            none
          ])
        } else if (globalMember(callee)?.object === "Array" && member === "from") {
          const make = self.arguments[1]?.expression
          if (make !== undefined) {
            parameters(unwrap(make), [(lookup) => partOf(freshness(first, lookup), lookup), none])
          }
        }
        break
      }
      case "FunctionDeclaration": {
        const name = asName(self.identifier)
        if (name !== undefined) sources.push({ key: keyOf(name), of: () => fresh })
        break
      }
      default:
    }
    if (self.type === "FunctionExpression") {
      const name = asName(self.identifier)
      if (name !== undefined) sources.push({ key: keyOf(name), of: () => fresh })
    }
    if (isFunctionNode(each) && !settled.has(each)) {
      for (const parameter of each.params) give("pat" in parameter ? parameter.pat : parameter, () => shared)
    }
    if (each.type === "CatchClause" && "param" in each && each.param) give(each.param as Ast.AnyNode, () => shared) // checked
    if (each.type === "MethodProperty" && "params" in each) {
      for (const parameter of each.params as ReadonlyArray<Ast.Param>) give(parameter.pat, () => shared) // as SWC has it
    }
    for (const child of children(each)) visit(child)
  }
  visit(node)
  return sources
}

const hasDefault = (pattern: Ast.AnyNode): boolean =>
  pattern.type === "AssignmentPattern" ||
  (pattern.type === "AssignmentPatternProperty" && "value" in pattern && pattern.value !== null &&
    pattern.value !== undefined) ||
  children(pattern).some(hasDefault)

/** The classes of all variables: the least that fits all `sources`. */
export const settle = (
  sources: ReadonlyArray<Source>,
  lookup: (classes: ReadonlyMap<Key, Freshness>) => Lookup
): ReadonlyMap<Key, Freshness> => {
  const classes = new Map<Key, Freshness>()
  for (let changed = true; changed;) {
    changed = false
    for (const { key, of } of sources) {
      const before = classes.get(key) ?? primitive
      const after = join(before, of(lookup(classes)))
      if (after !== before) changed = true
      classes.set(key, after)
    }
  }
  return classes
}
