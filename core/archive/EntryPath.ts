/**
 * The name of an entry: a relative path that means the same file on every system.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Quotation from "../diagnostics/Quotation.ts"

/** Devices of Windows, in every folder and with every extension (Win32, "Naming Files, Paths, and Namespaces"). */
const devices: ReadonlySet<string> = new Set([
  "CON",
  "PRN",
  "AUX",
  "NUL",
  "CONIN$",
  "CONOUT$",
  ...[..."0123456789\u00b9\u00b2\u00b3"].flatMap((digit) => [`COM${digit}`, `LPT${digit}`])
])

/** Why Windows cannot hold a file of this name, or holds it under another one. */
const windowsFlaw = (segment: string): string | undefined => {
  const sign = [...segment].find((each) => "<>:\"|?*".includes(each))
  if (sign !== undefined) return `it holds \`${sign}\`, which no name on Windows can hold`
  if (segment.endsWith(".")) return "a segment ends with a dot, which Windows drops"
  if (segment.endsWith(" ")) return "a segment ends with a space, which Windows drops"
  const stem = (segment.split(".", 1)[0] ?? "").trimEnd().toUpperCase()
  return devices.has(stem) ? `\`${segment}\` is a device on Windows, whatever its extension` : undefined
}

/** What is wrong with a path, in a few words, or `undefined`. */
export const flaw = (path: string): string | undefined => {
  if (path === "") return "it is empty"
  if (/\p{Surrogate}/u.test(path)) return "it holds half of a surrogate pair, which UTF-8 cannot write"
  // oxlint-disable-next-line no-control-regex -- finding them is the point
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return "it holds a control character"
  if (path.includes("\\")) return "it holds a backslash, which separates folders on Windows"
  if (path.startsWith("/")) return "it is absolute"
  const segments = path.split("/")
  if (segments.includes("..")) return "it leaves the package by `..`"
  if (segments.includes(".")) return "it holds a `.` segment"
  if (segments.includes("")) return "it holds an empty segment"
  const foreign = segments.map(windowsFlaw).find((flaw) => flaw !== undefined)
  if (foreign !== undefined) return foreign
  if (path !== path.normalize("NFC")) return "it is not in Unicode normalisation form C"
  if (segments.some((segment) => encoder.encode(segment).length > 255)) return "a segment is longer than 255 bytes"
  if (encoder.encode(path).length > 4095) return "it is longer than 4095 bytes"
  return undefined
}

const encoder = new TextEncoder()

/** Equal for paths that some file system takes for one: letters of either case, composed or decomposed. */
export const fold = (path: string): string =>
  // oxlint-disable-next-line no-control-regex -- the printable ASCII range
  /^[ -~]*$/.test(path) ? path.toLowerCase() : path.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC")

/** A path that cannot name an entry of a package. */
export class EntryPathError extends Schema.TaggedError<EntryPathError>()("EntryPathError", {
  reason: Schema.Literal("Unsafe", "Reserved"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** How two paths come to name one file. `Directory`: one is a file where the other needs a directory. */
export type CollisionReason = "Duplicate" | "Normalization" | "CaseFolding" | "Directory"

/** Two paths that would be one file when the package is unpacked on some system. */
export class PathCollisionError extends Schema.TaggedError<PathCollisionError>()("PathCollisionError", {
  reason: Schema.Literal("Duplicate", "Normalization", "CaseFolding", "Directory"),
  first: Schema.String,
  second: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export interface Collision {
  readonly reason: CollisionReason
  readonly first: string
  readonly second: string
}

/** The first two of `paths` that collide, in the order given. Folders count too: `a/x` and `A/y` share a folder. */
export const collision = (paths: Iterable<string>): Collision | undefined => {
  const seen = new Map<string, { readonly spelling: string; readonly path: string; readonly directory: boolean }>()
  for (const path of paths) {
    for (let end = path.indexOf("/");; end = path.indexOf("/", end + 1)) {
      const directory = end !== -1
      const spelling = directory ? path.slice(0, end) : path
      const key = fold(spelling)
      const other = seen.get(key)
      if (other === undefined) seen.set(key, { spelling, path, directory })
      else if (other.spelling !== spelling) {
        const reason = other.spelling.normalize("NFC") === spelling.normalize("NFC") ? "Normalization" : "CaseFolding"
        return { reason, first: other.path, second: path }
      } else if (!directory || !other.directory) {
        return { reason: directory === other.directory ? "Duplicate" : "Directory", first: other.path, second: path }
      }
      if (!directory) break
    }
  }
  return undefined
}

const whys: Record<CollisionReason, string> = {
  Duplicate: "Both are the same path.",
  Normalization: "They differ in Unicode normalisation only: macOS and others store both under one name.",
  CaseFolding: "They differ in upper and lower case only: Windows and macOS store both under one name.",
  Directory: "One is a file where the other needs a folder."
}

/** The collision as an error. */
export const collisionError = ({ first, reason, second }: Collision): PathCollisionError =>
  new PathCollisionError({
    reason,
    first,
    second,
    what: `${Quotation.quoted(first)} and ${Quotation.quoted(second)} cannot be in one package`,
    why: whys[reason],
    remedy: reason === "Duplicate" ? "Include the file once." : "Rename one of the two."
  })
