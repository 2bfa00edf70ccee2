/**
 * Pinned knowledge about what the code of a loop may call on another thread: library functions that change nothing, or
 * nothing but the object that they are called on, and whose answer hangs on their arguments (or on files) alone.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

/** Methods of the language's own objects that change nothing. A callback that they are given is looked at where it stands. */
export const pureMethods: ReadonlySet<string> = words(`
  at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf localeCompare match matchAll normalize
  padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLowerCase toUpperCase trim
  trimEnd trimStart toString valueOf toFixed toPrecision toExponential isWellFormed toWellFormed
  every filter find findIndex findLast findLastIndex flat flatMap forEach join keys values entries map reduce reduceRight
  some toReversed toSorted toSpliced with subarray
  get has test exec hasOwnProperty
  getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate
  getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds toISOString toJSON
  getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 getFloat32 getFloat64 getBigInt64 getBigUint64
  union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom
  decode encode digest readUInt8 readUInt16LE readUInt16BE readUInt32LE readUInt32BE readInt32LE readInt32BE
  readDoubleLE readDoubleBE readFloatLE readFloatBE equals
`)

/** Methods that change their receiver. */
export const mutators: ReadonlySet<string> = words(`
  push pop shift unshift splice sort reverse fill copyWithin set add delete clear update
  setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear setUTCHours
  setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds
  setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setFloat32 setFloat64 setBigInt64 setBigUint64
`)

/** Both, and the method that `await` calls. */
export const methods: ReadonlySet<string> = new Set([...pureMethods, ...mutators, "then"])

/** Members by which an object leads to what all objects share. */
export const revealing: ReadonlySet<string> = words(`
  constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__
`)

/** Methods of functions that choose what `this` is. */
export const borrowing: ReadonlySet<string> = words("call apply bind")

/** Methods that call their first argument, and keep it nowhere. */
export const callsFirst: ReadonlySet<string> = words(`
  map filter forEach some every find findIndex findLast findLastIndex flatMap sort toSorted reduce reduceRight
`)

/** Functions and methods that call their second argument, and keep it nowhere. */
export const callsSecond: ReadonlySet<string> = words("replace replaceAll from groupBy stringify parse")

/** Methods whose result is no object, whatever they are called on. */
export const primitiveMethods: ReadonlySet<string> = words(`
  charAt charCodeAt codePointAt endsWith includes indexOf lastIndexOf localeCompare normalize padEnd padStart repeat replace
  replaceAll search startsWith substr substring toLowerCase toUpperCase trim trimEnd trimStart toString toFixed toPrecision
  toExponential every some join has test findIndex findLastIndex hasOwnProperty getTime getDate getDay getFullYear getHours
  getMinutes getMonth getSeconds getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMonth toISOString
  push unshift delete
`)

/** Methods that make a new container of what the old one holds. */
export const copyingMethods: ReadonlySet<string> = words(`
  concat filter flat slice toReversed toSorted toSpliced with keys values entries flatMap map
  union intersection difference symmetricDifference
`)

/** Methods that give something entirely new. */
export const freshMethods: ReadonlySet<string> = words("split match matchAll exec decode encode digest")

/** Global functions. */
export const globalFunctions: ReadonlySet<string> = words(`
  Array BigInt Boolean Number Object String parseFloat parseInt isNaN isFinite decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape atob btoa structuredClone Error RangeError TypeError SyntaxError
`)

/** Of these the result is new, of the other global functions it is no object. */
export const freshGlobals: ReadonlySet<string> = words(
  "structuredClone Array Object Error RangeError TypeError SyntaxError"
)

/** Global constructors. `Date` needs an argument: without one it asks the clock. */
export const constructors: ReadonlySet<string> = words(`
  Array ArrayBuffer BigInt64Array BigUint64Array DataView Date Error EvalError Float32Array Float64Array Int16Array
  Int32Array Int8Array Map Object RangeError ReferenceError RegExp Set String SyntaxError TextDecoder TextEncoder TypeError
  URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray
`)

/** What they make may see the bytes of what they are given. `Object` gives back what it is given. */
export const viewConstructors: ReadonlySet<string> = words(`
  Object DataView BigInt64Array BigUint64Array Float32Array Float64Array Int16Array Int32Array Int8Array Uint16Array
  Uint32Array Uint8Array Uint8ClampedArray
`)

/** Functions and constants of global objects. */
export const namespaceMembers: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "Math",
    words(`
      E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1
      floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc
    `)
  ],
  ["JSON", words("parse stringify")],
  ["Object", words("keys values entries fromEntries is hasOwn groupBy")],
  ["Map", words("groupBy")],
  ["Array", words("from of isArray")],
  [
    "Number",
    words(`
      EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY isFinite
      isInteger isNaN isSafeInteger parseFloat parseInt
    `)
  ],
  ["String", words("fromCharCode fromCodePoint")],
  ["Date", words("UTC parse")],
  ["BigInt", words("asIntN asUintN")],
  ["Promise", words("all allSettled resolve")],
  ["Buffer", words("from alloc byteLength concat compare")],
  ["Uint8Array", words("from of")],
  ["Float64Array", words("from of")],
  ["Uint32Array", words("from of")],
  ["Int32Array", words("from of")]
])

/** Of these objects no function gives an object. */
export const primitiveNamespaces: ReadonlySet<string> = words("Math Number String Date BigInt")

/** Globals that may be handed over as a callback, or stand for a constant. */
export const globalValues: ReadonlySet<string> = words(
  "undefined NaN Infinity Number String Boolean BigInt parseFloat parseInt isNaN isFinite"
)

/** Functions of Node's own modules that read at most, and give something new. */
export const builtinFunctions: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["path", words("basename dirname extname format isAbsolute join normalize parse relative resolve sep delimiter")],
  ["path/posix",
    words("basename dirname extname format isAbsolute join normalize parse relative resolve sep delimiter")],
  ["fs/promises", words("readFile stat lstat readdir access realpath readlink")],
  ["fs", words("readFileSync statSync lstatSync readdirSync existsSync accessSync realpathSync readlinkSync")],
  ["crypto", words("createHash createHmac hash")],
  ["zlib",
    words("gunzipSync inflateSync inflateRawSync gzipSync deflateSync deflateRawSync brotliDecompressSync crc32")],
  ["util", words("format isDeepStrictEqual stripVTControlCharacters")],
  ["querystring", words("escape parse stringify unescape")],
  ["url", words("domainToASCII domainToUnicode fileURLToPath pathToFileURL")]
])

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
