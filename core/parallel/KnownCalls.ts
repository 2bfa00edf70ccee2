/**
 * What the code of a loop may call on another thread. The lists here name the parts of the library whose state is the same on
 * every thread; what a call does with its receiver and its arguments is {@link Builtins}' to say. There is no rule for what is
 * not known: such a call keeps its loop serial.
 */
import * as Builtins from "../language/Builtins.ts"
import { lazy } from "../language/lazy.ts"

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

/** The types of what crosses between threads, and of what the code of a loop makes there. */
const receivers = words(`
  Object Error Array TypedArray ArrayBuffer DataView Map Set LibraryIterator String RegExp Number BigInt Boolean Date URL
  URLSearchParams TextEncoder TextDecoder Buffer Hash Stats Promise
`)

/** State that every thread sees alike. Modules of Node are compared with what they were when the loop begins. */
const sameEverywhere = words("fs cwd timezone locale stack module:querystring")

/** Why a call cannot be made on another thread, whatever it is given. */
const stateOf = ({ calls, changesState, readsState }: Builtins.Behaviour): string | undefined => {
  const changed = (changesState ?? []).find((state) => state !== "regexp")
  if (changed !== undefined) return `it changes state that all threads share (${changed})`
  const read = (readsState ?? []).find((state) => !sameEverywhere.has(state))
  if (read !== undefined) return `its result depends on ${read}`
  return (calls ?? []).some(({ later }) => later === true)
    ? "it calls a function after the iteration has ended"
    : undefined
}

/** What a call does, or why it cannot be made on another thread. */
export type Known =
  | { readonly _tag: "Known"; readonly behaviours: ReadonlyArray<Builtins.Behaviour> }
  | { readonly _tag: "Refused"; readonly why: string }

const known = (behaviours: ReadonlyArray<Builtins.Behaviour>, refusal: string): Known => {
  if (behaviours.length === 0) return { _tag: "Refused", why: refusal }
  const why = behaviours.map(stateOf).find((each) => each !== undefined)
  return why === undefined ? { _tag: "Known", behaviours } : { _tag: "Refused", why }
}

/** Members by which an object leads to what all objects share. */
export const revealing: ReadonlySet<string> = words(`
  constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__
`)

/** `x.name(...)`, where `x` is a value that crosses or that the code of a loop made. */
export const methodCall = (name: string): Known =>
  known(
    Builtins.methodCalls(name).filter(({ on }) => on?.some((type) => receivers.has(type)) === true),
    "no value that a thread can hold is known to have this method"
  )

/** The names of the methods of the library, and the one that `await` calls. */
export const methods = lazy((): ReadonlySet<string> =>
  new Set([
    ...[...Builtins.methods()].flatMap(([type, behaviours]) => receivers.has(type) ? [...behaviours.keys()] : []),
    "then",
    "toJSON"
  ])
)

/** The names of methods that change what they are called on, or are given. */
export const changing = lazy((): ReadonlySet<string> =>
  new Set(
    [...methods()].filter((name) =>
      Builtins.methodCalls(name).some(({ changesState, mutates, on }) =>
        mutates !== undefined && changesState === undefined && on?.some((type) => receivers.has(type)) === true
      )
    )
  )
)

/** Objects whose functions a thread has, too. */
const namespaces = words(`
  Math JSON Object Map Array Number String Date BigInt Promise Buffer URL Uint8Array Uint8ClampedArray Int8Array Uint16Array
  Int16Array Uint32Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array ArrayBuffer
`)

/**
 * Functions of these that lead to what all objects share, make what cannot cross, or show how a value is kept: what iterations
 * read is frozen on threads.
 */
const refusedMembers = words(`
  Object.create Object.defineProperty Object.defineProperties Object.freeze Object.seal Object.preventExtensions
  Object.setPrototypeOf Object.getPrototypeOf Object.getOwnPropertyDescriptor Object.getOwnPropertyDescriptors
  Object.getOwnPropertySymbols Object.isFrozen Object.isSealed Object.isExtensible
  Promise.race Promise.any Promise.reject Promise.withResolvers Promise.try
`)

