/**
 * The language's own objects, which are there on every machine: carried by their name.
 */

const constructors = ["Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt", "Date",
  "Promise", "RegExp", "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError",
  "TypeError", "URIError", "ArrayBuffer", "SharedArrayBuffer", "Int8Array", "Uint8Array", "Uint8ClampedArray",
  "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array",
  "BigUint64Array", "DataView", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "Proxy"] as const
const namespaces = ["Math", "JSON", "Reflect", "Atomics", "Intl"] as const
const functions = ["parseInt", "parseFloat", "isNaN", "isFinite", "decodeURI", "decodeURIComponent", "encodeURI",
  "encodeURIComponent"] as const
/** Not the language's, and on every runtime that runs packages. */
const web = ["URL", "URLSearchParams", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal", "Event",
  "EventTarget", "structuredClone", "queueMicrotask", "setTimeout", "clearTimeout", "setInterval", "clearInterval",
  "atob", "btoa", "fetch", "Headers", "Request", "Response", "Blob", "performance", "console", "crypto"] as const

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

const member = (holder: string, key: string): string => `${holder}.${key}`

/** Expressions by the object that they give. Asked for once in each run, for it is a property of the realm. */
const build = (): ReadonlyMap<object, string> => {
  const found = new Map<object, string>()
  const note = (value: unknown, expression: string): void => {
    if (isObject(value) && !found.has(value)) found.set(value, expression)
  }
  const members = (holder: object, expression: string): void => {
    for (const key of Object.getOwnPropertyNames(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key)
      if (descriptor !== undefined && typeof descriptor.value === "function" && key !== "constructor") {
        note(descriptor.value, member(expression, key))
      }
    }
  }
  const names = [...constructors, ...namespaces, ...functions, ...web]
  const all = names.map((name) => [name, Reflect.get(globalThis, name)] as const)
  for (const [name, value] of all) note(value, name)
  for (const [name, value] of all) {
    if (!isObject(value)) continue
    members(value, name)
    const prototype: unknown = Reflect.get(value, "prototype")
    if (typeof value === "function" && isObject(prototype)) {
      note(prototype, `${name}.prototype`)
      members(prototype, `${name}.prototype`)
    }
  }
  note(globalThis, "globalThis")
  return found
}

let intrinsics: ReadonlyMap<object, string> | undefined

/** The expression that gives the same object on any machine, if there is one. */
export const expressionOf = (value: object): string | undefined => (intrinsics ??= build()).get(value)

const wellKnown = new Map<symbol, string>(
  Object.getOwnPropertyNames(Symbol).flatMap((key) => {
    const value: unknown = Reflect.get(Symbol, key)
    return typeof value === "symbol" ? [[value, `Symbol.${key}`] as const] : []
  })
)

/** A well-known or registered symbol. */
export const symbolExpression = (value: symbol): string | undefined => {
  const known = wellKnown.get(value)
  if (known !== undefined) return known
  const key = Symbol.keyFor(value)
  return key === undefined ? undefined : `Symbol.for(${JSON.stringify(key)})`
}
