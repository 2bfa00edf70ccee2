/**
 * What a captured object is, as far as making it again needs to know.
 */
import type { AnyFunction, BuiltinValue } from "../FunctionLocator.ts"
import * as Intrinsics from "./Intrinsics.ts"

/** A part of an object: how the object's author reaches it, and what it is. */
export interface Part {
  /** `.name`, `[3]`, `.get("k")`. */
  readonly segment: string
  readonly value: unknown
}

export type Shape =
  /** An expression says it whole. */
  | { readonly _tag: "Leaf"; readonly expression: string }
  /** A module of the runtime exports it. */
  | ({ readonly _tag: "Builtin" } & BuiltinValue)
  | { readonly _tag: "Bytes"; readonly bytes: Uint8Array; readonly kind: "ArrayBuffer" | "Buffer" }
  | {
    readonly _tag: "View"
    readonly constructor: string
    readonly buffer: object
    readonly offset: number
    readonly length: number
  }
  | { readonly _tag: "Array"; readonly length: number }
  | { readonly _tag: "Plain"; readonly nullPrototype: boolean }
  | { readonly _tag: "Map" }
  | { readonly _tag: "Set" }
  | { readonly _tag: "Error"; readonly constructor: string; readonly name: string; readonly message: string }
  | { readonly _tag: "Instance"; readonly of: AnyFunction }
  | { readonly _tag: "Refused"; readonly description: string; readonly why: string; readonly remedy: string }

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

const refused = (description: string, why: string, remedy: string): Shape => ({
  _tag: "Refused",
  description,
  why,
  remedy
})

const article = (name: string): string => `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`

const nativeErrors = new Set(["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError",
  "URIError"])

const hasPrototype = (value: object, name: string): boolean => {
  const constructor: unknown = Reflect.get(globalThis, name)
  return typeof constructor === "function" && Object.getPrototypeOf(value) === constructor.prototype
}

/** Whether `method`, which looks at internal slots, takes `value`: a tag alone can be forged. */
const is = (method: () => unknown): boolean => {
  try {
    method()
    return true
  } catch {
    return false
  }
}

/** `Object(1)` and its kin. */
const boxed = (value: object): string | undefined => {
  const of = (name: string, valueOf: () => unknown): unknown =>
    hasPrototype(value, name) && is(() => valueOf.call(value)) ? valueOf.call(value) : undefined
  const found = of("Number", Number.prototype.valueOf) ?? of("String", String.prototype.valueOf) ??
    of("Boolean", Boolean.prototype.valueOf) ?? of("BigInt", BigInt.prototype.valueOf)
  return found === undefined ? undefined : `Object(${primitiveExpression(found)})`
}

/** The literal of a value that is no object. `undefined` for a symbol that is this process's own. */
export const primitiveExpression = (value: unknown): string | undefined => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value)
    case "number":
      return Object.is(value, -0) ? "-0" : String(value)
    case "bigint":
      return `${value}n`
    case "boolean":
    case "undefined":
      return String(value)
    case "symbol":
      return Intrinsics.symbolExpression(value)
    default:
      return value === null ? "null" : undefined
  }
}

