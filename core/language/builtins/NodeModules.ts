/** Node's modules, but for its files: by specifier without `node:`, "" for calling the default export. */
import { type Behaviour, type Callback, custom, defaultExport, fresh, from, holds, primitive, type Rules,
  type Table } from "./Behaviour.ts"

const tree = holds("result")

/** Its arguments have to be texts. */
const pathText = primitive()

const posix: Rules = {
  "basename dirname extname isAbsolute join normalize matchesGlob": pathText,
  "resolve relative": primitive({ readsState: ["cwd"] }),
  parse: fresh(),
  format: primitive({ converts: ["0[]"] }),
  toNamespacedPath: from("0", { readsState: ["cwd"] }),
  _makeLong: from("0", { readsState: ["cwd"] })
}

/** A drive's directory is in the environment. */
const win32: Rules = {
  ...posix,
  "resolve relative": primitive({ readsState: ["cwd", "process.env"] }),
  "toNamespacedPath _makeLong": from("0", { readsState: ["cwd", "process.env"] })
}

const util: Rules = {
  format: primitive({ reads: ["deep:0+"], converts: ["0+"], invokes: [["deep:0+", custom]] }),
  formatWithOptions: primitive({ reads: ["deep:0+"], converts: ["0+"], invokes: [["deep:0+", custom]] }),
  inspect: primitive({
    reads: ["deep:0", "1"],
    invokes: [["deep:0", custom]],
    calls: [{ fn: "1[]", args: [] }],
    readsState: ["module:util"]
  }),
  isDeepStrictEqual: primitive({ reads: ["deep:0", "deep:1"] }),
  // The first inherits from the second.
  inherits: primitive({
    stores: [["0", "1"], ["0[]", "1[]"]],
    mutates: ["0", "0[]"],
    reads: ["0", "1"]
  }),
  _extend: from("0", { stores: [["0", "1[]"]], mutates: ["0"] }),
  [
    `isArray isBoolean isNull isNullOrUndefined isNumber isString isSymbol isUndefined isRegExp isObject isDate isError
    isFunction isPrimitive isBuffer`
  ]: primitive({ reads: ["0"] }),
  "stripVTControlCharacters getSystemErrorName": primitive({ reads: ["0"] }),
  styleText: primitive({ reads: ["0", "2"], converts: ["0"] }),
  toUSVString: primitive({ converts: ["0"] }),
  getSystemErrorMap: fresh({ stores: tree }),
  parseArgs: fresh({
    stores: holds("result 0[][][]"),
    reads: ["deep:0"],
    converts: ["0[][]"],
    invokes: [["0[]", "constructor"]],
    readsState: ["process"]
  }),
  parseEnv: fresh()
}

const types: Rules = {
  [
    `isAnyArrayBuffer isArgumentsObject isArrayBuffer isArrayBufferView isAsyncFunction isBigInt64Array isBigUint64Array
    isBooleanObject isBoxedPrimitive isDataView isDate isExternal isFloat32Array isFloat64Array
    isGeneratorFunction isGeneratorObject isInt16Array isInt32Array isInt8Array isMap isMapIterator
    isModuleNamespaceObject isNativeError isNumberObject isPromise isProxy isRegExp isSet isSetIterator
    isSharedArrayBuffer isStringObject isSymbolObject isTypedArray isUint16Array isUint32Array isUint8Array
    isUint8ClampedArray isWeakMap isWeakSet isBigIntObject`
  ]: primitive(),
  "isCryptoKey isKeyObject": primitive({ reads: ["0"] })
}

const os: Rules = {
  "arch availableParallelism endianness freemem hostname machine platform release totalmem type uptime version":
    primitive({ readsState: ["os"] }),
  getPriority: primitive({ readsState: ["os"] }),
  "homedir tmpdir": primitive({ readsState: ["os", "process.env"] }),
  "cpus loadavg networkInterfaces": fresh({ stores: tree, readsState: ["os"] }),
  userInfo: fresh({ stores: tree, reads: ["0"], readsState: ["os"] }),
  setPriority: primitive({ changesState: ["os"] })
}

/** `querystring.escape` and `unescape` may be replaced by the program. */
const codec = (option: string): ReadonlyArray<Callback> => [{ fn: option, args: [] }]

