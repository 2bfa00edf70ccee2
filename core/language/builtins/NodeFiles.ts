/** Node's `fs`: what is given stays as it is, what comes back is new, the files are the state. */
import { type Callback, fresh, holds, primitive, type Rules, type Table, words } from "./Behaviour.ts"

const tree = holds("result")

/** Functions in all three forms: `stat`, `statSync`, `promises.stat`. Of these the result is an object, or may be one. */
const askers = "lstat readFile readdir readlink realpath stat statfs"
const makers = "mkdtemp"

/** Of these it is not. */
const tests = "access"
const writers =
  `appendFile chmod chown copyFile lchown link lutimes mkdir rename rm rmdir symlink truncate unlink utimes
  writeFile`

/** Those that take a descriptor, and have no form with a promise. */
const descriptorAskers = "fstat"
const descriptorWriters = "close fchmod fchown fdatasync fsync ftruncate futimes open"

/** Paths may be URLs or bytes, options may be objects, data may be bytes. */
const inputs = { reads: ["0", "1", "2", "3"], converts: ["0"] } as const

const reading = { ...inputs, readsState: ["fs", "cwd"] } as const
const writing = { ...inputs, readsState: ["fs", "cwd"], changesState: ["fs"] } as const

/** The callback is the last argument, wherever that is. */
const callback: ReadonlyArray<Callback> = [{ fn: "1+", args: ["fresh", "fresh"], later: true }]

const named = (names: string, suffix: string): string => words(names).map((name) => `${name}${suffix}`).join(" ")

const files: Rules = {
  [named(`${askers} ${descriptorAskers}`, "Sync")]: fresh({ ...reading, stores: tree }),
  [named(makers, "Sync")]: fresh(writing),
  [named(tests, "Sync")]: primitive(reading),
  [named(`${writers} ${descriptorWriters}`, "Sync")]: primitive(writing),
  [`${askers} ${descriptorAskers} ${tests}`]: primitive({ ...reading, calls: callback }),
  [`${makers} ${writers} ${descriptorWriters}`]: primitive({ ...writing, calls: callback }),
  existsSync: primitive(reading),
  // At once where the path is none.
  exists: primitive({ ...reading, calls: [...callback, { fn: "1", args: [] }] }),
  cpSync: primitive({ ...writing, calls: [{ fn: "2[]", args: [], self: "fresh" }] }),
  // The position in the file moves.
  readSync: primitive({ ...writing, mutates: ["1"], converts: ["0", "2", "3", "4"] }),
  readvSync: primitive({ ...writing, mutates: ["1[]"] }),
  writeSync: primitive({ ...writing, converts: ["0", "2", "3", "4"] }),
  writevSync: primitive({ ...writing, reads: ["1", "1[]"] })
}

const promised: Rules = {
  [askers]: fresh({ ...reading, stores: tree }),
  [tests]: fresh(reading),
  // Data may be iterated.
  [`${makers} ${writers}`]: fresh({ ...writing, iterates: ["1"] })
}

/** The functions of these modules. */
export const functions: Table = { fs: files, "fs.promises": promised, "fs/promises": promised }
