/**
 * An entry's way into the archive in two passes: what its header must say, then its bytes.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Hasher from "./Hasher.ts"
import * as Crc32 from "./Crc32.ts"
import * as Deflation from "./Deflation.ts"
import * as EntryMode from "./EntryMode.ts"
import * as PackageEntry from "./PackageEntry.ts"
import type { EntryHeader, ZipWriter } from "./ZipWriter.ts"

/** What the first pass found. */
export interface Surveyed extends EntryHeader {
  readonly sha256: string
  readonly content: PackageEntry.Content
  /** The deflated bytes, where they are at hand and worth their memory. */
  readonly deflated: Uint8Array | undefined
}

/** Small files, and what small entries deflate to, are kept from the first pass to the second up to this many bytes in all. */
const keepBytes = 32 * 1_048_576

/**
 * What was found of entries in memory, by their paths, for whoever packages again and again: most entries are then the same,
 * Clustrix's own at least. It holds the entries of the last package only.
 */
export class SurveyMemory {
  #last = new Map<string, Surveyed>()
  #next = new Map<string, Surveyed>()

  /** A new package begins: what the last one did not have is forgotten. */
  begin(): void {
    this.#last = this.#next
    this.#next = new Map()
  }

  find(path: string, bytes: Uint8Array): Surveyed | undefined {
    const known = this.#last.get(path)
    if (known?.content._tag !== "Bytes") return undefined
    const { bytes: before } = known.content
    if (before.length !== bytes.length) return undefined
    for (let index = 0; index < before.length; index += 1) if (before[index] !== bytes[index]) return undefined
    this.#next.set(path, known)
    return known
  }

  keep(surveyed: Surveyed): void {
    if (surveyed.content._tag === "Bytes") this.#next.set(surveyed.path, surveyed)
  }
}

/** The first pass, for one package after another's entries: it counts what it keeps. */
export const make = (hasher: typeof Hasher.Hasher.Service, memory?: SurveyMemory) => {
  memory?.begin()
  let kept = 0
  const keep = (bytes: Uint8Array): boolean => {
    if (kept + bytes.length > keepBytes) return false
    kept += bytes.length
    return true
  }
  return (
    { content, path }: PackageEntry.PackageEntry
  ): Effect.Effect<
    Surveyed,
    PackageEntry.FileChangedError | PackageEntry.EntryReadError,
    FileSystem.FileSystem
  > =>
    Effect.gen(function*() {
      const known = content._tag === "Bytes" ? memory?.find(path, content.bytes) : undefined
      if (known !== undefined) return known
      const sizeBytes = PackageEntry.sizeBytes(content)
      const hash = yield* hasher.init
      let method: EntryHeader["method"] = "store"
      let mode: EntryMode.EntryMode = "0644"
      let crc32 = 0
      let deflated: Uint8Array | undefined
      let source = content
      let first = true
      yield* PackageEntry.forEachBlock(path, content, (block) =>
        Effect.sync(() => {
          hash.update(block)
          if (first) {
            first = false
            mode = EntryMode.fromHead(block.subarray(0, EntryMode.headBytes))
            const chunk = block.subarray(0, Deflation.chunkBytes)
            const trial = Deflation.deflate(chunk)
            method = Deflation.method(chunk, trial)
            if (content._tag === "File" && block.length === sizeBytes && keep(block)) {
              source = { _tag: "Bytes", bytes: block }
            }
            if (method === "deflate" && chunk.length === sizeBytes && keep(trial)) deflated = trial
          }
          if (method === "store") crc32 = Crc32.update(crc32, block)
        }))
      const surveyed = { path, mode, method, sizeBytes, crc32, sha256: hash.digest(), content: source, deflated }
      if (content._tag === "Bytes") memory?.keep(surveyed)
      return surveyed
    })
}

/** The second pass: appends the entry to the archive, and makes sure that a file still is what the first pass saw. */
export const write = <E>(
  writer: ZipWriter<E>,
  entry: Surveyed,
  hasher: typeof Hasher.Hasher.Service
): Effect.Effect<
  void,
  E | PackageEntry.FileChangedError | PackageEntry.EntryReadError,
  FileSystem.FileSystem
> =>
  Effect.gen(function*() {
    const { content, deflated, path } = entry
    writer.begin(entry)
    if (content._tag === "File") {
      const hash = yield* hasher.init
      yield* PackageEntry.forEachBlock(path, content, (block) =>
        Effect.suspend(() => {
          hash.update(block)
          writer.push(block)
          // A stored block is still the reading buffer.
          return entry.method === "store" ? writer.flush : writer.drain
        }))
      if (hash.digest() !== entry.sha256) return yield* PackageEntry.contentChanged(path, content)
    } else if (deflated !== undefined) writer.pushDeflated(content.bytes, deflated)
    else {
      yield* PackageEntry.forEachBlock(path, content, (block) =>
        Effect.suspend(() => {
          writer.push(block)
          return writer.drain
        }))
    }
    writer.end()
    yield* writer.drain
  })
