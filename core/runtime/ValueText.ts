/**
 * Values as text: structured clone's values, in devalue's notation. Plain functions without Effect, because the runner
 * inside a package carries them too; {@link file://./ValueCodec.ts} is the Effect face.
 *
 * Carried: everything JSON has, `undefined`, `NaN`, infinities, `-0`, bigint, boxed primitives, Date, RegExp, Map, Set,
 * ArrayBuffer, typed arrays, DataView, URL, URLSearchParams, Temporal, errors with their causes and properties, plain
 * objects (null prototypes too), arrays with holes and with extra properties, cycles and shared references.
 * A Node Buffer arrives as the Uint8Array of its visible bytes. Key order is kept: a program can see it.
 */
import * as devalue from "devalue"
import * as ValueNotation from "./ValueNotation.ts"

/** Why a value cannot be carried. */
export type RefusedKind =
  | "function"
  | "symbol"
  | "symbol key"
  | "promise"
  | "weak reference"
  | "proxy"
  | "class instance"
  | "generator"
  | "generator with a return value"
  | "module namespace"
  | "shared memory"
  | "detached buffer"
  | "throwing getter"
  | "__proto__ key"
  | "cycle through an error or an array with properties"
  | "nesting too deep"
  | "value the codec refuses"

/** What was refused, and where: `$` is the value itself, then `.key`, `["odd key"]`, `[index]`, `.get(key)`, `.keys()[n]`, `.values()[n]`. */
export interface Refusal {
  readonly path: string
  readonly kind: RefusedKind
  /** What it is, for a person: `Socket`, `function helper`. */
  readonly description: string
}

export interface EncodeOptions {
  /** Tells a Proxy from its target; only the host can. Without it a proxy is read through its traps. */
  readonly isProxy?: ((value: object) => boolean) | undefined
  /** Whether errors keep their `stack`. Off for arguments, where it would make the same value two texts. Default false. */
  readonly errorStacks?: boolean | undefined
}

export type Encoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly refusal: Refusal }

const mostDecimal = 10n ** BigInt(ValueNotation.mostDecimalDigits)

/** Whether it is written in hexadecimal. */
const isLarge = (integer: bigint): boolean => integer >= mostDecimal || integer <= -mostDecimal

/** Levels of nesting that are carried. */
export const maximumDepth = ValueNotation.maximumDepth

const nativeErrors = [
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "DOMException"
] as const

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

/** The prototypes above a value, itself excluded. */
const prototypesOf = (value: object): ReadonlyArray<object> => {
  const prototypes: Array<object> = []
  for (let at: unknown = Object.getPrototypeOf(value); typeof at === "object" && at !== null;) {
    prototypes.push(at)
    at = Object.getPrototypeOf(at)
  }
  return prototypes
}

const classNameOf = (value: object): string => {
  for (const prototype of prototypesOf(value)) {
    const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
    if (typeof constructor === "function" && constructor.name !== "") return constructor.name
  }
  return tagOf(value)
}

/** How many prototypes a direct instance of each carried class has; more means a subclass. */
const prototypeCounts: Readonly<Record<string, number>> = {
  Map: 2,
  Set: 2,
  Date: 2,
  RegExp: 2,
  ArrayBuffer: 2,
  DataView: 2,
  Array: 2,
  Number: 2,
  String: 2,
  Boolean: 2,
  BigInt: 2,
  URL: 2,
  URLSearchParams: 2
}

const probes: Readonly<Record<string, (value: object) => unknown>> = {
  Map: (value) => Map.prototype.has.call(value, 0),
  Set: (value) => Set.prototype.has.call(value, 0),
  Date: (value) => Date.prototype.getTime.call(value),
  // Never run: some expressions take for ever, even on an empty text
  RegExp: (value) => Object.getOwnPropertyDescriptor(RegExp.prototype, "source")?.get?.call(value),
  ArrayBuffer: (value) => Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")?.get?.call(value),
  Number: (value) => Number.prototype.valueOf.call(value),
  String: (value) => String.prototype.valueOf.call(value),
  Boolean: (value) => Boolean.prototype.valueOf.call(value),
  BigInt: (value) => BigInt.prototype.valueOf.call(value)
}

/** Whether the value really is what its tag says; a tag can be forged by `Symbol.toStringTag`. */
const isGenuine = (value: object, tag: string): boolean => {
  const probe = probes[tag]
  if (probe === undefined) return true
  try {
    probe(value)
    return true
  } catch {
    return false
  }
}

export const isError = (value: unknown): value is Error =>
  value instanceof Error || (typeof value === "object" && value !== null && tagOf(value) === "Error")

