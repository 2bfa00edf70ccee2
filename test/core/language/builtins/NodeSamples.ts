/** Calls of Node's globals and modules. */
import * as crypto from "node:crypto"
import { EventEmitter, getEventListeners } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { StringDecoder } from "node:string_decoder"
import * as url from "node:url"
import { inspect, types } from "node:util"
import * as zlib from "node:zlib"
import { callback, convertible } from "./Observation.ts"
import { containing } from "./Places.ts"
import { quiet } from "./State.ts"
import { type Calls, nested, none, on, promiseOf, type TypeSamples } from "./Samples.ts"

const bytes = (): Buffer => Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])

const texts: Calls = {
  "append set": () => ["b", "2"],
  "delete get getAll has": () => ["a"],
  "keys values entries Symbol.iterator sort toString getSetCookie": none,
  forEach: () => [callback(), {}]
}

const form = (): FormData => {
  const self = new FormData()
  self.append("a", "1")
  self.append("b", new Blob(["x"]))
  return self
}

const signalled = (): AbortController => {
  const self = new AbortController()
  self.signal.addEventListener("abort", callback())
  return containing(self, [self.signal])
}

const target = (): EventTarget => {
  const self = new EventTarget()
  self.addEventListener("a", callback())
  self.addEventListener("a", { handleEvent: callback() })
  return self
}

const emitter = (): EventEmitter => {
  const self = new EventEmitter()
  self.on("a", callback())
  self.once("a", callback())
  self.on("newListener", callback())
  self.on("removeListener", callback())
  return self
}

const timer = (): NodeJS.Timeout => {
  const self = setTimeout(() => undefined, 1e6)
  self.unref()
  return self
}

const key = Buffer.alloc(16)
const stringTo =
  "toString toLocaleString asciiSlice base64Slice base64urlSlice hexSlice latin1Slice ucs2Slice utf8Slice"

const numbers = (prefix: "read" | "write"): string =>
  Object.getOwnPropertyNames(Buffer.prototype).filter((name) => name.startsWith(prefix)).join(" ")

/** The methods of types that Node and the web have. */
export const methods: Readonly<Record<string, TypeSamples>> = {
  URL: { self: () => new URL("http://a.b/?c=1"), calls: { "toString toJSON": none } },
  URLSearchParams: { self: () => new URLSearchParams("a=1&c=2&b=3"), calls: texts },
  Headers: { self: () => new Headers([["a", "1"]]), calls: texts },
  FormData: {
    self: form,
    calls: {
      ...texts,
      "append set": [() => ["c", "1"], () => ["c", new Blob(["y"]), "name"], () => ["c", new File(["y"], "name")]],
      get: () => ["b"],
      getAll: () => ["b"]
    }
  },
  TextEncoder: {
    self: () => new TextEncoder(),
    calls: { encode: () => ["a"], encodeInto: () => ["a", new Uint8Array(4)] }
  },
  TextDecoder: { self: () => new TextDecoder(), calls: { decode: () => [new Uint8Array([65]), { stream: true }] } },
  Blob: { self: () => new Blob(["abc"]), calls: { slice: () => [1, 2, "text/plain"] } },
  AbortController: { self: signalled, calls: { abort: [() => [nested()], none] } },
  AbortSignal: { self: () => new AbortController().signal, calls: { throwIfAborted: none } },
  EventTarget: {
    self: target,
    calls: {
      addEventListener: [
        () => ["b", callback(), { once: true, signal: new AbortController().signal }],
        () => ["b", { handleEvent: callback() }]
      ],
      removeEventListener: () => {
        const self = target()
        return on(self, "a", getEventListeners(self, "a")[0], { capture: false })
      },
      dispatchEvent: () => [new Event("a")]
    }
  },
  Event: {
    self: () => new Event("a", { cancelable: true }),
    calls: {
      "preventDefault stopPropagation stopImmediatePropagation": none,
      initEvent: () => ["b", true, true],
      composedPath: none
    }
  },
  Buffer: {
    self: bytes,
    calls: {
      [stringTo]: [() => ["hex", 0, 2], () => [0, 2]],
      inspect: none,
      "write asciiWrite base64Write base64urlWrite hexWrite latin1Write ucs2Write utf8Write": () => ["abcd", 0, 4],
      copy: () => [Buffer.alloc(8), 0, 1, 3],
      "equals compare": () => [bytes()],
      "includes indexOf lastIndexOf": [() => [bytes(), 0], () => [1, 0]],
      fill: [() => [1, 0, 2], () => [Buffer.from([9])]],
      "swap16 swap32 swap64": none,
      "slice subarray": () => [1, 3],
      toJSON: none,
      [numbers("read")]: [() => [0], () => [0, 4]],
      [numbers("write")]: [() => [1, 0], () => [1, 0, 4], () => [1n, 0]]
    }
  },
  Timeout: { self: timer, calls: { "ref unref refresh close hasRef Symbol.toPrimitive": none } },
  EventEmitter: {
    self: emitter,
    calls: {
      "on addListener once prependListener prependOnceListener": () => ["b", callback()],
      "off removeListener": () => {
        const self = emitter()
        return on(self, "a", self.listeners("a")[0])
      },
      removeAllListeners: [() => ["a"], none],
      setMaxListeners: () => [3],
      emit: () => ["a", nested(), nested()],
      "listeners rawListeners listenerCount": () => ["a"],
      "eventNames getMaxListeners": none
    }
  },
  StringDecoder: { self: () => new StringDecoder(), calls: { "write end": () => [bytes()] } },
  Hash: {
    self: () => crypto.createHash("sha256"),
    calls: { update: [() => [bytes()], () => ["a", "utf8"]], digest: [none, () => ["hex"]], copy: none }
  },
  Cipher: {
    self: () => crypto.createCipheriv("aes-128-gcm", key, Buffer.alloc(12)),
    calls: {
      update: [() => [bytes()], () => ["a", "utf8", "hex"]],
      final: none,
      getAuthTag: () => {
        const self = crypto.createCipheriv("aes-128-gcm", key, Buffer.alloc(12))
        self.final()
        return on(self)
      },
      setAAD: () => [bytes()],
      setAuthTag: () => on(crypto.createDecipheriv("aes-128-gcm", key, Buffer.alloc(12)), Buffer.alloc(16)),
      setAutoPadding: () => [true]
    }
  },
  Stats: {
    self: () => fs.statSync("/"),
    calls: {
      "isBlockDevice isCharacterDevice isDirectory isFIFO isFile isSocket isSymbolicLink": none
    }
  }
}