export const isNamespace = (name: string): boolean => namespaces.has(name)

/** `Object.keys(...)` and its kin, by its path. */
export const namespaceCall = (path: string): Known => {
  const [root = ""] = path.split(".")
  if (!namespaces.has(root)) return { _tag: "Refused", why: refusedGlobals.get(root) ?? "it is not known what it does" }
  if (refusedMembers.has(path)) {
    return { _tag: "Refused", why: "it leads to what all objects share, or shows how they are kept" }
  }
  const behaviour = Builtins.globalCall(path)
  return known(behaviour === undefined ? [] : [behaviour], "it is not known what it does")
}

/** Whether `path` names a constant, or a function that may be handed over as a callback: it changes nothing. */
export const isPlainMember = (path: string): boolean => {
  const [root = ""] = path.split(".")
  if (!namespaces.has(root)) return false
  if (Builtins.isPrimitiveMember(path)) return true
  const call = namespaceCall(path)
  return call._tag === "Known" && call.behaviours.every(({ mutates }) => mutates === undefined)
}

/** Global functions. */
const globalFunctions = words(`
  Array BigInt Boolean Number Object String parseFloat parseInt isNaN isFinite decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape atob btoa structuredClone Error EvalError RangeError ReferenceError SyntaxError TypeError
  URIError
`)

/** A call of a global function. */
export const globalCall = (name: string): Known => {
  const behaviour = globalFunctions.has(name) ? Builtins.globalCall(name) : undefined
  return known(behaviour === undefined ? [] : [behaviour], refusedGlobals.get(name) ?? "it is not known what it does")
}

/** Global constructors. `Date` needs an argument: without one it asks the clock. */
export const constructors: ReadonlySet<string> = words(`
  Array ArrayBuffer BigInt64Array BigUint64Array DataView Date Error EvalError Float32Array Float64Array Int16Array
  Int32Array Int8Array Map Object RangeError ReferenceError RegExp Set String SyntaxError TextDecoder TextEncoder TypeError
  URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray
`)

/** `new name(...)`, where {@link constructors} has `name`. */
export const construction = (name: string): Builtins.Behaviour | undefined =>
  Builtins.globalCall(`new.${name}`) ?? Builtins.globalCall(name)

/** Methods of functions that choose what `this` is. */
export const borrowing: ReadonlySet<string> = words("call apply")

/** Methods that call their first argument, and keep it nowhere. */
export const callsFirst: ReadonlySet<string> = words(`
  map filter forEach some every find findIndex findLast findLastIndex flatMap sort toSorted reduce reduceRight
`)

/** Functions and methods that call their second argument, and keep it nowhere. */
export const callsSecond: ReadonlySet<string> = words("replace replaceAll from groupBy stringify parse")

/** Globals that may be handed over as a callback, or stand for a constant. */
export const globalValues: ReadonlySet<string> = words(
  "undefined NaN Infinity Number String Boolean BigInt parseFloat parseInt isNaN isFinite"
)

/** What a second argument of a function of Node may be. */
export interface NodeFunction {
  /** Options as a literal: each key with the values that it may have; `undefined` for any primitive value. */
  readonly options: ReadonlyMap<string, ReadonlySet<string> | undefined>
  /** The index of the argument that the options are; -1: it takes none, and every argument is a plain value. */
  readonly optionsAt: number
}

const plain: NodeFunction = { options: new Map(), optionsAt: -1 }

const named = (names: string, fn: NodeFunction): ReadonlyArray<readonly [string, NodeFunction]> =>
  [...words(names)].map((name) => [name, fn] as const)

const options = (optionsAt: number, keys: string, flags = ""): NodeFunction => ({
  optionsAt,
  options: new Map([
    ...[...words(keys)].map((key) => [key, undefined] as const),
    ...flags === "" ? [] : [["flag", words(flags)] as const]
  ])
})

const paths = named("basename dirname extname format isAbsolute join normalize parse relative resolve", plain)

