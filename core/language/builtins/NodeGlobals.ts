/** The globals that Node adds: console, timers, Buffer, process. From the documentation of Node 18. */
import { type Behaviour, custom, fresh, from, holds, primitive, type Rules, type Table, words } from "./Behaviour.ts"

const tree = holds("result")

const prints: Behaviour = primitive({
  reads: ["deep:0+"],
  converts: ["0+"],
  invokes: [["deep:0+", custom]],
  changesState: ["console"]
})

const timer = from("this", { mutates: ["this"], changesState: ["timers"] })

const orders = (kinds: string): string => words(kinds).flatMap((kind) => [`${kind}LE`, `${kind}BE`]).join(" ")

/** `readInt16LE` and its siblings. */
const numbers = (verb: string): string =>
  `Int8 UInt8 Uint8 ${orders("Int16 UInt16 Uint16 Int32 UInt32 Uint32 BigInt64 BigUInt64 BigUint64 Float Double")}`
    .split(" ").map((kind) => `${verb}${kind}`).join(" ")

/** `readIntLE` and its siblings, with the number of bytes for an argument. */
const anyLength = (verb: string): string => orders(`${verb}Int ${verb}UInt ${verb}Uint`)

const buffer: Rules = {
  "toString toLocaleString": primitive({ reads: ["this"], converts: ["0", "1", "2"] }),
  inspect: primitive({ reads: ["this"] }),
  "asciiSlice base64Slice base64urlSlice hexSlice latin1Slice ucs2Slice utf8Slice": primitive({
    reads: ["this"],
    converts: ["0", "1"]
  }),
  write: primitive({ mutates: ["this"], reads: ["this"] }),
  "asciiWrite base64Write base64urlWrite hexWrite latin1Write ucs2Write utf8Write": primitive({
    mutates: ["this"],
    reads: ["this"],
    converts: ["1", "2"]
  }),
  copy: primitive({ mutates: ["0"], reads: ["this", "0"], converts: ["1", "2", "3"] }),
  "equals compare": primitive({ reads: ["this", "0"] }),
  "includes indexOf lastIndexOf": primitive({ reads: ["this", "0"], converts: ["1"] }),
  fill: from("this", { mutates: ["this"], reads: ["this", "0"], converts: ["0"] }),
  "swap16 swap32 swap64": from("this", { mutates: ["this"], reads: ["this"] }),
  // Views of the same bytes, both.
  "slice subarray": from("fresh this", { reads: ["this"], converts: ["0", "1"] }),
  toJSON: fresh({ stores: tree, reads: ["this"] }),
  [numbers("read")]: primitive({ reads: ["this"] }),
  [numbers("write")]: primitive({ mutates: ["this"], reads: ["this"], converts: ["0"] }),
  [anyLength("read")]: primitive({ reads: ["this"], converts: ["1"] }),
  [anyLength("write")]: primitive({ mutates: ["this"], reads: ["this"], converts: ["0", "2"] })
}

/** The methods of these types. */
export const methods: Table = {
  Buffer: buffer,
  Timeout: {
    "ref unref refresh": timer,
    close: timer,
    hasRef: primitive({ reads: ["this"] }),
    "Symbol.toPrimitive": primitive({ mutates: ["this"], readsState: ["timers"] })
  }
}

const schedules = { changesState: ["timers"] } as const

/** Arguments after the first `count` are the callback's. */
const schedule = (count: number, rest: object = {}): Behaviour =>
  fresh({
    ...schedules,
    ...rest,
    stores: [["result", "0"], ["result[]", "1+"]],
    calls: [{ fn: "0", args: [`${count}+`], self: "result", later: true }]
  })

const stop = primitive({ ...schedules, mutates: ["0"], reads: ["0"] })

const bufferOf = { converts: ["0", "0[]", "1", "2"], reads: ["0"], iterates: [] } as const

const state = ["process"]
const asks = primitive({ readsState: state })
const tells = fresh({ stores: tree, readsState: [...state, "time"] })

/** Listeners of the process: kept by no value that the program holds. The receiver is given back. */
const listens = from("this", {
  converts: ["0"],
  changesState: state,
  calls: [{ fn: "1", args: ["fresh", "fresh", "fresh"], later: true }]
})

const writesText = primitive({
  reads: ["0"],
  converts: ["1"],
  changesState: ["console"],
  calls: ["1", "2"].map((fn) => ({ fn, args: ["fresh"], later: true }))
})

/** Functions, by namespace. */
export const functions: Table = {
  "": {
    "setTimeout setInterval": schedule(2, { converts: ["1"] }),
    setImmediate: schedule(1),
    "clearTimeout clearInterval clearImmediate": stop,
    // A buffer of bytes is shared, an array copied.
    Buffer: from("fresh 0", bufferOf)
  },
  console: {
    "assert debug error info log trace warn group groupCollapsed timeLog dirxml": prints,
    table: { ...prints, converts: ["1[]"] },
    dir: primitive({ reads: ["deep:0", "1"], converts: ["1[]"], changesState: ["console"] }),
    "count countReset time timeEnd": primitive({ converts: ["0"], readsState: ["time"], changesState: ["console"] }),
    "groupEnd clear": primitive({ changesState: ["console"] })
  },
  Buffer: {
    from: from("fresh 0", bufferOf),
    of: fresh({ converts: ["0+"] }),
    copyBytesFrom: fresh({ reads: ["0"], invokes: [["0", "constructor"]] }),
    alloc: fresh({ reads: ["1"], converts: ["1"] }),
    "allocUnsafe allocUnsafeSlow": fresh({ readsState: ["random"] }),
    byteLength: primitive({ reads: ["0"], converts: ["1"] }),
    compare: primitive({ reads: ["0", "1"] }),
    concat: fresh({ reads: ["0", "0[]"], invokes: [["0[]", "constructor"]] }),
    "isBuffer isEncoding": primitive()
  },
  process: {
    cwd: primitive({ readsState: ["cwd"] }),
    chdir: primitive({ changesState: ["cwd"] }),
    "exit abort reallyExit": primitive({ changesState: state }),
    kill: primitive({ converts: ["0", "1"], changesState: state }),
    "getuid geteuid getgid getegid uptime constrainedMemory availableMemory hasUncaughtExceptionCaptureCallback": asks,
    "memoryUsage resourceUsage getActiveResourcesInfo getgroups": tells,
    cpuUsage: fresh({ stores: tree, reads: ["0"], readsState: ["time", ...state] }),
    hrtime: fresh({ converts: ["0[]"], readsState: ["time"] }),
    umask: primitive({ readsState: state, changesState: ["umask"] }),
    nextTick: primitive({ ...schedules, calls: [{ fn: "0", args: ["1+"], later: true }] }),
    emitWarning: primitive({ reads: ["0", "1"], changesState: ["console", ...state] }),
    "on addListener once prependListener prependOnceListener": listens,
    "off removeListener removeAllListeners": from("this", { converts: ["0"], changesState: state }),
    setMaxListeners: from("this", { changesState: state }),
    listenerCount: { ...asks, converts: ["0"] },
    getMaxListeners: asks
  },
  "process.hrtime": { bigint: primitive({ readsState: ["time"] }) },
  "process.memoryUsage": { rss: asks },
  "process.stdout": { write: writesText },
  "process.stderr": { write: writesText }
}