process.removeAllListeners("warning")

const shown = (): object => ({
  a: nested(),
  [inspect.custom]: callback(() => "shown")
})

const listener: Calls[string] = () => ["clustrix-test", callback()]

/** The functions of the web and of Node that are globals, by namespace. */
export const functions: Readonly<Record<string, Calls>> = {
  "": {
    URL: () => ["/a", "http://b.c"],
    URLSearchParams: [() => [[["a", "1"]]], () => [{ a: "1" }], () => ["a=1"]],
    Headers: [() => [[["a", "1"]]], () => [{ a: "1" }]],
    "FormData TextEncoder AbortController EventTarget": none,
    TextDecoder: () => ["utf-8", { fatal: true }],
    Blob: () => [["a", new Uint8Array(1), new Blob(["b"])], { type: "a" }],
    Event: () => ["a", { bubbles: true }],
    CustomEvent: () => ["a", { detail: nested() }],
    DOMException: [() => ["a", "b"], () => ["a", { name: "b", cause: nested() }]],
    structuredClone: [() => [nested()], () => [new ArrayBuffer(2), { transfer: [] }], () => {
      const buffer = new ArrayBuffer(2)
      return [buffer, { transfer: [buffer] }]
    }],
    queueMicrotask: () => [callback()],
    "atob btoa": () => ["YQ=="],
    "setTimeout setInterval": () => [callback(function(this: unknown) {
      clearInterval(this as NodeJS.Timeout)
    }), 1, nested(), nested()],
    setImmediate: () => [callback(), nested(), nested()],
    "clearTimeout clearInterval": () => [timer()],
    clearImmediate: () => [setImmediate(() => undefined)],
    Buffer: [() => [[1, 2]], () => ["a", "utf8"], () => [new ArrayBuffer(4), 0, 2], () => [bytes()]]
  },
  URL: { "canParse parse": () => ["/a", "http://b.c"] },
  AbortSignal: {
    abort: () => [nested()],
    timeout: () => [1],
    any: () => [[new AbortController().signal]]
  },
  performance: { "now toJSON": none },
  crypto: { getRandomValues: () => [new Uint8Array(16)], randomUUID: () => [{ disableEntropyCache: true }] },
  console: {
    "debug error info log trace warn group groupCollapsed": () => ["%s %o", nested(), shown(), 1],
    assert: () => [false, "%s", nested(), shown()],
    timeLog: () => {
      quiet.time("shown")
      return ["shown", shown()]
    },
    table: () => [[{ a: 1 }, { a: shown() }], ["a"]],
    dir: () => [nested(), { depth: 1 }],
    dirxml: () => ["%s", nested(), shown()],
    "count countReset time timeEnd": () => ["clustrix-test"],
    "groupEnd clear": none
  },
  Buffer: {
    from: [
      () => [[1, 2]],
      () => ["a", "utf8"],
      () => [new ArrayBuffer(4), 0, 2],
      () => [bytes()],
      () => [{ 0: 1, length: 1 }]
    ],
    of: () => [1, 2],
    copyBytesFrom: () => [new Uint16Array(4), 0, 2],
    alloc: [() => [4, 1], () => [4, bytes()], () => [4, "a", "utf8"]],
    "allocUnsafe allocUnsafeSlow": () => [4],
    byteLength: [() => ["a", "utf8"], () => [bytes()]],
    compare: () => [bytes(), bytes()],
    concat: () => [[bytes(), bytes()], 4],
    "isBuffer": () => [bytes()],
    isEncoding: () => ["utf8"]
  },
  process: {
    "cwd getuid geteuid getgid getegid uptime constrainedMemory availableMemory hasUncaughtExceptionCaptureCallback":
      none,
    "memoryUsage resourceUsage getActiveResourcesInfo getgroups": none,
    chdir: () => [process.cwd() === "/" ? scratch : "/"],
    cpuUsage: () => [{ user: 1, system: 1 }],
    hrtime: () => [[1, 1]],
    kill: () => [process.pid, 0],
    umask: [none, () => [process.umask() ^ 0o70]],
    nextTick: () => [callback(), nested(), nested()],
    // Nobody has to read them.
    emitWarning: [() => ["clustrix test", { type: "Test", detail: "a" }], () => [new Error("clustrix test")]],
    "on addListener once prependListener prependOnceListener": listener,
    "off removeListener": listener,
    removeAllListeners: () => ["clustrix-test"],
    setMaxListeners: () => [process.getMaxListeners()],
    listenerCount: () => ["exit"],
    getMaxListeners: none
  },
  "process.hrtime": { bigint: none },
  "process.memoryUsage": { rss: none },
  "process.stdout": { write: [() => ["", callback()], () => ["", "utf8", callback()]] },
  "process.stderr": { write: [() => ["", callback()], () => ["", "utf8", callback()]] }
}