const querystring: Rules = {
  "parse decode": fresh({
    stores: holds("result call0"),
    reads: ["3"],
    converts: ["1", "2", "call0"],
    calls: codec("3[]"),
    readsState: ["module:querystring"]
  }),
  "stringify encode": primitive({
    reads: ["0", "0[]", "3"],
    converts: ["1", "2"],
    calls: codec("3[]"),
    readsState: ["module:querystring"]
  }),
  escape: primitive({ converts: ["0"] }),
  unescape: primitive({ converts: ["0"] }),
  unescapeBuffer: fresh({ reads: ["0"] })
}

const url: Rules = {
  fileURLToPath: primitive({ reads: ["0", "1"] }),
  pathToFileURL: fresh({ stores: tree, reads: ["1"], readsState: ["cwd"] }),
  format: primitive({ reads: ["0", "0[]", "1"], converts: ["0[]"] }),
  parse: from("fresh 0", { stores: tree, reads: ["0"] }),
  resolve: primitive({ reads: ["0"] }),
  resolveObject: from("fresh 1", { stores: tree, reads: ["0", "0[]", "1", "1[]"] }),
  "domainToASCII domainToUnicode": primitive({ converts: ["0"] }),
  urlToHttpOptions: fresh({ stores: [["result", "0[]"]] })
}

/** What a hash, a cipher or a key is made from: bytes and texts. */
const bytes = { reads: ["0", "1", "2", "3", "4"] } as const

const random = { readsState: ["random"] } as const

const done = (...fns: ReadonlyArray<string>): ReadonlyArray<Callback> =>
  fns.map((fn) => ({ fn, args: ["fresh", "fresh"], self: "fresh", later: true }))

const crypto: Rules = {
  // They are streams, which keep their options.
  createHash: fresh({ ...bytes, stores: holds("1") }),
  createHmac: fresh({ ...bytes, stores: holds("2") }),
  "createCipheriv createDecipheriv": fresh({ ...bytes, stores: holds("3") }),
  "hash pbkdf2Sync scryptSync hkdfSync": fresh(bytes),
  "getHashes getCiphers getCurves": fresh(),
  timingSafeEqual: primitive({ reads: ["0", "1"] }),
  randomUUID: primitive({ ...random, reads: ["0"] }),
  randomBytes: fresh({ ...random, calls: done("1") }),
  randomInt: primitive({ ...random, calls: done("1", "2") }),
  randomFillSync: from("0", { ...random, mutates: ["0"], reads: ["0"] })
}

/** Listeners are kept and called by `emit`. A new one is announced to those there are. */
const listens: Behaviour = from("this", {
  stores: [["this", "1"]],
  mutates: ["this"],
  reads: ["this"],
  converts: ["0"],
  calls: [
    { fn: "1", args: ["fresh", "fresh", "fresh"], self: "this", later: true },
    { fn: "this[]", args: ["0", "1"], self: "this" }
  ]
})

const forgets: Behaviour = from("this", {
  mutates: ["this"],
  reads: ["this"],
  converts: ["0"],
  calls: [{ fn: "this[]", args: ["0", "this[]"], self: "this" }]
})

const emitter: Rules = {
  "on addListener once prependListener prependOnceListener": listens,
  "off removeListener removeAllListeners": forgets,
  setMaxListeners: from("this", { mutates: ["this"], reads: ["this"] }),
  emit: primitive({
    mutates: ["this"],
    reads: ["this"],
    converts: ["0"],
    calls: [
      { fn: "this[]", args: ["1+"], self: "this" },
      // A listener that is called once is announced when it goes.
      { fn: "this[]", args: ["0", "this[]"], self: "this" }
    ]
  }),
  "listeners rawListeners": fresh({ stores: holds("this[] fresh"), converts: ["0"] }),
  eventNames: fresh({ reads: ["this"] }),
  listenerCount: primitive({ reads: ["this"], converts: ["0"] }),
  getMaxListeners: primitive({ reads: ["this"], readsState: ["module:events"] })
}

/** Where it fails, the message is converted, or thrown as it is. */
const compares = primitive({ reads: ["deep:0", "deep:1", "2"], converts: ["2"] })

const holdsTrue = primitive({ reads: ["1"], converts: ["1"] })

