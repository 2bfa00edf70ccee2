/**
 * What a packaging has seen of the file system: enough to tell later whether it would see the same again.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Hash, Hasher } from "../../archive/Hasher.ts"
import * as FileTimes from "../../resolution/FileTimes.ts"
import type { DirectoryEntries, DirectoryEntry } from "../../resolution/DirectoryEntries.ts"

/** Questions to the file system whose answers can be written down. */
export type Question = "content" | "stat" | "realPath" | "readLink" | "exists" | "list" | "changes"

/** A question about an absolute path, and the answer as text: a digest, a type, a path, or why there was none. */
export interface Observation {
  readonly question: Question
  readonly path: string
  /** Of `list`: the one name that mattered; without it, all did. */
  readonly name?: string | undefined
  /** Of `changes`: since when. */
  readonly since?: FileTimes.Since | undefined
  readonly answer: string
}

/** Where questions go. */
export interface Host {
  readonly fileSystem: FileSystem.FileSystem
  readonly entries: typeof DirectoryEntries.Service
  readonly hasher: typeof Hasher.Service
  readonly times?: typeof FileTimes.FileTimes.Service | undefined
}

const encoder = new TextEncoder()

const hexadecimal = (hash: Hash, size: number): string => `${size}:${hash.digest()}`

export const answerOfContent = (hasher: Host["hasher"], bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(hasher.init, (hash) => {
    hash.update(bytes)
    return hexadecimal(hash, bytes.length)
  })

/** Times and owners say nothing about a package, and the size of a directory nothing about its names. */
export const answerOfStat = (info: FileSystem.File.Info): string =>
  `${info.type}:${info.mode}${info.type === "Directory" ? "" : `:${info.size}`}`

export const answerOfName = (listed: ReadonlyArray<DirectoryEntry>, name: string): string =>
  listed.find((entry) => entry.name === name)?.type ?? "absent"

export const answerOfListing = (
  hasher: Host["hasher"],
  listed: ReadonlyArray<DirectoryEntry>
): Effect.Effect<string> =>
  answerOfContent(hasher, encoder.encode(listed.map(({ name, type }) => `${type}/${name}`).sort().join("\0")))

export const answerOfFailure = (error: PlatformError): string =>
  `failed:${error._tag === "SystemError" ? error.reason : "BadArgument"}`

/** A file that is read in blocks when it is asked again, in bytes. */
const large = 4_194_304

const content = (host: Host, path: string, expected: string): Effect.Effect<string, PlatformError> =>
  Number.parseInt(expected) > large
    ? Effect.gen(function*() {
      const hash = yield* host.hasher.init
      let size = 0
      yield* Stream.runForEach(host.fileSystem.stream(path, { chunkSize: 1_048_576 }), (block) =>
        Effect.sync(() => {
          hash.update(block)
          size += block.length
        }))
      return hexadecimal(hash, size)
    })
    : Effect.flatMap(host.fileSystem.readFile(path), (bytes) => answerOfContent(host.hasher, bytes))

const listing = (host: Host, path: string, asked: ReadonlyArray<Observation>) =>
  Effect.flatMap(host.entries.list(path), (listed) =>
    Effect.every(asked, ({ answer, name }) =>
      Effect.map(
        name === undefined ? answerOfListing(host.hasher, listed) : Effect.succeed(answerOfName(listed, name)),
        (now) => now === answer
      )))

const ask = (host: Host, { answer, path, question, since }: Observation): Effect.Effect<string, PlatformError> => {
  switch (question) {
    case "content":
      return content(host, path, answer)
    case "stat":
      return Effect.map(host.fileSystem.stat(path), answerOfStat)
    case "realPath":
      return host.fileSystem.realPath(path)
    case "readLink":
      return host.fileSystem.readLink(path)
    case "exists":
      return Effect.map(host.fileSystem.exists(path), String)
    case "changes":
      return host.times === undefined || since === undefined
        ? Effect.succeed(FileTimes.answerOf(undefined))
        : Effect.map(host.times.changes(path, since), FileTimes.answerOf)
    case "list":
      return Effect.die(new Error("Listings are asked for together"))
  }
}

/** Questions on their way at the same time. */
const concurrency = 24

/** Whether every question would be answered as it was. */
export const hold = (host: Host, observations: ReadonlyArray<Observation>): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    const listings = new Map<string, Array<Observation>>()
    const others: Array<Observation> = []
    for (const observation of observations) {
      if (observation.question !== "list") others.push(observation)
      else {
        const known = listings.get(observation.path)
        if (known === undefined) listings.set(observation.path, [observation])
        else known.push(observation)
      }
    }
    const same = yield* Effect.forEach(listings, ([path, asked]) =>
      Effect.catchAll(
        listing(host, path, asked),
        (error) => Effect.succeed(asked.every(({ answer }) => answer === answerOfFailure(error)))
      ))
    if (same.includes(false)) return false
    return yield* Effect.forEach(
      others,
      (observation) =>
        Effect.flatMap(
          Effect.catchAll(ask(host, observation), (error) => Effect.succeed(answerOfFailure(error))),
          (answer) => answer === observation.answer ? Effect.void : Effect.fail("changed" as const)
        ),
      { concurrency, discard: true }
    ).pipe(Effect.match({ onFailure: () => false, onSuccess: () => true }))
  })