const isDetached = (buffer: ArrayBuffer): boolean => {
  if (buffer.byteLength > 0) return false
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

/**
 * What an array holds: `elements`, the indices of its elements as keys, and `extra`, its other keys, as `RegExp.exec` leaves them.
 * A sparse array of length 2^32 - 1 costs what it holds.
 */
interface ArrayKeys {
  readonly elements: ReadonlyArray<string>
  readonly extra: ReadonlyArray<string>
}

const arrayKeys = (array: ReadonlyArray<unknown>): ArrayKeys => {
  const keys = Object.keys(array)
  // Indices come first, in their order
  let count = keys.length
  for (; count > 0; count -= 1) if (ValueNotation.isArrayIndex(keys[count - 1] ?? "")) break
  return { elements: count === keys.length ? keys : keys.slice(0, count), extra: keys.slice(count) }
}

/** A copy of the elements alone. */
const elementsOf = (array: ReadonlyArray<unknown>, { elements }: ArrayKeys): Array<unknown> => {
  const copy: Array<unknown> = []
  if (elements.length !== array.length) {
    // Setting the length of a new array reserves room for all of it, unless it is known to be sparse
    copy[4_294_967_294] = undefined
    delete copy[4_294_967_294]
    copy.length = array.length
  }
  for (const key of elements) copy[Number(key)] = Reflect.get(array, key)
  return copy
}

/** The native class nearest to an error's own. */
const nativeTypeOf = (error: Error): string => {
  for (const prototype of prototypesOf(error)) {
    const name = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value?.name
    if (nativeErrors.some((native) => native === name)) return name
  }
  return "Error"
}

const ownErrorFields = new Set(["name", "message", "stack", "cause", "errors"])

/** The parts of an error that travel. */
const errorParts = (error: Error, options: EncodeOptions): Record<string, unknown> => {
  const properties: Record<string, unknown> = {}
  for (const key of Object.keys(error)) if (!ownErrorFields.has(key)) properties[key] = Reflect.get(error, key)
  const parts: Record<string, unknown> = {
    type: nativeTypeOf(error),
    name: String(error.name),
    message: String(error.message)
  }
  if (options.errorStacks === true && typeof error.stack === "string") parts["stack"] = error.stack
  if (Object.hasOwn(error, "cause")) parts["cause"] = error.cause
  if (parts["type"] === "AggregateError") parts["errors"] = Reflect.get(error, "errors")
  if (Object.keys(properties).length > 0) parts["properties"] = properties
  return parts
}

interface Node {
  readonly value: unknown
  readonly parent: Node | undefined
  readonly segment: string
  readonly depth: number
}

const pathOf = (node: Node): string => {
  const segments: Array<string> = []
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) segments.push(at.segment)
  return segments.reverse().join("")
}

