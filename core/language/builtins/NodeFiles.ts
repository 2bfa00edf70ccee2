/** Node's `fs`: what is given stays as it is, what comes back is new, the files are the state. */
import { type Behaviour, type Callback, fresh, holds, primitive, type Rules, type Table, words } from "./Behaviour.ts"

const tree = holds("result")

/** Functions that look, in all three forms: `stat`, `statSync`, `promises.stat`. */
const readers = "access lstat readFile readdir readlink realpath stat statfs"

const writers =
  `appendFile chmod chown copyFile lchmod lchown link lutimes mkdir mkdtemp rename rm rmdir symlink truncate
  unlink utimes writeFile`

/** Those that take a descriptor, and have no form with a promise. */
const descriptorReaders = "fstat"
const descriptorWriters = "close fchmod fchown fdatasync fsync ftruncate futimes open"

/** Paths may be URLs or bytes, options may be objects, data may be bytes. */
const inputs = { reads: ["0", "1", "2", "3"] } as const

const reading = { ...inputs, readsState: ["fs", "cwd"] } as const
const writing = { ...inputs, readsState: ["fs", "cwd"], changesState: ["fs"] } as const

/** The callback is the last argument, wherever that is. */
const callback: ReadonlyArray<Callback> = [{ fn: "1+", args: ["fresh", "fresh"], later: true }]

const all = (names: string, suffix: string, behaviour: Behaviour): Rules => ({
  [words(names).map((name) => `${name}${suffix}`).join(" ")]: behaviour
})

const files: Rules = {
  ...all(`${readers} ${descriptorReaders}`, "Sync", fresh({ ...reading, stores: tree })),
  ...all(`${writers} ${descriptorWriters}`, "Sync", fresh({ ...writing, stores: tree })),
  ...all(`${readers} ${descriptorReaders}`, "", primitive({ ...reading, calls: callback })),
  ...all(`${writers} ${descriptorWriters}`, "", primitive({ ...writing, calls: callback })),
  existsSync: primitive(reading),
  exists: primitive({ ...reading, calls: callback }),
  cpSync: primitive({ ...writing, calls: [{ fn: "2[]", args: [] }] }),
  // The position in the file moves. The options may stand in the second place, the buffer in them.
  readSync: primitive({ ...writing, mutates: ["1"] }),
  readvSync: primitive({ ...writing, mutates: ["1[]"] }),
  writeSync: primitive(writing),
  writevSync: primitive({ ...writing, reads: ["1", "1[]"] })
}

const promised: Rules = {
  ...all(readers, "", fresh({ ...reading, stores: tree })),
  // Data may be iterated.
  ...all(writers, "", fresh({ ...writing, stores: tree, iterates: ["1"] }))
}

/** The functions of these modules. */
export const functions: Table = { fs: files, "fs.promises": promised, "fs/promises": promised }