const strict: Rules = {
  [`${defaultExport} strict ok`]: holdsTrue,
  "equal notEqual deepEqual notDeepEqual strictEqual notStrictEqual deepStrictEqual notDeepStrictEqual partialDeepStrictEqual":
    compares,
  fail: primitive({ reads: ["deep:0", "deep:1", "2"], converts: ["0", "2"] }),
  ifError: primitive({ reads: ["deep:0"] }),
  "match doesNotMatch": primitive({
    reads: ["0", "1", "2"],
    converts: ["2"],
    mutates: ["1"],
    changesState: ["regexp"]
  }),
  throws: primitive({
    reads: ["deep:1", "2", "deep:call0"],
    mutates: ["1[]"],
    invokes: [["1", "Symbol.hasInstance"]],
    calls: [{ fn: "0", args: [] }, { fn: "1", args: ["fresh"], self: "fresh" }, {
      fn: "1",
      args: ["deep:0"],
      self: "fresh"
    }],
    changesState: ["regexp"]
  })
}

const assert: Rules = {
  ...strict,
  "equal notEqual": { ...compares, converts: ["0", "1", "2"] }
}

const compress = fresh({ reads: ["0", "1"] })
const zlib = "deflate deflateRaw gzip gunzip inflate inflateRaw unzip brotliCompress brotliDecompress"

/** The methods of types that only these modules make. */
export const methods: Table = {
  EventEmitter: emitter,
  StringDecoder: { "write end": primitive({ mutates: ["this"], reads: ["this", "0"] }) },
  // Of crypto. Their other methods are those of a stream.
  Hash: {
    update: from("this", { mutates: ["this"], reads: ["0", "1"] }),
    digest: fresh({ mutates: ["this"], reads: ["this"], converts: ["0"] }),
    copy: fresh({ stores: holds("0 this[]"), reads: ["0"] })
  },
  Cipher: {
    update: fresh({ mutates: ["this"], reads: ["this", "0", "1"], converts: ["2"] }),
    final: fresh({ mutates: ["this"], reads: ["this"] }),
    getAuthTag: fresh({ reads: ["this"] }),
    "setAAD setAuthTag setAutoPadding": from("this", { mutates: ["this"], reads: ["0", "1"] })
  },
  Stats: {
    "isBlockDevice isCharacterDevice isDirectory isFIFO isFile isSocket isSymbolicLink": primitive({ reads: ["this"] })
  }
}

/** The functions of these modules. */
export const functions: Table = {
  path: posix,
  "path.posix": posix,
  "path.win32": win32,
  "path/posix": posix,
  "path/win32": win32,
  util,
  "util.types": types,
  "util/types": types,
  os,
  querystring,
  url,
  crypto,
  events: {
    [`${defaultExport} EventEmitter`]: fresh({ reads: ["0"] }),
    listenerCount: primitive({ reads: ["0"], converts: ["1"], invokes: [["0", "listenerCount"]] }),
    getEventListeners: fresh({ stores: holds("0[] 0[][]"), converts: ["1"], invokes: [["0", "listeners"]] })
  },
  assert,
  "assert.strict": strict,
  "assert/strict": strict,
  string_decoder: { StringDecoder: fresh({ converts: ["0"] }) },
  "timers/promises": {
    setTimeout: fresh({
      stores: holds("1 1[]"),
      reads: ["2"],
      invokes: [["1", "then"], ["1", "constructor"]],
      changesState: ["timers"]
    }),
    setImmediate: fresh({
      stores: holds("0 0[]"),
      reads: ["1"],
      invokes: [["0", "then"], ["0", "constructor"]],
      changesState: ["timers"]
    })
  },
  "timers/promises.scheduler": {
    wait: fresh({ reads: ["1"], changesState: ["timers"] }),
    yield: fresh({ changesState: ["timers"] })
  },
  zlib: {
    [zlib.split(" ").map((name) => `${name}Sync`).join(" ")]: compress,
    [zlib]: primitive({ reads: ["0", "1"], changesState: ["timers"], calls: done("1", "2") }),
    crc32: primitive({ reads: ["0"] })
  }
}

/** What modules export that is also a global: by module, the names. `*`: all of the global that is named. */
export const sameAsGlobals: Readonly<Record<string, string>> = {
  url: "URL URLSearchParams",
  util: "TextDecoder TextEncoder",
  buffer: "Buffer Blob atob btoa",
  timers: "setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate",
  perf_hooks: "performance"
}

/** Modules that are a global themselves. */
export const globalModules: ReadonlySet<string> = new Set(["process", "console"])
