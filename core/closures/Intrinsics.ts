/**
 * The objects of the language and of the web platform, which are there on every machine: carried by an expression.
 */

const constructors = ["Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt", "Date",
  "Promise", "RegExp", "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError",
  "TypeError", "URIError", "ArrayBuffer", "SharedArrayBuffer", "Int8Array", "Uint8Array", "Uint8ClampedArray",
  "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array",
  "BigUint64Array", "DataView", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "Proxy"] as const
const namespaces = ["Math", "JSON", "Reflect", "Atomics", "Intl"] as const
const functions = ["parseInt", "parseFloat", "isNaN", "isFinite", "decodeURI", "decodeURIComponent", "encodeURI",
  "encodeURIComponent", "escape", "unescape"] as const
/** Not the language's, and on every runtime that runs packages. */
const web = ["URL", "URLSearchParams", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal", "Event",
  "EventTarget", "structuredClone", "queueMicrotask", "setTimeout", "clearTimeout", "setInterval", "clearInterval",
  "setImmediate", "clearImmediate", "atob", "btoa", "fetch", "Headers", "Request", "Response", "Blob", "performance",
  "console", "crypto"] as const

/** Objects of the language that no name leads to. */
const unnamed: ReadonlyArray<readonly [expression: string, find: () => object]> = [
  ["Object.getPrototypeOf(Int8Array)", () => Object.getPrototypeOf(Int8Array)],
  ["Object.getPrototypeOf(async () => {})", () => Object.getPrototypeOf(async () => {})],
  ["Object.getPrototypeOf(function* () {})", () => Object.getPrototypeOf(function*() {})],
  ["Object.getPrototypeOf(async function* () {})", () => Object.getPrototypeOf(async function*() {})],
  ["Object.getPrototypeOf([].values())", () => Object.getPrototypeOf([].values())],
  ["Object.getPrototypeOf(new Map().values())", () => Object.getPrototypeOf(new Map().values())],
  ["Object.getPrototypeOf(new Set().values())", () => Object.getPrototypeOf(new Set().values())],
  [`Object.getPrototypeOf("".matchAll(/a/g))`, () => Object.getPrototypeOf("".matchAll(/a/g))],
  [`Object.getPrototypeOf(""[Symbol.iterator]())`, () => Object.getPrototypeOf(""[Symbol.iterator]())],
  ["Object.getPrototypeOf(Object.getPrototypeOf([].values()))",
    () => Object.getPrototypeOf(Object.getPrototypeOf([].values()))]
]

/** An object that every machine has. */
export interface Intrinsic {
  readonly expression: string
  /** Whether the language defines it, not the host. */
  readonly isLanguage: boolean
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

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

/** `undefined` for a key that another machine has not. */
const keyExpression = (key: string | symbol): string | undefined =>
  typeof key === "string" ? JSON.stringify(key) : symbolExpression(key)

const identifier = /^[A-Za-z_$][\w$]*$/

const member = (holder: string, key: string | symbol): string =>
  typeof key === "string" && identifier.test(key) ? `${holder}.${key}` : `${holder}[${keyExpression(key)}]`

const nameFor = (key: string | symbol): string => typeof key === "string" ? key : `[${key.description}]`

export const isNativeFunction = (fn: unknown): boolean =>
  typeof fn === "function" && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn))

/** Whether it is the function of the language that has this name: a program may have put another in its place. */
const isNative = (fn: unknown, name: string): boolean =>
  isNativeFunction(fn) && Reflect.get(Object(fn), "name") === name

const build = (): ReadonlyMap<object, Intrinsic> => {
  const found = new Map<object, Intrinsic>()
  const note = (value: unknown, expression: string, isLanguage: boolean): void => {
    if (isObject(value) && !found.has(value)) found.set(value, { expression, isLanguage })
  }
  const members = (holder: object, expression: string, isLanguage: boolean): void => {
    for (const key of Reflect.ownKeys(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key)
      if (descriptor === undefined || key === "constructor" || keyExpression(key) === undefined) continue
      const { get, set, value } = descriptor
      if (isLanguage ? isNative(value, nameFor(key)) : typeof value === "function") {
        note(value, member(expression, key), isLanguage)
      }
      if (!isLanguage) continue
      const accessor = `Object.getOwnPropertyDescriptor(${expression}, ${keyExpression(key)})`
      if (isNative(get, `get ${nameFor(key)}`)) note(get, `${accessor}.get`, true)
      if (isNative(set, `set ${nameFor(key)}`)) note(set, `${accessor}.set`, true)
    }
  }
  const named = (names: ReadonlyArray<string>, isLanguage: boolean) =>
    names.map((name) => [name, Reflect.get(globalThis, name), isLanguage] as const)
  const roots = [...named([...constructors, ...namespaces, ...functions], true), ...named(web, false)]
  for (const [name, value, isLanguage] of roots) {
    if (!isLanguage || typeof value !== "function" || isNative(value, name)) note(value, name, isLanguage)
  }
  for (const [name, value, isLanguage] of roots) {
    if (!isObject(value)) continue
    members(value, name, isLanguage)
    const prototype: unknown = Reflect.get(value, "prototype")
    if (typeof value === "function" && isObject(prototype)) {
      note(prototype, `${name}.prototype`, isLanguage)
      members(prototype, `${name}.prototype`, isLanguage)
    }
  }
  for (const [expression, find] of unnamed) {
    const value = find()
    note(value, expression, true)
    members(value, expression, true)
    const prototype: unknown = Object.getOwnPropertyDescriptor(value, "prototype")?.value
    if (isObject(prototype)) {
      note(prototype, `${expression}.prototype`, true)
      members(prototype, `${expression}.prototype`, true)
    }
  }
  for (const key of Object.getOwnPropertyNames(Intl)) {
    const value: unknown = Reflect.get(Intl, key)
    if (typeof value === "function") note(value.prototype, `Intl.${key}.prototype`, true)
  }
  note(globalThis, "globalThis", true)
  return found
}

let intrinsics: ReadonlyMap<object, Intrinsic> | undefined

/** The object as every machine has it. The table is made once in each run, for it is a property of the realm. */
export const find = (value: object): Intrinsic | undefined => (intrinsics ??= build()).get(value)

/** What V8 itself, or a loader, puts on the constructor of errors. */
const settings: ReadonlySet<string | symbol> = new Set(["stackTraceLimit", "prepareStackTrace"])

/** The key under which a program put something into an object of the language. */
export const patchedKey = (value: object): string | symbol | undefined => {
  if (value === globalThis) return undefined
  return Reflect.ownKeys(value).find((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor === undefined || settings.has(key) || key === "constructor") return false
    return descriptor.enumerable === true ||
      [descriptor.value, descriptor.get, descriptor.set].some((each) => typeof each === "function" && !isAlias(each))
  })
}

/** A function of the language, under whatever name. */
const isAlias = (fn: object): boolean =>
  find(fn)?.isLanguage === true ||
  isNative(fn, String(Reflect.get(fn, "name")))

/** Whether a name leads to it: what generator functions give their instances has none. */
export const isNamed = ({ expression }: Intrinsic): boolean => !expression.startsWith("Object.getPrototypeOf(")