/** What the object is. */
export const shapeOf = (value: object, isProxy: (value: object) => boolean): Shape => {
  const known = Intrinsics.expressionOf(value)
  if (known !== undefined) return { _tag: "Leaf", expression: known }
  if (isProxy(value)) {
    return refused("a Proxy", "What is behind it, and its traps, cannot be seen.", "Hand over its target.")
  }
  const tag = tagOf(value)
  if (Array.isArray(value)) {
    return Object.getPrototypeOf(value) === Array.prototype ? { _tag: "Array", length: value.length } : instance(value)
  }
  if (ArrayBuffer.isView(value)) {
    if (tagOf(value.buffer) !== "ArrayBuffer") {
      return refused(
        `${article(tag)} over shared memory`,
        "Memory is shared within one process only.",
        "Hand over a copy."
      )
    }
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    const name = Reflect.get(value, "constructor")?.name
    // Small ones share one large buffer with strangers
    if (name === "Buffer") return { _tag: "Bytes", bytes, kind: "Buffer" }
    if (!hasPrototype(value, tag)) return instance(value)
    const length = tag === "DataView" ? value.byteLength : Number(Reflect.get(value, "length"))
    return { _tag: "View", constructor: tag, buffer: value.buffer, offset: value.byteOffset, length }
  }
  switch (tag) {
    case "Date":
      if (hasPrototype(value, "Date")) return { _tag: "Leaf", expression: `new Date(${(value as Date).getTime()})` }
      return instance(value)
    case "RegExp": {
      if (!hasPrototype(value, "RegExp")) return instance(value)
      const { flags, lastIndex, source } = value as RegExp
      const made = `new RegExp(${JSON.stringify(source)}, ${JSON.stringify(flags)})`
      return {
        _tag: "Leaf",
        expression: lastIndex === 0 ? made : `Object.assign(${made}, { lastIndex: ${lastIndex} })`
      }
    }
    case "Map":
      return hasPrototype(value, "Map") && is(() => Map.prototype.has.call(value, 0)) ? { _tag: "Map" }
        : instance(value)
    case "Set":
      return hasPrototype(value, "Set") && is(() => Set.prototype.has.call(value, 0)) ? { _tag: "Set" }
        : instance(value)
    case "ArrayBuffer":
      return { _tag: "Bytes", bytes: new Uint8Array(value as ArrayBuffer), kind: "ArrayBuffer" }
    case "URL":
    case "URLSearchParams":
      return hasPrototype(value, tag) ? { _tag: "Leaf", expression: `new ${tag}(${JSON.stringify(String(value))})` }
        : instance(value)
    case "Error":
      return value instanceof Error && nativeErrors.has(value.constructor.name) &&
          hasPrototype(value, value.constructor.name)
        ? { _tag: "Error", constructor: value.constructor.name, name: value.name, message: value.message }
        : instance(value)
    case "Promise":
      return refused("a Promise", "It belongs to this process: nobody else can settle it.", "Await it first.")
    case "WeakMap":
    case "WeakSet":
    case "WeakRef":
      return refused(article(tag), "What it holds cannot be listed.", "Use a Map, a Set or a plain reference.")
    case "Generator":
    case "AsyncGenerator":
      return refused(article(tag), "Its state is on a stack of this process.", "Hand over the values that it gives.")
    case "Module":
      return refused(
        "a module's namespace object",
        "It stands for a module of this process.",
        "Import the module at the top of the file; then it goes along."
      )
    case "SharedArrayBuffer":
      return refused("a SharedArrayBuffer", "Memory is shared within one process only.", "Hand over a copy.")
    default:
  }
  const literal = boxed(value)
  if (literal !== undefined) return { _tag: "Leaf", expression: literal }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return { _tag: "Plain", nullPrototype: prototype === null }
  return instance(value)
}

/** What an object of the language's own is inside, and no copy of its properties would be. */
const slots: ReadonlyArray<readonly [name: string, has: (value: object) => unknown]> = [
  ["Map", (value) => Map.prototype.has.call(value, 0)],
  ["Set", (value) => Set.prototype.has.call(value, 0)],
  ["Date", (value) => Date.prototype.getTime.call(value)],
  ["RegExp", (value) => Reflect.get(RegExp.prototype, "source", value)],
  ["URL", (value) => Reflect.get(URL.prototype, "href", value)]
]

const slotOf = (value: object): string | undefined =>
  Array.isArray(value) ? "Array"
    : ArrayBuffer.isView(value) ? tagOf(value)
    : slots.find(([, has]) => is(() => has(value)))?.[0]

/** An instance of somebody's class: whether that class can go along is seen when it is looked for. */
const instance = (value: object): Shape => {
  const slot = slotOf(value)
  if (slot !== undefined) {
    return refused(
      `an instance of a subclass of ${slot}`,
      `What makes it ${article(slot)} is no property of it.`,
      `Hand over ${article(slot)}, and make the instance in the function.`
    )
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  const descriptor = typeof prototype === "object" && prototype !== null
    ? Object.getOwnPropertyDescriptor(prototype, "constructor") : undefined
  const constructor: unknown = descriptor?.value
  if (typeof constructor !== "function" || constructor.prototype !== prototype) {
    return refused(
      `an object whose prototype is ${typeof constructor === "function" ? "not its class's" : "an object of its own"}`,
      "How it was made cannot be seen.",
      "Hand over a plain object with its data."
    )
  }
  // A function is what `constructor` was found to be
  return { _tag: "Instance", of: constructor as AnyFunction }
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** `.name` or `["odd name"]`. */
export const memberSegment = (key: string | symbol): string =>
  typeof key === "symbol" ? `[${Intrinsics.symbolExpression(key) ?? String(key)}]`
    : identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