const posix: Calls = {
  "basename dirname extname isAbsolute normalize parse toNamespacedPath _makeLong": () => ["/a/b.c"],
  "join resolve relative matchesGlob": () => ["/a", "b"],
  format: () => [{ dir: "/a", base: "b" }]
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-builtins-"))
process.on("exit", () => fs.rmSync(scratch, { recursive: true, force: true }))
let count = 0

/** A new file or directory for each call. */
const file = (): string => {
  const name = path.join(scratch, `file-${count += 1}`)
  fs.writeFileSync(name, "abc")
  return name
}
const directory = (): string => {
  const name = path.join(scratch, `directory-${count += 1}`)
  fs.mkdirSync(path.join(name))
  return name
}
const absent = (): string => path.join(scratch, `absent-${count += 1}`)
const link = (): string => {
  const name = absent()
  fs.symlinkSync(scratch, name)
  return name
}
const descriptor = (): number => fs.openSync(file(), "r+")

/** The arguments of each function of `fs`, but for a callback. */
const fileArguments: Readonly<Record<string, () => ReadonlyArray<unknown>>> = {
  "access stat lstat statfs realpath": () => [file()],
  readFile: () => [file(), { encoding: "utf8" }],
  readdir: () => [directory(), { withFileTypes: true }],
  readlink: () => [link(), "buffer"],
  appendFile: () => [file(), "d", { mode: 0o600 }],
  writeFile: () => [file(), new Uint8Array([65]), { flag: "w" }],
  chmod: () => [file(), 0o600],
  "chown lchown": () => [file(), process.getuid?.(), process.getgid?.()],
  "copyFile rename link": () => [file(), absent()],
  symlink: () => [scratch, absent()],
  mkdir: () => [absent(), { recursive: true }],
  mkdtemp: () => [path.join(scratch, "made-"), "buffer"],
  "rm unlink": () => [file()],
  rmdir: () => [directory()],
  truncate: () => [file(), 1],
  "utimes lutimes": () => [file(), 1, 1],
  "fstat close fdatasync fsync": () => [descriptor()],
  fchmod: () => [descriptor(), 0o600],
  fchown: () => [descriptor(), process.getuid?.(), process.getgid?.()],
  ftruncate: () => [descriptor(), 1],
  futimes: () => [descriptor(), 1, 1],
  open: () => [file(), "r"]
}

const named = (suffix: string, change: (args: ReadonlyArray<unknown>) => ReadonlyArray<unknown>): Calls =>
  Object.fromEntries(
    Object.entries(fileArguments).map(([names, make]) =>
      [names.split(" ").map((name) => `${name}${suffix}`).join(" "), () => change(make())] as const
    )
  )

const same = (args: ReadonlyArray<unknown>): ReadonlyArray<unknown> => args

const files: Calls = {
  ...named("Sync", same),
  ...named("", (args) => [...args, callback()]),
  existsSync: () => [file()],
  exists: () => [file(), callback()],
  cpSync: () => [directory(), absent(), { recursive: true, filter: callback(() => true) }],
  readSync: () => [descriptor(), Buffer.alloc(2), 0, 2, 0],
  readvSync: () => [descriptor(), [Buffer.alloc(2)]],
  writeSync: () => [descriptor(), Buffer.from("ab")],
  writevSync: () => [descriptor(), [Buffer.from("ab")]]
}

const assertion: Calls = {
  "() strict ok": [() => [nested(), "a"], () => [0, "a"]],
  strictEqual: [() => [1, 1, "a"], () => [1, 2, "a"]],
  notStrictEqual: [() => [1, 2, "a"], () => [1, 1, "a"]],
  "deepStrictEqual deepEqual partialDeepStrictEqual": [() => [nested(), nested(), "a"], () => [nested(), 1, "a"]],
  "notDeepStrictEqual notDeepEqual": [() => [nested(), {}, "a"], () => [nested(), nested(), "a"]],
  equal: [() => [1, "1", "a"], () => [1, 2, "a"]],
  notEqual: [() => [1, 2, "a"], () => [1, 1, "a"]],
  ifError: () => [null],
  fail: [() => ["a"], () => [1, 2, "a"]],
  match: [() => ["a", /a/g], () => ["a", /b/, "a"]],
  doesNotMatch: [() => ["a", Object.assign(/b/g, { lastIndex: 1 })], () => ["a", /a/, "a"]],
  throws: [
    () => [callback(() => {
      throw new Error("a")
    }), callback(() => true)],
    () => [callback(() => {
      throw new Error("a")
    }), { message: /a/g }]
  ]
}

const inputs: Readonly<Record<string, Uint8Array>> = {
  deflate: Buffer.from("a"),
  deflateRaw: Buffer.from("a"),
  gzip: Buffer.from("a"),
  brotliCompress: Buffer.from("a"),
  gunzip: zlib.gzipSync("a"),
  unzip: zlib.gzipSync("a"),
  inflate: zlib.deflateSync("a"),
  inflateRaw: zlib.deflateRawSync("a"),
  brotliDecompress: zlib.brotliCompressSync("a")
}

const compression: Calls = Object.fromEntries(
  Object.entries(inputs).flatMap(([name, input]) => [
    [`${name}Sync`, () => [input, { maxOutputLength: 99 }]],
    [name, [() => [input, callback()], () => [input, { maxOutputLength: 99 }, callback()]]]
  ])
)

const typeTests: Calls = { [Object.keys(types).join(" ")]: () => [nested()] }

/** The functions of Node's modules, as they are named in the table. */
export const modules: Readonly<Record<string, Calls>> = {
  path: posix,
  "path.posix": posix,
  "path.win32": posix,
  "path/posix": posix,
  "path/win32": posix,
  util: {
    "format": () => ["%s %o", nested(), shown()],
    formatWithOptions: () => [{ depth: 1 }, "%s %o", nested(), shown()],
    inspect: [() => [shown(), { sorted: true }], () => [{ b: 1, a: 2 }, { sorted: callback(() => 1) }]],
    isDeepStrictEqual: () => [nested(), nested()],
    inherits: () => [function() {}, function() {}],
    _extend: () => [nested(), nested()],
    [
      `isArray isBoolean isNull isNullOrUndefined isNumber isString isSymbol isUndefined isRegExp isObject isDate isError
      isFunction isPrimitive isBuffer`
    ]: () => [nested()],
    "stripVTControlCharacters toUSVString": () => ["a"],
    styleText: () => ["red", "a"],
    getSystemErrorName: () => [-1],
    getSystemErrorMap: none,
    parseArgs: () => [{ args: ["-a"], options: { a: { type: "boolean", short: "a", default: true } } }],
    parseEnv: () => ["a=1"]
  },
  os: {
    [
      `arch availableParallelism endianness freemem hostname machine platform release totalmem type uptime version homedir
      tmpdir cpus loadavg networkInterfaces`
    ]: none,
    userInfo: () => [{ encoding: "utf8" }],
    getPriority: () => [0],
    setPriority: () => [0, os.getPriority(0)]
  },
  querystring: {
    "parse decode": () => ["a=1", "&", "=", { decodeURIComponent: callback(() => convertible("a")) }],
    "stringify encode": () => [{ a: ["1"], b: "2" }, "&", "=", { encodeURIComponent: callback(() => "a") }],
    "escape unescape unescapeBuffer": () => ["a%20"]
  },
  url: {
    fileURLToPath: [() => ["file:///a"], () => [new URL("file:///a"), { windows: false }]],
    pathToFileURL: () => ["/a"],
    format: [() => [{ host: "a", query: { b: "c" } }], () => [new URL("http://a"), { fragment: false }]],
    parse: [() => ["http://a/?b=c", true], () => [url.parse("http://a")]],
    resolve: () => ["http://a", "b"],
    resolveObject: [() => ["http://a", "b"], () => ["", nested()]],
    "domainToASCII domainToUnicode": () => ["a.b"],
    urlToHttpOptions: () => [new URL("http://a")]
  },
  crypto: {
    createHash: () => ["sha256", { outputLength: 32 }],
    createHmac: () => ["sha256", Buffer.from("a"), {}],
    "createCipheriv createDecipheriv": () => ["aes-128-gcm", Buffer.alloc(16), Buffer.alloc(12), {}],
    pbkdf2Sync: () => ["a", Buffer.from("b"), 1, 8, "sha256"],
    scryptSync: () => ["a", Buffer.from("b"), 8, { N: 2 }],
    hkdfSync: () => ["sha256", Buffer.from("a"), Buffer.from("b"), Buffer.from("c"), 8],
    hash: [() => ["sha256", Buffer.from("a"), "hex"], () => ["sha256", Buffer.from("a"), "buffer"]],
    "getHashes getCiphers getCurves": none,
    timingSafeEqual: () => [Buffer.from("a"), Buffer.from("b")],
    randomUUID: () => [{ disableEntropyCache: true }],
    randomBytes: [() => [4], () => [4, callback()]],
    randomInt: [() => [4], () => [1, 4, callback()], () => [4, callback()]],
    randomFillSync: () => [Buffer.alloc(16), 0]
  },
  events: {
    "() EventEmitter": () => [{ captureRejections: true }],
    listenerCount: () => [emitter(), "a"],
    getEventListeners: [() => [emitter(), "a"], () => [target(), "a"]]
  },
  assert: assertion,
  "assert.strict": { ...assertion, equal: () => [1, 1, "a"] },
  "assert/strict": { ...assertion, equal: () => [1, 1, "a"] },
  string_decoder: { StringDecoder: () => ["utf8"] },
  "timers/promises": {
    setTimeout: [() => [1, nested(), { ref: false }], () => [1, promiseOf(nested())]],
    setImmediate: [() => [nested(), { ref: false }], () => [promiseOf(nested())]]
  },
  "timers/promises.scheduler": { wait: () => [1, { ref: false }], yield: none },
  zlib: {
    ...compression,
    crc32: () => [Buffer.from("a")]
  },
  "util.types": typeTests,
  "util/types": typeTests,
  fs: files,
  "fs.promises": named("", same),
  "fs/promises": named("", same)
}
