/**
 * Node's file system, asked without waiting: what a directory holds, which files were changed, and all that a packaging can have
 * observed. A question takes some 10 µs so, and ten times that by way of Node's thread pool. Loads nothing but Node's own
 * modules.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { answerOfContent, answerOfFailure, answerOfStat, type Answers, listing,
  type Observation } from "../../core/packaging/memory/Observation.ts"
import type { DirectoryEntry, EntryType } from "../../core/resolution/DirectoryEntries.ts"
import { answerOf, type Changes, changesOf, type FileTime, matters,
  type Since } from "../../core/resolution/FileChanges.ts"

/** Reasons of a `SystemError`, as @effect/platform-node gives them. */
const reasons = {
  ENOENT: "NotFound",
  EACCES: "PermissionDenied",
  EEXIST: "AlreadyExists",
  EISDIR: "BadResource",
  ENOTDIR: "BadResource",
  ELOOP: "BadResource",
  EBUSY: "Busy"
} as const

type Reason = typeof reasons[keyof typeof reasons] | "Unknown"

/** Why Node refused, as the platform's errors name it. */
export const reasonOf = (cause: unknown): Reason => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return Object.hasOwn(reasons, code) ? reasons[code as keyof typeof reasons] : "Unknown"
}

const typeOfEntry = (entry: Fs.Dirent): EntryType =>
  entry.isFile() ? "File" : entry.isDirectory() ? "Directory" : entry.isSymbolicLink() ? "SymbolicLink" : "Other"

/** The entries of `directory` with their types. Where the disk does not know a type (some network file systems), Node asks for it. Throws as Node does. */
export const entriesIn = (directory: string): ReadonlyArray<DirectoryEntry> =>
  Fs.readdirSync(directory, { withFileTypes: true }).map((entry) => ({ name: entry.name, type: typeOfEntry(entry) }))

/** Packages with more files are not looked at to their end. */
const maximumFiles = 20_000

const timesIn = (directory: string): ReadonlyArray<FileTime> => {
  const files: Array<FileTime> = []
  const pending = [""]
  for (let at = pending.pop(); at !== undefined && files.length < maximumFiles; at = pending.pop()) {
    for (const entry of Fs.readdirSync(`${directory}/${at}`, { withFileTypes: true })) {
      const path = at === "" ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory() && entry.name !== "node_modules") pending.push(path)
      else if (entry.isFile() && matters(entry.name)) {
        files.push({ path, modified: Fs.statSync(`${directory}/${path}`).mtimeMs })
      }
    }
  }
  return files
}

/** The changes of the package in `directory`; `undefined` where it or the marker cannot be read. */
export const changesIn = (directory: string, { isUniform, marker }: Since): Changes | undefined => {
  try {
    return changesOf(timesIn(directory), Fs.statSync(marker).mtimeMs, isUniform)
  } catch {
    return undefined
  }
}

const sha256 = (bytes: Uint8Array): string => Crypto.createHash("sha256").update(bytes).digest("hex")

/** The answer about a file with these bytes. */
export const answerOfBytes = (bytes: Uint8Array): string => answerOfContent(bytes.length, sha256(bytes))

const blockBytes = 1_048_576

/** SHA-256 of the file's bytes in hexadecimal digits, and their number. Throws as Node does. */
export const digestOf = (path: string): { readonly sha256: string; readonly size: number } => {
  const hash = Crypto.createHash("sha256")
  const file = Fs.openSync(path, "r")
  try {
    const expected = Fs.fstatSync(file).size
    if (expected <= blockBytes) {
      const bytes = Fs.readFileSync(file)
      return { sha256: hash.update(bytes).digest("hex"), size: bytes.length }
    }
    const block = new Uint8Array(blockBytes)
    let size = 0
    for (let read = Fs.readSync(file, block); read > 0; read = Fs.readSync(file, block)) {
      hash.update(block.subarray(0, read))
      size += read
    }
    return { sha256: hash.digest("hex"), size }
  } finally {
    Fs.closeSync(file)
  }
}

/** The SHA-256 of the file's bytes, read in the background. */
export const digestLater = async (path: string): Promise<string> => {
  const hash = Crypto.createHash("sha256")
  for await (const block of Fs.createReadStream(path)) hash.update(block as Uint8Array)
  return hash.digest("hex")
}

const typeOf = (info: Fs.Stats): string =>
  info.isFile() ? "File"
    : info.isDirectory() ? "Directory"
    : info.isBlockDevice() ? "BlockDevice"
    : info.isCharacterDevice() ? "CharacterDevice"
    : info.isFIFO() ? "FIFO"
    : info.isSocket() ? "Socket"
    : "Unknown"

/** The answer about what lies at a path. */
export const answerOfInfo = (info: Fs.Stats): string =>
  answerOfStat({ type: typeOf(info), mode: info.mode, size: info.size })

/** Whether Node can see something at `path`. */
const exists = (path: string): boolean => {
  try {
    Fs.accessSync(path)
    return true
  } catch (cause) {
    if (reasonOf(cause) === "NotFound") return false
    throw cause
  }
}

const ask = ({ path, question, since }: Observation): string => {
  switch (question) {
    case "content": {
      const { sha256, size } = digestOf(path)
      return answerOfContent(size, sha256)
    }
    case "stat":
      return answerOfInfo(Fs.statSync(path))
    case "realPath":
      return Fs.realpathSync.native(path)
    case "readLink":
      return Fs.readlinkSync(path)
    case "exists":
      return String(exists(path))
    case "changes":
      return answerOf(since === undefined ? undefined : changesIn(path, since))
    case "list":
      throw new Error("Listings are asked for together")
  }
}

/** The answer of `asked`, or the one for its failure. */
const attempt = <A>(asked: () => A): A | string => {
  try {
    return asked()
  } catch (cause) {
    return answerOfFailure(reasonOf(cause))
  }
}

/** Answers as they are now. */
export const answers: Answers = {
  answer: (observation) => attempt(() => ask(observation)),
  list: (path) => attempt(() => listing(entriesIn(path), sha256))
}