const member = (key: string): string => /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`

/** Printing what was thrown may throw again. */
const printCause = (cause: unknown): string => {
  try {
    return String(cause)
  } catch {
    return "something that cannot be printed"
  }
}

const printKey = (key: unknown): string =>
  typeof key === "string" ? JSON.stringify(key) : typeof key === "object" && key !== null ? tagOf(key) : String(key)

/** The children of a carried object, or why it cannot be carried. */
const inspect = (
  value: object,
  options: EncodeOptions,
  keyed: Map<unknown, ArrayKeys>
): { readonly children: ReadonlyArray<readonly [segment: string, value: unknown]> } | Omit<Refusal, "path"> => {
  const refuse = (kind: RefusedKind, description: string): Omit<Refusal, "path"> => ({ kind, description })
  if (options.isProxy?.(value) === true) return refuse("proxy", "a Proxy")
  const tag = tagOf(value)
  if (isError(value)) {
    const children: Array<readonly [string, unknown]> = []
    const parts = errorParts(value, options)
    if (Object.hasOwn(parts, "cause")) children.push([".cause", parts["cause"]])
    if (Object.hasOwn(parts, "errors")) children.push([".errors", parts["errors"]])
    for (const key of Object.keys(value)) {
      if (!ownErrorFields.has(key)) children.push([member(key), Reflect.get(value, key)])
    }
    return { children }
  }
  if (tag === "Promise" || (value instanceof Promise)) return refuse("promise", "a Promise that nobody awaited")
  if (tag === "WeakMap" || tag === "WeakSet" || tag === "WeakRef") return refuse("weak reference", `a ${tag}`)
  if (/^(Async)?Generator$/.test(tag)) return refuse("generator", `a ${tag}`)
  if (tag === "Module") return refuse("module namespace", "a module's namespace object")
  if (tag === "SharedArrayBuffer") return refuse("shared memory", "a SharedArrayBuffer")
  if (ArrayBuffer.isView(value)) {
    if (tagOf(value.buffer) === "SharedArrayBuffer") return refuse("shared memory", `a ${tag} over shared memory`)
    if (isDetached(value.buffer as ArrayBuffer)) {
      return refuse("detached buffer", `a ${tag} whose buffer was transferred`) // not shared: an ArrayBuffer
    }
    // A typed array has its class, %TypedArray% and Object above it. A Buffer is the one subclass that is only bytes.
    const expected = tag === "DataView" ? 2 : 3
    if (prototypesOf(value).length > expected && classNameOf(value) !== "Buffer") {
      return refuse("class instance", `an instance of ${classNameOf(value)}`)
    }
    return { children: [] }
  }
  if (Array.isArray(value)) {
    if (prototypesOf(value).length > 2) return refuse("class instance", `an instance of ${classNameOf(value)}`)
    if (Object.getOwnPropertySymbols(value).length > 0) return refuse("symbol key", "an array with a symbol as key")
    const children: Array<readonly [string, unknown]> = []
    const keys = arrayKeys(value)
    for (const key of keys.elements) {
      const item: unknown = Reflect.get(value, key)
      if ((typeof item === "object" && item !== null) || typeof item === "function" || typeof item === "symbol") {
        children.push([`[${key}]`, item])
      }
    }
    for (const key of keys.extra) children.push([member(key), Reflect.get(value, key)])
    if (keys.extra.length > 0) keyed.set(value, keys)
    return { children }
  }
  const expected = prototypeCounts[tag]
  if (expected !== undefined) {
    if (!isGenuine(value, tag) || prototypesOf(value).length > expected) {
      return refuse("class instance", `an instance of ${classNameOf(value)}`)
    }
    if (tag === "ArrayBuffer" && isDetached(value as ArrayBuffer)) {
      return refuse("detached buffer", "a transferred ArrayBuffer") // genuine, see above
    }
    if (tag === "BigInt" && isLarge(BigInt.prototype.valueOf.call(value))) {
      return refuse("value the codec refuses", "a boxed integer of more than 10,000 digits")
    }
    if (tag === "Map") {
      const children: Array<readonly [string, unknown]> = []
      let index = 0
      for (const [key, item] of value as Map<unknown, unknown>) { // genuine, see above
        children.push([`.keys()[${index}]`, key], [`.get(${printKey(key)})`, item])
        index += 1
      }
      return { children }
    }
    if (tag === "Set") {
      return { children: [...(value as Set<unknown>)].map((item, index) => [`.values()[${index}]`, item] as const) } // genuine, see above
    }
    return { children: [] }
  }
  if (/^Temporal\./.test(tag)) return { children: [] }
  const prototypes = prototypesOf(value)
  const plain = prototypes.length === 0 || (prototypes.length === 1 && classNameOf(value) === "Object")
  if (!plain) return refuse("class instance", `an instance of ${classNameOf(value)}`)
  if (Object.getOwnPropertySymbols(value).some((key) => Object.prototype.propertyIsEnumerable.call(value, key))) {
    return refuse("symbol key", "an object with a symbol as key")
  }
  if (tag !== "Object") return refuse("class instance", `an instance of ${tag}`)
  const keys = Object.keys(value)
  if (keys.includes("__proto__")) return refuse("__proto__ key", "an object with an own key __proto__")
  return { children: keys.map((key) => [member(key), Reflect.get(value, key)] as const) }
}

/**
 * The first part of `root` (in the order of the text) that cannot be carried. Iterative: depth costs no stack. Arrays with
 * properties are put into `keyed`.
 */
const findRefusal = (
  root: unknown,
  options: EncodeOptions,
  keyed: Map<unknown, ArrayKeys>
): Refusal | undefined => {
  const seen = new Set<unknown>()
  const open = new Set<unknown>()
  type Frame = { readonly node: Node } | { readonly leave: unknown }
  const stack: Array<Frame> = [{ node: { value: root, parent: undefined, segment: "$", depth: 0 } }]
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    if ("leave" in frame) {
      open.delete(frame.leave)
      continue
    }
    const { node } = frame
    const { value } = node
    if (typeof value === "symbol") return { path: pathOf(node), kind: "symbol", description: String(value) }
    if (typeof value === "function") {
      return { path: pathOf(node), kind: "function", description: `the function ${value.name || "without a name"}` }
    }
    if (typeof value !== "object" || value === null) continue
    if (open.has(value)) {
      return {
        path: pathOf(node),
        kind: "cycle through an error or an array with properties",
        description: `${classNameOf(value)} that contains itself`
      }
    }
    if (seen.has(value)) continue
    seen.add(value)
    let found: ReturnType<typeof inspect>
    try {
      found = inspect(value, options, keyed)
    } catch (cause) {
      return { path: pathOf(node), kind: "throwing getter", description: `reading it throws: ${printCause(cause)}` }
    }
    if ("kind" in found) return { path: pathOf(node), ...found }
    // What is not devalue's own kind of object is made of up to two more levels of them
    const isOurs = isError(value) || keyed.has(value)
    const depth = node.depth + (isOurs ? 2 : 0)
    if (depth > maximumDepth) {
      return { path: pathOf(node), kind: "nesting too deep", description: `more than ${maximumDepth} levels` }
    }
    // Devalue can restore a cycle through its own kinds of objects, not through ours
    if (isOurs) {
      open.add(value)
      stack.push({ leave: value })
    }
    for (let index = found.children.length - 1; index >= 0; index -= 1) {
      const child = found.children[index]
      if (child === undefined) continue
      const [segment, item] = child
      if ((typeof item === "object" && item !== null) || typeof item === "function" || typeof item === "symbol") {
        stack.push({ node: { value: item, parent: node, segment, depth: depth + 1 } })
      }
    }
  }
  return undefined
}

/** The text of `value`, or the first part of it that cannot be carried. The same value gives the same text. */
export const encode = (value: unknown, options: EncodeOptions = {}): Encoded => {
  const keyed = new Map<unknown, ArrayKeys>()
  const refusal = findRefusal(value, options, keyed)
  if (refusal !== undefined) return { ok: false, refusal }
  try {
    const text = devalue.stringify(value, {
      Error: (item: unknown) => isError(item) && errorParts(item, options),
      List: (item: unknown) => {
        const keys = keyed.get(item)
        return keys !== undefined && Array.isArray(item) && {
          items: elementsOf(item, keys),
          properties: Object.fromEntries(keys.extra.map((key) => [key, Reflect.get(item, key)]))
        }
      },
      Integer: (item: unknown) =>
        typeof item === "bigint" && isLarge(item) &&
        (item < 0n ? `-0x${(-item).toString(16)}` : `0x${item.toString(16)}`)
    })
    return { ok: true, text }
  } catch (cause) {
    // A getter that answers differently the second time, or a kind that devalue learned to refuse.
    const path = cause instanceof devalue.DevalueError && typeof cause.path === "string" ? `$${cause.path}` : "$"
    const kind = cause instanceof RangeError ? "nesting too deep" : "value the codec refuses"
    return { ok: false, refusal: { path, kind, description: cause instanceof Error ? cause.message : String(cause) } }
  }
}

/** Makes an error without looking at this process's stack, which has nothing to do with it. */
const withoutStack = (make: () => Error): Error => {
  const limit = Reflect.get(Error, "stackTraceLimit")
  Reflect.set(Error, "stackTraceLimit", 0)
  try {
    return make()
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit)
  }
}

/** `parts`: as {@link ValueNotation.flaw} let them pass. */
const reviveError = (parts: Record<string, unknown>): Error => {
  const message = String(parts["message"])
  const name = String(parts["name"])
  const options = Object.hasOwn(parts, "cause") ? { cause: parts["cause"] } : undefined
  const type = String(parts["type"])
  const constructor: unknown = nativeErrors.some((native) => native === type) ? Reflect.get(globalThis, type)
    : undefined
  const error = withoutStack(() => {
    if (type === "AggregateError") return new AggregateError([], message, options)
    if (type === "DOMException" && typeof DOMException === "function") return new DOMException(message, name)
    return typeof constructor === "function" && type !== "DOMException"
      ? Reflect.construct(constructor, [message, options])
      : new Error(message, options)
  })
  const define = (key: string, value: unknown, enumerable = false): unknown =>
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable })
  // Not by the constructor, which would go through it: the list may be sparse
  if (type === "AggregateError") define("errors", parts["errors"])
  if (error.name !== name) define("name", name)
  define("stack", typeof parts["stack"] === "string" ? parts["stack"] : `${name}: ${message}`)
  const properties = parts["properties"]
  if (typeof properties === "object" && properties !== null) {
    for (const [key, value] of Object.entries(properties)) define(key, value, true)
  }
  return error
}

const reviveInteger = (text: string): bigint => text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text)

/**
 * The value of a text that {@link encode} wrote. Throws an `Error` for any other text, in time and memory that the length of the
 * text bounds.
 */
export const decode = (text: string): unknown => {
  const parsed: unknown = JSON.parse(text)
  const flaw = ValueNotation.flaw(parsed)
  if (flaw !== undefined) throw new SyntaxError(`It is no value text: ${flaw}`)
  // What has the notation is a number or a list
  return devalue.unflatten(parsed as number | Array<unknown>, {
    Error: reviveError,
    List: (parts: { readonly items: Array<unknown>; readonly properties: Record<string, unknown> }) =>
      Object.assign(parts.items, parts.properties),
    Integer: reviveInteger
  })
}
