/**
 * The library's own functions, and the time zone, as they were when the package began to load: the proof takes methods such as
 * `map`, and functions of Node's modules, to be these.
 */

import { createRequire } from "node:module"
import process from "node:process"

const typedArrays = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array]

const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

const holders: ReadonlyArray<object> = [
  ...[...typedArrays, ...errors, URL, URLSearchParams, TextEncoder, TextDecoder, Buffer, DataView, ArrayBuffer, RegExp]
    .flatMap((each): ReadonlyArray<object> => [each, each.prototype]),
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
  Math,
  JSON,
  Promise,
  Promise.prototype,
  Object.getPrototypeOf(Uint8Array),
  Object.getPrototypeOf(Uint8Array.prototype),
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

const membersOf = (holder: object): ReadonlyArray<readonly [key: PropertyKey, value: unknown]> =>
  Reflect.ownKeys(holder).flatMap((key) => {
    const property = Object.getOwnPropertyDescriptor(holder, key)
    // Where regular expressions leave what they found last, and where Node computes warnings
    return property === undefined || (property.get !== undefined && holder === RegExp)
      ? []
      : [[key, property.get ?? property.value] as const]
  })

/** Modules of Node whose functions the bodies of loops may call: they are patched now and then, too. */
const nodeModules = ["fs", "fs/promises", "path", "crypto", "zlib", "util", "querystring", "url"]

interface Ground {
  readonly globals: ReadonlyArray<unknown>
  readonly members: ReadonlyArray<{
    readonly holder: object
    readonly members: ReadonlyArray<readonly [key: PropertyKey, value: unknown]>
  }>
  readonly timeZone: string | undefined
}

const isHolder = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

const look = (): Ground => {
  const load = createRequire(import.meta.url)
  const modules = nodeModules.map((name): unknown => load(name)).filter(isHolder)
  const classes = modules.flatMap((module) =>
    ["Hash", "Hmac", "Stats", "Dirent"].map((name): unknown =>
      Reflect.get(Object(Reflect.get(module, name)), "prototype")
    )
  ).filter(isHolder)
  return {
    globals: globalsNow(),
    members: [...holders, ...modules, ...classes].map((holder) => ({ holder, members: membersOf(holder) })),
    timeZone: process.env["TZ"]
  }
}

let ground: Ground | undefined

/** Remembers how everything is. The first call counts. */
export const begin = (): void => {
  ground ??= look()
}

/** Whether all of it is still the same, and nothing has joined it. */
export const areUntouched = (): boolean =>
  ground !== undefined && process.env["TZ"] === ground.timeZone &&
  globalsNow().every((value, index) => value === ground?.globals[index]) &&
  ground.members.every(({ holder, members }) => {
    const now = membersOf(holder)
    return now.length === members.length &&
      now.every(([key, value], index) => members[index]?.[0] === key && Object.is(members[index]?.[1], value))
  })
