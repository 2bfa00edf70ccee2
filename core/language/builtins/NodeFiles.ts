/** Node's `fs`: what is given stays as it is, what comes back is new, the files are the state. */
import { type Callback, fresh, holds, primitive, type Rules, type Table, words } from "./Behaviour.ts"

const tree = holds("result")

/** Functions in all three forms: `stat`, `statSync`, `promises.stat`. Of these the result is an object, or may be one. */
const askers = "lstat readdir readlink stat statfs"

/** Of these it is not. */
const writers = "chmod chown copyFile lchown link lutimes mkdir rename rm rmdir symlink truncate unlink utimes"

/** Of these a path that is no text is made one. */
const readers = "readFile realpath"
const writersOfData = "appendFile writeFile"

/** Those that take a descriptor, and have no form with a promise. */
const descriptorAskers = "fstat"
const descriptorWriters = "close fchmod fchown fdatasync fsync ftruncate futimes open"

/** Paths may be URLs or bytes, options may be objects, data may be bytes. */
const reading = { reads: ["0", "1", "2", "3"], readsState: ["fs", "cwd"] } as const
const writing = { ...reading, changesState: ["fs"] } as const
const converts = ["0"] as const

/** The callback is the last argument, wherever that is. */
const callback: ReadonlyArray<Callback> = [{ fn: "1+", args: ["fresh", "fresh"], later: true }]

const sync = (names: string): string => words(names).map((name) => `${name}Sync`).join(" ")

const files: Rules = {
  [sync(`${askers} ${descriptorAskers}`)]: fresh({ ...reading, stores: tree }),
  [sync(readers)]: fresh({ ...reading, converts }),
  mkdtempSync: fresh(writing),
  "accessSync existsSync": primitive(reading),
  [sync(`${writers} ${descriptorWriters}`)]: primitive(writing),
  [sync(writersOfData)]: primitive({ ...writing, converts }),
  [`${askers} ${descriptorAskers} access`]: primitive({ ...reading, calls: callback }),
  [readers]: primitive({ ...reading, converts, calls: callback }),
  [`${writers} ${descriptorWriters} mkdtemp`]: primitive({ ...writing, calls: callback }),
  [writersOfData]: primitive({ ...writing, converts, calls: callback }),
  // At once where the path is none.
  exists: primitive({ ...reading, calls: [...callback, { fn: "1", args: [] }] }),
  cpSync: primitive({ ...writing, calls: [{ fn: "2[]", args: [], self: "fresh" }] }),
  // The position in the file moves.
  readSync: primitive({ ...writing, mutates: ["1"], converts: ["3"] }),
  readvSync: primitive({ ...writing, mutates: ["1[]"] }),
  writeSync: primitive(writing),
  writevSync: primitive({ ...writing, reads: ["1", "1[]"] })
}

const promised: Rules = {
  [`${askers} ${readers}`]: fresh({ ...reading, stores: tree }),
  access: fresh(reading),
  [`${writers} mkdtemp`]: fresh(writing),
  // Data may be iterated.
  [writersOfData]: fresh({ ...writing, iterates: ["1"] })
}

/** The functions of these modules. */
export const functions: Table = { fs: files, "fs.promises": promised, "fs/promises": promised }
