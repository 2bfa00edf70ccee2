/**
 * What a captured object is: how an object like it is made, and which properties one has that was just made.
 */
import type { AnyFunction, BuiltinValue } from "./FunctionLocator.ts"
import * as Intrinsics from "./Intrinsics.ts"
import { type Fresh, type FreshProperty, hidden } from "./OwnState.ts"

/** How an object is made that has the same content, before it gets its prototype and its properties. */
export type Making =
  | { readonly _tag: "Literal"; readonly expression: string }
  | { readonly _tag: "URL"; readonly href: string; readonly of: URL }
  | { readonly _tag: "ArrayBuffer"; readonly bytes: Uint8Array; readonly maxByteLength: number | undefined }
  /** A `Buffer`: small ones share one large buffer with strangers, so it has a range of its own. */
  | { readonly _tag: "Buffer"; readonly bytes: Uint8Array; readonly buffer: object; readonly offset: number }
  | {
    readonly _tag: "View"
    readonly constructor: string
    readonly buffer: object
    readonly offset: number
    /** `undefined` for a view that follows the length of its buffer. */
    readonly length: number | undefined
  }
  | { readonly _tag: "Array"; readonly length: number }
  | { readonly _tag: "Map"; readonly entries: ReadonlyArray<readonly [unknown, unknown]> }
  | { readonly _tag: "Set"; readonly values: ReadonlyArray<unknown> }
  | { readonly _tag: "Error"; readonly constructor: string; readonly message: string | undefined }
  /** What a function gives its instances. */
  | { readonly _tag: "Prototype"; readonly of: AnyFunction }
  /** The parameters that a URL follows. */
  | { readonly _tag: "SearchParams"; readonly of: URL }

export interface Made {
  readonly _tag: "Made"
  readonly making: Making
  /** What an object that was made so has before anything is put on it. */
  readonly fresh: Fresh
}

export interface Refused {
  readonly _tag: "Refused"
  readonly description: string
  readonly why: string
  readonly remedy: string
}

export type Shape =
  /** An expression gives the very object, wherever it is evaluated. */
  | { readonly _tag: "Leaf"; readonly expression: string }
  /** A module of the runtime exports it. */
  | ({ readonly _tag: "Builtin" } & BuiltinValue)
  | Made
  | Refused

export const refused = (description: string, why: string, remedy: string): Refused => ({
  _tag: "Refused",
  description,
  why,
  remedy
})

export const article = (name: string): string => `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`

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

/** Whether `method`, which looks at internal slots, takes `value`: a tag can be forged, a slot cannot. */
const takes = (method: () => unknown): boolean => {
  try {
    method()
    return true
  } catch {
    return false
  }
}

const getter = (prototype: object, key: string | symbol): (this: unknown) => unknown => {
  const get: unknown = Object.getOwnPropertyDescriptor(prototype, key)?.get
  return typeof get === "function" ? (get as (this: unknown) => unknown) : () => undefined // a getter takes nothing
}
const byteLength = getter(ArrayBuffer.prototype, "byteLength")
// A page that is not isolated from other origins has no such global
const sharedByteLength = typeof SharedArrayBuffer === "undefined"
  ? undefined
  : getter(SharedArrayBuffer.prototype, "byteLength")
const typedArrayTag = getter(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag)
const resizable = getter(ArrayBuffer.prototype, "resizable")
const maxByteLengthOf = getter(ArrayBuffer.prototype, "maxByteLength")
/** What a view says of itself, whatever it inherits from. */
const viewGetters = (prototype: object) => ({
  buffer: getter(prototype, "buffer"),
  byteLength: getter(prototype, "byteLength"),
  byteOffset: getter(prototype, "byteOffset"),
  length: getter(prototype, "length")
})
const ofTypedArray = viewGetters(Object.getPrototypeOf(Int8Array.prototype))
const ofDataView = viewGetters(DataView.prototype)
const regExpSource = getter(RegExp.prototype, "source")
/** `RegExp.prototype.flags` reads properties, which may be others by now. */
const regExpFlag = Object.entries({
  d: "hasIndices",
  g: "global",
  i: "ignoreCase",
  m: "multiline",
  s: "dotAll",
  u: "unicode",
  v: "unicodeSets",
  y: "sticky"
}).map(([flag, name]) => [flag, getter(RegExp.prototype, name)] as const)

/**
 * The tag that the language gives to the object. One that somebody's class gives it is not asked for: it may be a
 * getter. `undefined` where such a class hides it.
 */
