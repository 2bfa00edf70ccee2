/**
 * The language's own functions, as they were when the package began to load: the proof takes methods such as `map` to be these.
 */

const holders: ReadonlyArray<object> = [
  Object,
  Object.prototype,
  Function.prototype,
  Array,
  Array.prototype,
  String,
  String.prototype,
  Number,
  Number.prototype,
  Boolean.prototype,
  BigInt,
  BigInt.prototype,
  Map,
  Map.prototype,
  Set,
  Set.prototype,
  Date,
  Date.prototype,
  RegExp.prototype,
  Math,
  JSON,
  Promise,
  Promise.prototype,
  ArrayBuffer.prototype,
  DataView.prototype,
  Uint8Array,
  Float64Array,
  Uint32Array,
  Int32Array,
  Object.getPrototypeOf(Uint8Array),
  Object.getPrototypeOf(Uint8Array.prototype),
  Error.prototype,
  Object.getPrototypeOf([].values()),
  Object.getPrototypeOf(new Map().entries()),
  Object.getPrototypeOf(new Set().values()),
  Object.getPrototypeOf(""[Symbol.iterator]())
]

/** Of these, what stands under these names in the global object. */
const globals: ReadonlyArray<string> = ["Array", "ArrayBuffer", "BigInt", "Boolean", "Buffer", "DataView", "Date",
  "Error", "Float32Array", "Float64Array", "Int16Array", "Int32Array", "Int8Array", "JSON", "Map", "Math", "Number",
  "Object", "Promise", "RangeError", "RegExp", "Set", "String", "SyntaxError", "TextDecoder", "TextEncoder",
  "TypeError", "URL", "URLSearchParams", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "atob",
  "btoa", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "isFinite", "isNaN",
  "parseFloat", "parseInt", "structuredClone", "unescape"]

const globalsNow = (): ReadonlyArray<unknown> => globals.map((name) => Reflect.get(globalThis, name))

const globalsAsTheyWere = globalsNow()

const membersOf = (holder: object): ReadonlyArray<readonly [key: PropertyKey, value: unknown]> =>
  Reflect.ownKeys(holder).flatMap((key) => {
    const property = Object.getOwnPropertyDescriptor(holder, key)
    return property === undefined ? [] : [[key, property.get ?? property.value] as const]
  })

const asTheyWere = holders.map((holder) => ({ holder, members: membersOf(holder) }))

/** Whether all of them are still the same, and none has joined them. */
export const areUntouched = (): boolean =>
  globalsNow().every((value, index) => value === globalsAsTheyWere[index]) &&
  asTheyWere.every(({ holder, members }) => {
    const now = membersOf(holder)
    return now.length === members.length &&
      now.every(([key, value], index) => members[index]?.[0] === key && Object.is(members[index]?.[1], value))
  })