const files = (kind: (name: string) => string): ReadonlyArray<readonly [string, NodeFunction]> => [
  ...named(kind("readFile"), options(1, "encoding", "r rs")),
  ...named(`${kind("stat")} ${kind("lstat")}`, options(1, "bigint throwIfNoEntry")),
  ...named(kind("readdir"), options(1, "encoding recursive withFileTypes")),
  ...named(`${kind("realpath")} ${kind("readlink")}`, options(1, "encoding")),
  ...named(kind("access"), options(1, ""))
]

/** Functions of Node's own modules that read at most, and give something new. */
const nodeFunctions: ReadonlyMap<string, ReadonlyMap<string, NodeFunction>> = new Map(
  Object.entries({
    path: paths,
    "path/posix": paths,
    "fs/promises": files((name) => name),
    fs: [...files((name) => `${name}Sync`), ...named("existsSync", plain)],
    crypto: [...named("createHash", options(1, "outputLength")), ...named("createHmac", options(2, "encoding")),
      ...named("hash", plain)],
    zlib: [
      ...named(
        "gunzipSync inflateSync inflateRawSync gzipSync deflateSync deflateRawSync",
        options(1, "level windowBits memLevel strategy chunkSize maxOutputLength finishFlush flush")
      ),
      ...named("brotliDecompressSync", options(1, "maxOutputLength chunkSize")),
      ...named("crc32", plain)
    ],
    util: named("isDeepStrictEqual stripVTControlCharacters", plain),
    querystring: named("escape parse stringify unescape", plain),
    url: named("domainToASCII domainToUnicode fileURLToPath pathToFileURL", plain)
  }).map(([module, functions]) => [module, new Map(functions)])
)

const nodeConstants: ReadonlyMap<string, ReadonlySet<string>> = new Map([["path", words("sep delimiter")], [
  "path/posix",
  words("sep delimiter")
]])

const bare = (specifier: string): string => specifier.replace(/^node:/, "")

/** Whether functions of this module of Node are known at all. */
export const isNodeModule = (specifier: string): boolean => nodeFunctions.has(bare(specifier))

export const isNodeConstant = (specifier: string, name: string): boolean =>
  nodeConstants.get(bare(specifier))?.has(name) === true

/** What may be given to a function of Node, and what it does then; `undefined` if it may do more than read. */
export const nodeCall = (
  specifier: string,
  name: string
): { readonly takes: NodeFunction; readonly behaviour: Builtins.Behaviour } | undefined => {
  const takes = nodeFunctions.get(bare(specifier))?.get(name)
  const behaviour = Builtins.nodeCall(specifier, name)
  return takes === undefined || behaviour === undefined || stateOf(behaviour) !== undefined ? undefined
    : { takes, behaviour }
}

/** Why a global is refused where there is more to say than that it is not known. */
export const refusedGlobals: ReadonlyMap<string, string> = new Map([
  ["console", "what iterations print would come in another order"],
  ["process", "`process` is not the same on another thread"],
  ["performance", "it asks the clock"],
  ["crypto", "it makes random values"],
  ["fetch", "it reaches over the network"],
  ["globalThis", "`globalThis` is another one on another thread"],
  ["setTimeout", "it starts a timer"],
  ["setInterval", "it starts a timer"],
  ["arguments", "`arguments` belongs to the function around the loop"]
])

/** Calls that take a few nanoseconds: iterations with nothing else are not worth their way to another thread. */
export const cheapCalls: ReadonlySet<string> = words(`
  BigInt Boolean Number Object String Array Error RangeError TypeError SyntaxError parseFloat parseInt isNaN isFinite
  isInteger isSafeInteger isArray is hasOwn hasOwnProperty fromCharCode fromCodePoint
  at charAt charCodeAt codePointAt endsWith startsWith padEnd padStart slice substr substring toLowerCase toUpperCase trim
  trimEnd trimStart toString valueOf toFixed get has set add push pop shift unshift delete
  getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getUTCDate getUTCDay
  getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds
`)

/** Mutators of an accumulator that the main thread replays. */
export const replayed: ReadonlySet<string> = words("push unshift add set")

/** What the update of an accumulator may ask it. */
export const asked: ReadonlySet<string> = words("get has at length size")
