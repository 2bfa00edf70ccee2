/**
 * Files of the user's cache directory: whole or not there, known by a checksum on the first line.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { createHash, randomBytes } from "node:crypto"
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, type Stats,
  writeFileSync } from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"

/** `$XDG_CACHE_HOME/clustrix/<kind>`, by default `~/.cache/clustrix/<kind>`. */
export const directory = (kind: string): Effect.Effect<string> =>
  Effect.orDie(Effect.map(
    Config.option(Config.nonEmptyString("XDG_CACHE_HOME")),
    (cache) => path.join(Option.getOrElse(cache, () => path.join(homedir(), ".cache")), "clustrix", kind)
  ))

const checksum = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Whether nobody but this user can have written the file. Windows has neither owners as numbers nor modes. */
const isOwn = ({ mode, uid }: Stats): boolean => {
  const user = process.getuid?.()
  return user === undefined || (uid === user && (mode & 0o022) === 0)
}

/** What {@link write} wrote; nothing for a file that is damaged, gone, or another user's to write. */
export const read = (file: string): string | undefined => {
  let handle: number | undefined
  try {
    handle = openSync(file, "r")
    if (!isOwn(fstatSync(handle))) return undefined
    const text = readFileSync(handle, "utf8")
    const end = text.indexOf("\n")
    const body = text.slice(end + 1)
    return checksum(body) === text.slice(0, end) ? body : undefined
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** Step by step: Node's recursive mkdir never ends where a parent refuses the entry (/proc). */
const makeDirectory = (directory: string): void => {
  if (existsSync(directory)) return
  makeDirectory(path.dirname(directory))
  mkdirSync(directory, { mode: 0o700 })
}

/**
 * Writes `body` into `directory` under `name`, or a name that is made from the checksum. A cache that cannot be written is
 * no reason to fail: `false` says so.
 */
export const write = (directory: string, body: string, name: (sum: string) => string): boolean => {
  const sum = checksum(body)
  const temporary = path.join(directory, `${randomBytes(8).toString("hex")}.tmp`)
  try {
    makeDirectory(directory)
    writeFileSync(temporary, `${sum}\n${body}`, { mode: 0o600 })
    renameSync(temporary, path.join(directory, name(sum)))
    return true
  } catch {
    rmSync(temporary, { force: true })
    return false
  }
}
