/**
 * The names that every supported runtime (Node 18 and later, Bun, Deno) has without declaration. Pinned: what the host
 * that runs the analysis happens to have is never read. From ECMA-262 (2022) and Node 18's documentation of its globals.
 */
import { words } from "./Behaviour.ts"

/** Their values are no objects. */
export const primitives: ReadonlySet<string> = new Set(["NaN", "Infinity", "undefined"])

/** What a program can change and see by calling their functions, or through which it sees everything. */
export const states: ReadonlySet<string> = new Set(words(`
  arguments console eval global globalThis navigator performance process require
`))

/** Functions and namespaces. */
export const library: ReadonlySet<string> = new Set(words(`
  AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob Boolean
  BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy CryptoKey CustomEvent DOMException
  DataView Date DecompressionStream Error EvalError Event EventTarget File FinalizationRegistry Float32Array Float64Array
  FormData Function Headers Int16Array Int32Array Int8Array Intl Iterator JSON Map Math MessageChannel MessageEvent
  MessagePort Navigator Number Object PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver Promise Proxy
  RangeError ReadableStream ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer
  String SubtleCrypto Symbol SyntaxError TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
  TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet
  WebAssembly WebSocket WritableStream atob btoa clearImmediate clearInterval clearTimeout crypto decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape fetch isFinite isNaN parseFloat parseInt queueMicrotask
  setImmediate setInterval setTimeout structuredClone unescape
`))

const members: Readonly<Record<string, string>> = {
  Math: "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2",
  Number: "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY",
  Symbol: `asyncIterator hasInstance isConcatSpreadable iterator match matchAll replace search species split toPrimitive
    toStringTag unscopables`,
  process: "arch argv0 debugPort execPath exitCode pid platform ppid title version",
  performance: "timeOrigin",
  RegExp: "$1 $2 $3 $4 $5 $6 $7 $8 $9 $_ $& $+ $` $' input lastMatch lastParen leftContext rightContext"
}

/** "Math.PI" and its kind. */
export const primitiveMembers: ReadonlySet<string> = new Set(
  Object.entries(members).flatMap(([name, list]) => words(list).map((member) => `${name}.${member}`))
)

/** Texts or nothing, whatever their name is. */
export const primitiveNamespaces: ReadonlyArray<string> = ["process.env.", "process.versions."]

/** Properties that no built-in lets hold an object: accessors without setter, or with one that converts, and `length`. */
export const fields: ReadonlySet<string> = new Set(words(`
  BYTES_PER_ELEMENT byteLength byteOffset description detached dotAll flags growable hasIndices ignoreCase length
  maxByteLength multiline resizable size sticky unicode unicodeSets
  hash host hostname href origin password pathname port protocol search username
`))

/** Properties by which a library value hands out another that shares its state. */
export const shared: ReadonlySet<string> = new Set(["buffer", "parent", "searchParams", "signal"])
