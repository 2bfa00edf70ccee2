/**
 * Files of the user's cache directory: whole or not there, known by a checksum on the first line. Loads nothing but Node's own
 * modules.
 */
import { createHash, randomBytes } from "node:crypto"
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync,
  type Stats, statSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"

/** `<cacheHome>/clustrix/<kind>`; `cacheHome` is `$XDG_CACHE_HOME`, by default `~/.cache`. */
export const directoryIn = (cacheHome: string | undefined, kind: string): string =>
  path.join(cacheHome ?? path.join(homedir(), ".cache"), "clustrix", kind)

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

/** When `directory` has more than `most` files of JSON, half as many are left: those that were written last. */
export const thinOut = (directory: string, most: number): void => {
  const files = readdirSync(directory).filter((name) => name.endsWith(".json")).map((name) =>
    path.join(directory, name)
  )
  if (files.length <= most) return
  const aged = files.flatMap((file) => {
    const info = statSync(file, { throwIfNoEntry: false })
    return info === undefined ? [] : [{ file, time: info.mtimeMs }]
  }).sort((a, b) => b.time - a.time)
  for (const { file } of aged.slice(most / 2)) rmSync(file, { force: true })
}
