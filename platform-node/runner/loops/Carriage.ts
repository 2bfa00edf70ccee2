/**
 * Values between threads. Structured clone keeps plain data, and here only plain data is let through; what it would
 * change without a word (classes, accessors, prototypes of `null`) is refused.
 *
 * Objects that both sides have are numbered alike on both sides, so that a result which holds one of them holds the
 * original again on the main thread.
 */
import { types } from "node:util"
import type { LoopSpec } from "./LoopMessages.ts"

/** Why a value stays where it is. */
export class NotCarried extends Error {
  override readonly name = "NotCarried"
}

const typedArrays: ReadonlySet<unknown> = new Set([
  Int8Array.prototype,
  Uint8Array.prototype,
  Uint8ClampedArray.prototype,
  Int16Array.prototype,
  Uint16Array.prototype,
  Int32Array.prototype,
  Uint32Array.prototype,
  Float32Array.prototype,
  Float64Array.prototype,
  BigInt64Array.prototype,
  BigUint64Array.prototype,
  DataView.prototype
])

const refuse = (what: string): never => {
  throw new NotCarried(what)
}

/** The objects that hang on `value` directly. Throws {@link NotCarried} where it is no plain data. */
const partsOf = (value: object, stateful: boolean): ReadonlyArray<unknown> => {
  if (types.isProxy(value)) return refuse("a Proxy")
  const prototype: unknown = Object.getPrototypeOf(value)
  switch (prototype) {
    case Array.prototype: {
      const list = value as ReadonlyArray<unknown> // its prototype says so
      if (!Array.isArray(value)) return refuse("something with the prototype of Array")
      const names = Object.getOwnPropertyNames(value)
      const parts: Array<unknown> = []
      // Not by index: there may be holes, and hardly anything else. `length` is the first that is no index
      for (const name of names) {
        const property = Object.getOwnPropertyDescriptor(list, name)
        if (name === "length" || property === undefined) break
        if (!("value" in property) || property.enumerable !== true) return refuse("an array with an accessor")
        parts.push(property.value)
      }
      const isPlain = Object.getOwnPropertySymbols(value).length === 0 && names.length === parts.length + 1
      return isPlain ? parts : refuse("an array with properties of its own")
    }
    case Object.prototype: {
      const keys = Reflect.ownKeys(value)
      const parts: Array<unknown> = []
      for (const key of keys) {
        const property = Object.getOwnPropertyDescriptor(value, key)
        if (typeof key === "symbol") return refuse("a property whose key is a symbol")
        if (property === undefined || !("value" in property) || property.enumerable !== true) {
          return refuse("an accessor, or a hidden property")
        }
        parts.push(property.value)
      }
      return parts
    }
    case Map.prototype:
    case Set.prototype:
      if (Reflect.ownKeys(value).length > 0) return refuse("a Map or Set with properties of its own")
      // The prototypes were compared
      return prototype === Map.prototype ? [...(value as Map<unknown, unknown>)].flat() : [...(value as Set<unknown>)]
    case Date.prototype:
      return types.isDate(value) && Reflect.ownKeys(value).length === 0 ? []
        : refuse("a Date with properties of its own")
    case RegExp.prototype: {
      if (Reflect.ownKeys(value).length > 1) return refuse("a regular expression with properties of its own")
      const { global, lastIndex, sticky } = value as RegExp // its prototype says so
      return sticky || lastIndex !== 0 || (global && stateful)
        ? refuse("a regular expression that remembers where it stopped") : []
    }
    case ArrayBuffer.prototype:
      return Reflect.ownKeys(value).length === 0 ? [] : refuse("an ArrayBuffer with properties of its own")
    default:
      if (typedArrays.has(prototype) && ArrayBuffer.isView(value)) {
        const { buffer } = value
        // Asked as far as that takes no long time
        const length = value instanceof DataView ? 0 : value.byteLength > 1_048_576 ? -1 : Reflect.get(value, "length")
        if (length !== -1 && Reflect.ownKeys(value).length !== length) {
          return refuse("a typed array with properties of its own")
        }
        return buffer instanceof ArrayBuffer ? [buffer] : refuse("shared memory")
      }
      return refuse(prototype === null ? "an object without a prototype" : `an instance of ${nameOf(prototype)}`)
  }
}

const nameOf = (prototype: unknown): string => {
  const constructor = typeof prototype === "object" && prototype !== null
    ? Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
    : undefined
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "a class"
}

const checkPrimitive = (value: unknown): void => {
  if (typeof value === "function") refuse("a function")
  if (typeof value === "symbol") refuse("a symbol")
}

/** Checks that looking at what `value` holds runs no code of the program. Throws {@link NotCarried}. */
export const checkPlain = (value: unknown): void => {
  if (typeof value === "object" && value !== null) partsOf(value, false)
}

/** The objects of a graph and their numbers. */
export interface Numbered {
  readonly objects: ReadonlyArray<object>
  readonly numbers: ReadonlyMap<object, number>
}

/** Numbers all objects that hang on `root`. Throws {@link NotCarried}. */
export const numberObjects = (
  root: object,
  stateful: boolean,
  limit = Infinity,
  byteLimit = Infinity
): Numbered => {
  const objects: Array<object> = []
  const numbers = new Map<object, number>()
  const pending: Array<object> = [root]
  let seen = 0
  let bytes = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (numbers.has(next)) continue
    if (next instanceof ArrayBuffer) bytes += next.byteLength
    if (bytes > byteLimit) refuse("more bytes than each thread may have a copy of")
    numbers.set(next, objects.length)
    objects.push(next)
    const parts = partsOf(next, stateful)
    seen += parts.length
    if (seen > limit) refuse("more data than it would be worth to copy")
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index]
      if (typeof part === "object" && part !== null) pending.push(part)
      else checkPrimitive(part)
    }
  }
  return { objects, numbers }
}

