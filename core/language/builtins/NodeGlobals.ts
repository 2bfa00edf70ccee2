/** The globals that Node adds: console, timers, Buffer, process. From the documentation of Node 18. */
import { type Behaviour, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

const tree = holds("result")

/** How values are printed, unless an object has its own way. */
export const custom = "nodejs.util.inspect.custom"

const prints: Behaviour = primitive({
  reads: ["deep:0+"],
  converts: ["0+"],
  invokes: [["deep:0+", custom]],
  changesState: ["console"]
})

const timer = from("this", { mutates: ["this"], changesState: ["timers"] })

const numberRead = primitive({ reads: ["this"] })
const numberWrite = primitive({ mutates: ["this"], reads: ["this"], converts: ["0"] })

const kinds = (prefix: string): string =>
  [8, 16, 32].flatMap((bits) =>
    (bits === 8 ? [""] : ["LE", "BE"]).flatMap((
      order
    ) => [`${prefix}Int${bits}${order}`, `${prefix}UInt${bits}${order}`, `${prefix}Uint${bits}${order}`])
  ).concat(
    ["LE", "BE"].flatMap((order) => [
      ...["Double", "Float", "BigInt64", "BigUInt64", "BigUint64", "Int", "UInt", "Uint"].map((kind) =>
        `${prefix}${kind}${order}`
      )
    ])
  ).join(" ")

const buffer: Rules = {
  "toString toLocaleString inspect asciiSlice base64Slice base64urlSlice hexSlice latin1Slice ucs2Slice utf8Slice":
    primitive({ reads: ["this"], converts: ["0", "1", "2"] }),
  "write asciiWrite base64Write base64urlWrite hexWrite latin1Write ucs2Write utf8Write": primitive({
    mutates: ["this"],
    reads: ["this"],
    converts: ["1", "2", "3"]
  }),
  copy: primitive({ mutates: ["0"], reads: ["this", "0"], converts: ["1", "2", "3"] }),
  "equals compare": primitive({ reads: ["this", "0"] }),
  "includes indexOf lastIndexOf": primitive({ reads: ["this", "0"], converts: ["1"] }),
  fill: from("this", { mutates: ["this"], reads: ["this", "0"], converts: ["0", "1", "2"] }),
  "swap16 swap32 swap64": from("this", { mutates: ["this"], reads: ["this"] }),
  // Views of the same bytes, both.
  "slice subarray": from("this", { reads: ["this"], converts: ["0", "1"] }),
  toJSON: fresh({ stores: tree, reads: ["this"] }),
  [kinds("read")]: numberRead,
  [kinds("write")]: numberWrite
}

/** The methods of these types. */
export const methods: Table = {
  Buffer: buffer,
  Timeout: {
    "ref unref refresh": timer,
    close: timer,
    hasRef: primitive({ reads: ["this"] }),
    "Symbol.toPrimitive": primitive({ mutates: ["this"] })
  }
}

const schedules = { changesState: ["timers"] } as const

/** Arguments after the first `count` are the callback's. */
const schedule = (count: number, rest: object = {}): Behaviour =>
  fresh({
    ...schedules,
    ...rest,
    stores: holds("0 1+"),
    calls: [{ fn: "0", args: [`${count}+`], self: "result", later: true }]
  })

const stop = primitive({ ...schedules, mutates: ["0"], reads: ["0"], converts: ["0"] })

const bufferOf = { converts: ["0", "0[]", "1", "2"], reads: ["0"], iterates: [] } as const

const state = ["process"]
const asks = primitive({ readsState: state })
const tells = fresh({ stores: tree, readsState: [...state, "time"] })

/** Listeners of the process: kept by no value that the program holds. The receiver is given back. */
const listens = from("this", {
  changesState: state,
  calls: [{ fn: "1", args: ["fresh", "fresh", "fresh"], later: true }]
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
    "assert debug error info log trace warn group groupCollapsed timeLog table": prints,
    "dir dirxml": { ...prints, reads: ["deep:0+"] },
    "count countReset time timeEnd": primitive({ converts: ["0"], readsState: ["time"], changesState: ["console"] }),
    "groupEnd clear": primitive({ changesState: ["console"] })
  },
  Buffer: {
    from: from("fresh 0", bufferOf),
    of: fresh({ converts: ["0+"] }),
    copyBytesFrom: fresh({ reads: ["0"], converts: ["1", "2"] }),
    alloc: fresh({ reads: ["1"], converts: ["1"] }),
    "allocUnsafe allocUnsafeSlow": fresh({ readsState: ["random"] }),
    byteLength: primitive({ reads: ["0"] }),
    compare: primitive({ reads: ["0", "1"] }),
    concat: fresh({ reads: ["0", "0[]"] }),
    "isBuffer isEncoding": primitive()
  },
  process: {
    cwd: primitive({ readsState: ["cwd"] }),
    chdir: primitive({ changesState: ["cwd"] }),
    "exit abort reallyExit kill setgid setuid setegid seteuid setgroups initgroups": primitive({ changesState: state }),
    "getuid geteuid getgid getegid uptime constrainedMemory availableMemory hasUncaughtExceptionCaptureCallback": asks,
    "memoryUsage resourceUsage getActiveResourcesInfo getgroups": tells,
    cpuUsage: fresh({ stores: tree, reads: ["0"], readsState: ["time", ...state] }),
    hrtime: fresh({ reads: ["0"], readsState: ["time"] }),
    umask: primitive({ converts: ["0"], readsState: state, changesState: ["umask"] }),
    nextTick: primitive({ ...schedules, calls: [{ fn: "0", args: ["1+"], later: true }] }),
    emitWarning: primitive({ reads: ["0", "1"], changesState: ["console", ...state] }),
    "on addListener once prependListener prependOnceListener": listens,
    "off removeListener removeAllListeners setMaxListeners": from("this", { changesState: state }),
    "listenerCount getMaxListeners": asks
  },
  "process.hrtime": { bigint: primitive({ readsState: ["time"] }) },
  "process.memoryUsage": { rss: asks },
  "process.stdout": {
    write: primitive({
      reads: ["0"],
      changesState: ["console"],
      calls: [{ fn: "1", args: ["fresh"], later: true }, { fn: "2", args: ["fresh"], later: true }]
    })
  },
  "process.stderr": {
    write: primitive({
      reads: ["0"],
      changesState: ["console"],
      calls: [{ fn: "1", args: ["fresh"], later: true }, { fn: "2", args: ["fresh"], later: true }]
    })
  }
}