const tagOf = (value: object): string | undefined => {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, Symbol.toStringTag)
    if (descriptor === undefined) continue
    return Intrinsics.find(at) !== undefined && typeof descriptor.value === "string" ? descriptor.value : undefined
  }
  return Object.prototype.toString.call(value).slice(8, -1)
}

const isSharedMemory = (value: object): boolean =>
  sharedByteLength !== undefined && takes(() => Reflect.apply(sharedByteLength, value, []))

/** Whether the prototype chain leads to `prototype`. */
const inherits = (value: object, prototype: object): boolean => Object.prototype.isPrototypeOf.call(prototype, value)

const prototypeOf = (name: string): object | null => {
  const constructor: unknown = Reflect.get(globalThis, name)
  return typeof constructor === "function" ? constructor.prototype : null
}

const made = (making: Making, prototype: object | null, own: Fresh["own"] = new Map()): Made => ({
  _tag: "Made",
  making,
  fresh: { own, prototype, elements: 0, values: new Map() }
})

const literal = (expression: string, prototype: object | null, own?: Fresh["own"]): Made =>
  made({ _tag: "Literal", expression }, prototype, own)

/** What an object of the program is. */
export const shapeOf = (value: object, isProxy: (value: object) => boolean): Made | Refused => {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    if (!isProxy(at)) continue
    const what = at === value ? "a Proxy" : "an object whose prototype is a Proxy"
    return refused(what, "What is behind it, and its traps, cannot be seen.", "Hand over its target.")
  }
  if (Array.isArray(value)) {
    const length = { isSame: () => true, writable: true, enumerable: false, configurable: false }
    return made({ _tag: "Array", length: value.length }, Array.prototype, new Map([["length", length]]))
  }
  return viewShape(value) ?? bufferShape(value) ?? collectionShape(value) ?? literalShape(value) ??
    errorShape(value) ?? refusal(value) ?? ordinary(value)
}

const ordinary = (value: object): Made => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null ? literal("Object.create(null)", null) : literal("{}", Object.prototype)
}

const detached = refused(
  "a buffer that was transferred",
  "Its bytes belong to another thread by now.",
  "Hand over a copy that was made before."
)

const viewShape = (value: object): Made | Refused | undefined => {
  if (!ArrayBuffer.isView(value)) return undefined
  const constructor = String(Reflect.apply(typedArrayTag, value, []) ?? "DataView")
  const of = constructor === "DataView" ? ofDataView : ofTypedArray
  const buffer = Reflect.apply(of.buffer, value, []) as ArrayBufferLike // of a view
  if (isSharedMemory(buffer)) {
    return refused(
      `${article(constructor)} over shared memory`,
      "Memory is shared within one process only.",
      "Hand over a copy."
    )
  }
  if (!takes(() => new Uint8Array(buffer))) return detached
  const bytes = Number(Reflect.apply(of.byteLength, value, []))
  const offset = Number(Reflect.apply(of.byteOffset, value, []))
  const shape = (making: Making, prototype: object | null): Made => ({
    _tag: "Made",
    making,
    fresh: { own: new Map(), prototype, elements: constructor === "DataView" ? 0 : Infinity, values: new Map() }
  })
  const nodeBuffer: unknown = Reflect.get(globalThis, "Buffer")
  if (typeof nodeBuffer === "function" && inherits(value, nodeBuffer.prototype)) {
    const content = new Uint8Array(buffer, offset, bytes).slice()
    return shape({ _tag: "Buffer", bytes: content, buffer, offset }, nodeBuffer.prototype)
  }
  const isTracking = Reflect.apply(resizable, buffer, []) === true && tracksLength(value, bytes, offset)
  const length = isTracking ? undefined : constructor === "DataView" ? bytes
    : Number(Reflect.apply(of.length, value, []))
  return shape({ _tag: "View", constructor, buffer, offset, length }, prototypeOf(constructor))
}

const fill: unknown = Reflect.get(Object.getPrototypeOf(Int8Array.prototype), "fill")

/** Whether the view follows the length of its buffer: asked of a copy of both, which is resized. */
const tracksLength = (view: ArrayBufferView, bytes: number, offset: number): boolean => {
  const copy = structuredClone(view)
  const resize: unknown = Reflect.get(copy.buffer, "resize")
  if (typeof resize !== "function") return false
  if (bytes === 0) {
    Reflect.apply(resize, copy.buffer, [Reflect.get(copy.buffer, "maxByteLength")])
    return copy.byteLength > 0
  }
  // One of a fixed length is out of bounds then, and cannot be used
  Reflect.apply(resize, copy.buffer, [offset])
  return takes(() =>
    copy instanceof DataView ? Reflect.apply(ofDataView.byteLength, copy, [])
      : typeof fill === "function" && Reflect.apply(fill, copy, [0])
  )
}

