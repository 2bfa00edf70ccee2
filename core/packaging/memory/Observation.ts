/**
 * What a packaging has seen of the file system: enough to tell later whether it would see the same again. Pure, and small: a
 * program that only asks whether anything changed loads nothing else.
 */
import type { DirectoryEntry } from "../../resolution/DirectoryEntries.ts"
import type { Since } from "../../resolution/FileChanges.ts"

/** Questions to the file system whose answers can be written down. */
export type Question = "content" | "stat" | "realPath" | "readLink" | "exists" | "list" | "changes"

/** A question about an absolute path, and the answer as text: a digest, a type, a path, or why there was none. */
export interface Observation {
  readonly question: Question
  readonly path: string
  /** Of `list`: the one name that mattered; without it, all did. */
  readonly name?: string | undefined
  /** Of `changes`: since when. */
  readonly since?: Since | undefined
  readonly answer: string
}

/** `size` bytes with this SHA-256. */
export const answerOfContent = (size: number, sha256: string): string => `${size}:${sha256}`

/** The size in bytes that an answer about a content names; `NaN` for a failure. */
export const sizeOf = (answer: string): number => Number.parseInt(answer)

/** Times and owners say nothing about a package, and the size of a directory nothing about its names. */
export const answerOfStat = (
  info: { readonly type: string; readonly mode: number; readonly size: number | bigint }
): string => `${info.type}:${info.mode}${info.type === "Directory" ? "" : `:${info.size}`}`

/** `reason`: as a `SystemError` of the platform names it. */
export const answerOfFailure = (reason: string): string => `failed:${reason}`

/** What a directory holds, as far as anybody asked. */
export interface Listing {
  /** What the name is, or `absent`. */
  readonly typeOf: (name: string) => string
  /** Stands for all names and their types. */
  readonly all: () => string
}

const encoder = new TextEncoder()

/** `digest`: the SHA-256 of bytes in hexadecimal digits. It is asked for once at most. */
export const listing = (entries: ReadonlyArray<DirectoryEntry>, digest: (bytes: Uint8Array) => string): Listing => {
  let types: Map<string, string> | undefined
  let whole: string | undefined
  return {
    typeOf: (name) => {
      types ??= new Map(entries.map((entry) => [entry.name, entry.type]))
      return types.get(name) ?? "absent"
    },
    all: () => {
      if (whole === undefined) {
        const bytes = encoder.encode(entries.map((entry) => `${entry.type}/${entry.name}`).sort().join("\0"))
        whole = answerOfContent(bytes.length, digest(bytes))
      }
      return whole
    }
  }
}

/** The answer to a question of the kind `list`. `listed`: what the directory holds, or the answer for a failure. */
export const answerOfList = (listed: Listing | string, name: string | undefined): string =>
  typeof listed === "string" ? listed : name === undefined ? listed.all() : listed.typeOf(name)

/** A host that answers at once. */
export interface Answers {
  /** The answer to a question of any kind but `list`. */
  readonly answer: (observation: Observation) => string
  /** What the directory holds, or the answer for a failure. */
  readonly list: (path: string) => Listing | string
}

/** Whether every question would be answered as it was. Each directory is listed once. */
export const hold = (observations: Iterable<Observation>, { answer, list }: Answers): boolean => {
  const listings = new Map<string, Listing | string>()
  for (const observation of observations) {
    const { path } = observation
    if (observation.question !== "list") {
      if (answer(observation) !== observation.answer) return false
      continue
    }
    let listed = listings.get(path)
    if (listed === undefined) listings.set(path, listed = list(path))
    if (answerOfList(listed, observation.name) !== observation.answer) return false
  }
  return true
}
