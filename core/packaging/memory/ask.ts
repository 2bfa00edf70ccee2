/**
 * Asks a file system again what a packaging has observed.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Hasher } from "../../archive/Hasher.ts"
import type { DirectoryEntries, DirectoryEntry } from "../../resolution/DirectoryEntries.ts"
import * as FileChanges from "../../resolution/FileChanges.ts"
import type { FileTimes } from "../../resolution/FileTimes.ts"
import * as Observation from "./Observation.ts"

/** Where questions go. */
export interface Host {
  readonly fileSystem: FileSystem.FileSystem
  readonly entries: typeof DirectoryEntries.Service
  readonly hasher: typeof Hasher.Service
  readonly times?: typeof FileTimes.Service | undefined
}

export const contentOf = (hasher: Host["hasher"], bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(hasher.init, (hash) => {
    hash.update(bytes)
    return Observation.answerOfContent(bytes.length, hash.digest())
  })

export const listingOf = (
  hasher: Host["hasher"],
  entries: ReadonlyArray<DirectoryEntry>
): Effect.Effect<Observation.Listing> =>
  Effect.map(hasher.init, (hash) =>
    Observation.listing(entries, (bytes) => {
      hash.update(bytes)
      return hash.digest()
    }))

export const failureOf = (error: PlatformError): string =>
  Observation.answerOfFailure(error._tag === "SystemError" ? error.reason : "BadArgument")

/** A file that is read in blocks when it is asked again, in bytes. */
export const large = 4_194_304

const content = (host: Host, path: string, expected: string): Effect.Effect<string, PlatformError> =>
  Observation.sizeOf(expected) > large
    ? Effect.gen(function*() {
      const hash = yield* host.hasher.init
      let size = 0
      yield* Stream.runForEach(host.fileSystem.stream(path, { chunkSize: 1_048_576 }), (block) =>
        Effect.sync(() => {
          hash.update(block)
          size += block.length
        }))
      return Observation.answerOfContent(size, hash.digest())
    })
    : Effect.flatMap(host.fileSystem.readFile(path), (bytes) => contentOf(host.hasher, bytes))

const answer = (
  host: Host,
  { answer, path, question, since }: Observation.Observation
): Effect.Effect<string, PlatformError> => {
  switch (question) {
    case "content":
      return content(host, path, answer)
    case "stat":
      return Effect.map(host.fileSystem.stat(path), Observation.answerOfStat)
    case "realPath":
      return host.fileSystem.realPath(path)
    case "readLink":
      return host.fileSystem.readLink(path)
    case "exists":
      return Effect.map(host.fileSystem.exists(path), String)
    case "changes":
      return host.times === undefined || since === undefined
        ? Effect.succeed(FileChanges.answerOf(undefined))
        : Effect.map(host.times.changes(path, since), FileChanges.answerOf)
    case "list":
      return Effect.die(new Error("Listings are asked for together"))
  }
}

/** Questions on their way at the same time. */
const concurrency = 24

/** Whether every question would be answered as it was, by a host that may take its time. */
export const hold = (host: Host, observations: ReadonlyArray<Observation.Observation>): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    const directories = new Set(observations.flatMap(({ path, question }) => question === "list" ? [path] : []))
    const listings = new Map<string, Observation.Listing | string>()
    for (const path of directories) {
      const listed = Effect.flatMap(host.entries.list(path), (entries) => listingOf(host.hasher, entries))
      listings.set(path, yield* Effect.catchAll(listed, (error) => Effect.succeed(failureOf(error))))
    }
    return yield* Effect.forEach(
      observations,
      (observation) =>
        Effect.flatMap(
          observation.question === "list"
            ? Effect.sync(() => Observation.answerOfList(listings.get(observation.path) ?? "", observation.name))
            : Effect.catchAll(answer(host, observation), (error) => Effect.succeed(failureOf(error))),
          (now) => now === observation.answer ? Effect.void : Effect.fail("changed" as const)
        ),
      { concurrency, discard: true }
    ).pipe(Effect.match({ onFailure: () => false, onSuccess: () => true }))
  })
