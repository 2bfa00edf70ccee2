/**
 * Commands that were run before, answered again before anything is loaded: what they printed, as long as everything that they
 * saw is as it was. What a command prints is a function of its words, its working directory, the environment, the terminal, the
 * program's own code, and the files that it asked for; all of these are written down. In any doubt the command runs. Loads nothing but
 * Node's own modules.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { isatty } from "node:tty"
import { hold, type Observation } from "../../core/packaging/memory/Observation.ts"
import * as CacheFile from "../CacheFile.ts"
import { answers, digestOf } from "./answers.ts"

/** Digest of the sources that this build was made from; not there when the sources themselves run. */
declare const __CLUSTRIX_BUILD__: string | undefined

/** What a command printed. */
export interface Printed {
  /** On standard output: the pieces between which the present time stands, as JSON has it. */
  readonly output: ReadonlyArray<string>
  /** Lines on standard error. */
  readonly notes: ReadonlyArray<string>
}

/** A finished command. */
export interface Remembered extends Printed {
  readonly observations: ReadonlyArray<Observation>
  /** Files that it wrote, which must still be there, with the SHA-256 of their bytes. */
  readonly written: ReadonlyArray<{ readonly path: string; readonly sha256: string }>
}

/** Bumped whenever the form of the text changes. */
const version = 1

/** Commands whose output can be remembered. */
const remembering: ReadonlySet<string | undefined> = new Set(["package"])

/** More files than this are thinned out to half. */
const maximumFiles = 512

const directory = (): string => CacheFile.directoryIn(process.env["XDG_CACHE_HOME"] || undefined, "commands")

/** Names the command of this process; `undefined` where nothing is remembered: the sources of the program may change. */
const fileName = (words: ReadonlyArray<string>): string | undefined => {
  if (typeof __CLUSTRIX_BUILD__ === "undefined" || !remembering.has(words[0])) return undefined
  const { env, execArgv, execPath } = process
  const terminals = [1, 2].map((descriptor) => isatty(descriptor))
  const all = [
    version,
    __CLUSTRIX_BUILD__,
    process.version,
    execPath,
    execArgv,
    process.cwd(),
    process.getuid?.(),
    process.umask(),
    terminals,
    words,
    Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1)
  ]
  return `${Crypto.createHash("sha256").update(JSON.stringify(all)).digest("hex")}.json`
}

/** Whether the file holds these bytes; if so, it counts as used just now. */
const isThere = ({ path, sha256 }: Remembered["written"][number]): boolean => {
  if (digestOf(path).sha256 !== sha256) return false
  const now = Date.now() / 1000
  Fs.utimesSync(path, now, now)
  return true
}

/** What the command of this process would print, if it is known without running it. `words`: the words after the program's name. */
export const recall = (words: ReadonlyArray<string>): Printed | undefined => {
  const name = fileName(words)
  if (name === undefined) return undefined
  const text = CacheFile.read(Path.join(directory(), name))
  if (text === undefined) return undefined
  try {
    // Only `remember` writes such a text, which its checksum and its owner tell
    const { notes, observations, output, written } = JSON.parse(text) as Remembered
    return hold(observations, answers) && written.every(isThere) ? { notes, output } : undefined
  } catch {
    // A file that is gone, or cannot be read: the command says what is the matter
    return undefined
  }
}

/** Remembers what the command of this process printed, and what it rests on. `written`: paths of the files that it wrote. */
export const remember = (
  words: ReadonlyArray<string>,
  { notes, observations, output, written }: Printed & Pick<Remembered, "observations"> & {
    readonly written: ReadonlyArray<string>
  }
): void => {
  const name = fileName(words)
  if (name === undefined) return
  let remembered: Remembered
  try {
    const files = written.map((path) => ({ path, sha256: digestOf(path).sha256 }))
    remembered = { notes, observations, output, written: files }
  } catch {
    // Another process has cleaned up meanwhile
    return
  }
  if (CacheFile.write(directory(), JSON.stringify(remembered), () => name)) {
    CacheFile.thinOut(directory(), maximumFiles)
  }
}

/** What was printed on standard output, as of now. */
export const outputNow = ({ output }: Pick<Printed, "output">): string => output.join(JSON.stringify(new Date()))