const bufferShape = (value: object): Made | Refused | undefined => {
  if (isSharedMemory(value)) {
    return refused("a SharedArrayBuffer", "Memory is shared within one process only.", "Hand over a copy.")
  }
  if (!takes(() => Reflect.apply(byteLength, value, []))) return undefined
  const buffer = value as ArrayBuffer // the getter takes nothing else
  if (!takes(() => new Uint8Array(buffer))) return detached
  const isResizable = Reflect.apply(resizable, buffer, []) === true
  const maxByteLength = isResizable ? Number(Reflect.apply(maxByteLengthOf, buffer, [])) : undefined
  return made({ _tag: "ArrayBuffer", bytes: new Uint8Array(buffer).slice(), maxByteLength }, ArrayBuffer.prototype)
}

const collectionShape = (value: object): Made | undefined => {
  if (takes(() => Map.prototype.has.call(value, 0))) {
    const entries: Array<readonly [unknown, unknown]> = []
    Map.prototype.forEach.call(value, (each: unknown, key: unknown) => entries.push([key, each]))
    return made({ _tag: "Map", entries }, Map.prototype)
  }
  if (takes(() => Set.prototype.has.call(value, 0))) {
    const values: Array<unknown> = []
    Set.prototype.forEach.call(value, (each: unknown) => values.push(each))
    return made({ _tag: "Set", values }, Set.prototype)
  }
  return undefined
}

/** Objects that one expression makes with all that they have inside. */
const literalShape = (value: object): Made | Refused | undefined => {
  if (takes(() => Date.prototype.getTime.call(value))) {
    return literal(`new Date(${Date.prototype.getTime.call(value)})`, Date.prototype)
  }
  // The prototype itself has a source, too, and is an intrinsic
  if (takes(() => Reflect.apply(regExpSource, value, []))) {
    const source = JSON.stringify(Reflect.apply(regExpSource, value, []))
    const flags = JSON.stringify(
      regExpFlag.flatMap(([flag, has]) => Reflect.apply(has, value, []) === true ? [flag] : []).join("")
    )
    const lastIndex = {
      isSame: (each: unknown) => Object.is(each, 0),
      writable: true,
      enumerable: false,
      configurable: false
    }
    return literal(`new RegExp(${source}, ${flags})`, RegExp.prototype, new Map([["lastIndex", lastIndex]]))
  }
  for (const { name, valueOf } of boxes) {
    if (!takes(() => valueOf.call(value))) continue
    const content: unknown = valueOf.call(value)
    const expression = primitiveExpression(content)
    if (expression === undefined) {
      return refused(String(content), "A symbol is known to its own process only.", "Use a registered symbol.")
    }
    if (typeof content !== "string") return literal(`Object(${expression})`, prototypeOf(name))
    const length = { isSame: () => true, writable: false, enumerable: false, configurable: false }
    const shape = literal(`Object(${expression})`, String.prototype, new Map([["length", length]]))
    return { ...shape, fresh: { ...shape.fresh, elements: content.length } }
  }
  if (takes(() => Reflect.get(URL.prototype, "href", value))) {
    const href = String(Reflect.get(URL.prototype, "href", value))
    return made({ _tag: "URL", href, of: value as URL }, URL.prototype) // the getter takes nothing else
  }
  if (takes(() => URLSearchParams.prototype.has.call(value, ""))) {
    const text = JSON.stringify(URLSearchParams.prototype.toString.call(value))
    return literal(`new URLSearchParams(${text})`, URLSearchParams.prototype)
  }
  if (tagOf(value) !== "Arguments") return undefined
  if (Object.getOwnPropertyDescriptor(value, "callee")?.get === undefined) {
    return refused(
      "the `arguments` of a function that is not strict",
      "They are tied to the parameters of a call that is running here.",
      "Hand over an array: [...arguments]."
    )
  }
  return literal(
    "(function () { return arguments; })()",
    Object.prototype,
    new Map<string | symbol, FreshProperty>([
      ["length", { ...hidden, isSame: (each) => each === 0 }],
      ["callee", { isSame: () => true, writable: false, enumerable: false, configurable: false }],
      [Symbol.iterator, { ...hidden, isSame: (each) => each === Array.prototype.values }]
    ])
  )
}