/** In `holder`, under `key`, stands the object with this number. */
export type Patch = readonly [holder: object, key: string | number, number: number]

/** Puts numbers in the place of objects that the other side has. Changes `holder`, which must be new. Throws {@link NotCarried}. */
export const detach = (holder: Array<unknown>, { numbers }: Numbered): ReadonlyArray<Patch> => {
  const patches: Array<Patch> = []
  const seen = new Set<object>()
  const pending: Array<object> = [holder]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    if (!Object.isExtensible(next)) refuse("an object that was frozen or sealed")
    const isKeyed = Array.isArray(next) || Object.getPrototypeOf(next) === Object.prototype
    const parts = partsOf(next, true)
    const keys = isKeyed && !(Array.isArray(next) && parts.length === next.length) ? Object.keys(next) : undefined
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index]
      if (typeof part !== "object" || part === null) {
        checkPrimitive(part)
        continue
      }
      const number = numbers.get(part)
      if (number === undefined) pending.push(part)
      else if (!isKeyed) refuse("something new that holds what was there before")
      else patches.push([next, keys?.[index] ?? index, number])
    }
  }
  for (const [at, key] of patches) Reflect.set(at, key, null)
  return patches
}

/** The reverse of {@link detach}. */
export const attach = (patches: ReadonlyArray<Patch>, { objects }: Numbered): void => {
  for (const [holder, key, number] of patches) Reflect.set(holder, key, objects[number])
}

const numberArrays: ReadonlySet<unknown> = new Set(
  [...typedArrays].filter((each) =>
    each !== BigInt64Array.prototype && each !== BigUint64Array.prototype && each !== DataView.prototype
  )
)

/** Checks that updates of `accumulator` as something of `kinds` cannot fail. Throws {@link NotCarried}. */
export const checkKinds = (accumulator: unknown, kinds: LoopSpec["kinds"][number]): void => {
  if (kinds.length === 0) return
  const isObject = typeof accumulator === "object" && accumulator !== null
  const prototype: unknown = isObject ? Object.getPrototypeOf(accumulator) : undefined
  const isOf = {
    Array: () => prototype === Array.prototype,
    Set: () => prototype === Set.prototype,
    Map: () => prototype === Map.prototype,
    Keyed: () => [Array.prototype, Object.prototype].includes(prototype as object) || numberArrays.has(prototype),
    Primitive: () => !isObject
  }
  if (!kinds.every((kind) => isOf[kind]())) refuse("an accumulator for which an update in a `try` might fail")
  if (!isObject || numberArrays.has(prototype)) return
  const isFixed = ({ writable }: PropertyDescriptor): boolean => writable === false
  if (Object.values(Object.getOwnPropertyDescriptors(accumulator)).some(isFixed)) {
    refuse("an accumulator with a fixed property in a `try`")
  }
}

const containers: ReadonlySet<unknown> = new Set([Array.prototype, Object.prototype, Map.prototype, Set.prototype,
  ...typedArrays])

/** What is known of the objects that updates change. */
export interface Changed {
  /** What the iterations read. */
  readonly read: Numbered
  /** What the loop goes over. */
  readonly over: unknown
  /** Whether an update stands in a `try`, so that it must not fail. */
  readonly guarded: boolean
  /** Whether an update is a call of `set`, which copies what a typed array is given. */
  readonly copies: boolean
  /** Each object, with the accumulator that it was found in and how deep. */
  readonly places: Map<object, string>
}

/**
 * Checks that changing the accumulator `index`, down to `depth`, changes nothing that iterations read, nor what the loop goes
 * over, and that each object which is changed lies in one place. Throws {@link NotCarried}.
 */
export const checkAccumulator = (
  accumulator: unknown,
  index: number,
  most: number,
  changed: Changed,
  depth = 0
): void => {
  const { copies, guarded, over, places, read } = changed
  if (typeof accumulator !== "object" || accumulator === null) {
    checkPrimitive(accumulator)
    if (guarded && typeof accumulator === "bigint") refuse("a big integer that is added to in a `try`")
    return
  }
  if (types.isProxy(accumulator) || !containers.has(Object.getPrototypeOf(accumulator))) {
    refuse("an accumulator that is neither a plain value nor a plain container")
  }
  if (accumulator === over) refuse("an accumulator that the loop goes over")
  if (read.numbers.has(accumulator)) refuse("an accumulator that the iterations also read")
  if (ArrayBuffer.isView(accumulator)) {
    const { buffer } = accumulator
    if (read.numbers.has(buffer) || (ArrayBuffer.isView(over) && over.buffer === buffer)) {
      refuse("an accumulator whose bytes the iterations also read")
    }
    if (copies) refuse("an array of bytes that is set from others")
    if ((places.get(buffer) ?? "bytes") !== "bytes") refuse("bytes that lie in several places of what is built up")
    places.set(buffer, "bytes")
  }
  if (guarded && !Object.isExtensible(accumulator)) refuse("a frozen accumulator in a `try`")
  const place = `${index} ${depth}`
  if ((places.get(accumulator) ?? place) !== place) refuse("an object that lies in several places of what is built up")
  places.set(accumulator, place)
  const parts = partsOf(accumulator, true)
  if (Object.getPrototypeOf(accumulator) === Object.prototype && parts.some((part) => typeof part === "function")) {
    refuse("an accumulator with methods of its own")
  }
  // Behind a typed array there are only its bytes
  if (depth === most || ArrayBuffer.isView(accumulator)) return
  for (const part of parts) {
    if (typeof part === "object" && part !== null) checkAccumulator(part, index, most, changed, depth + 1)
  }
}