const boxes: ReadonlyArray<{ readonly name: string; readonly valueOf: (this: unknown) => unknown }> = [
  { name: "Number", valueOf: Number.prototype.valueOf },
  { name: "String", valueOf: String.prototype.valueOf },
  { name: "Boolean", valueOf: Boolean.prototype.valueOf },
  { name: "BigInt", valueOf: BigInt.prototype.valueOf },
  { name: "Symbol", valueOf: Symbol.prototype.valueOf }
]

const nativeErrors = ["EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "Error"]

const errorShape = (value: object): Made | Refused | undefined => {
  const tag = tagOf(value)
  // Whoever writes the text asks the error for its name and message
  if (!takes(() => Object.getOwnPropertyDescriptor(value, "stack"))) {
    return refused("an error whose `stack` cannot be read", "Reading it fails.", "Hand over its message.")
  }
  const stack = Object.getOwnPropertyDescriptor(value, "stack")
  if (tag !== "Error" && (tag !== undefined || stack === undefined || !inherits(value, Error.prototype))) {
    if (tag !== undefined || typeof stack?.value !== "string" || stack.enumerable === true) return undefined
    return refused("an object with a `stack` and a tag of its own", "It may be an error.", "Hand over its message.")
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor = nativeErrors.find((name) => prototypeOf(name) === prototype) ?? "Error"
  const held: unknown = Object.getOwnPropertyDescriptor(value, "message")?.value
  const message = typeof held === "string" ? held : undefined
  const own = new Map<string, FreshProperty>([["stack", { ...hidden, isSame: () => false }]])
  if (message !== undefined) own.set("message", { ...hidden, isSame: () => true })
  const shape = made({ _tag: "Error", constructor, message }, prototypeOf(constructor), own)
  // In newer versions of V8 it is an accessor of the language's own
  const isOwn = stack !== undefined && ("value" in stack || Intrinsics.isNativeFunction(stack.get))
  const text: unknown = isOwn ? Reflect.get(value, "stack") : undefined
  if (typeof text !== "string") return shape
  return { ...shape, fresh: { ...shape.fresh, values: new Map([["stack", headOf(text, message ?? "")]]) } }
}

/** The text of a stack before its first call: the rest are paths of this machine. */
const headOf = (stack: string, message: string): string => {
  const from = stack.indexOf(message)
  const end = stack.slice(Math.max(from, 0) + message.length).search(/\n\s+at /)
  return end === -1 ? stack : stack.slice(0, Math.max(from, 0) + message.length + end)
}

/** Objects of the language whose content cannot be had. */
const refusal = (value: object): Refused | undefined => {
  const namespace = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)
  const tag = namespace?.value === "Module" && namespace.configurable === false ? "Module" : tagOf(value)
  switch (tag) {
    case "Promise":
      return refused("a Promise", "It belongs to this process: nobody else can settle it.", "Await it first.")
    case "WeakMap":
    case "WeakSet":
    case "WeakRef":
    case "FinalizationRegistry":
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
    default:
      return tag !== undefined && / Iterator$/.test(tag)
        ? refused(article(tag), "How far it went cannot be seen.", "Hand over the values that it gives.") : undefined
  }
}

/** Prototypes of the language that an object without what they work on may have. */
const open: ReadonlySet<string> = new Set([
  ...["Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt", "Date", "RegExp", "ArrayBuffer",
    "DataView", "Map", "Set", "URL", "URLSearchParams", "AggregateError"],
  ...nativeErrors
].map((name) => `${name}.prototype`))

/** Whether nothing that cannot be seen belongs to an object with this prototype, which is one of the language's. */
export const isOpenPrototype = (expression: string): boolean =>
  open.has(expression) || /^\w+Array\.prototype$/.test(expression) ||
  expression === "Object.getPrototypeOf(Int8Array).prototype"

/** The object that a function gives its instances as their prototype. */
export const prototypeShape = (of: AnyFunction, fresh: Fresh): Made => ({
  _tag: "Made",
  making: { _tag: "Prototype", of },
  fresh
})

/** The parameters of a URL that is carried, too. */
export const linkedParameters = (of: URL): Made => made({ _tag: "SearchParams", of }, URLSearchParams.prototype)

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** `.name` or `["odd name"]`. */
export const memberSegment = (key: string | symbol): string =>
  typeof key === "symbol" ? `[${Intrinsics.symbolExpression(key) ?? String(key)}]`
    : identifier.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
