/**
 * A file system that writes down what it is asked and what it answers.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { DirectoryEntries, DirectoryEntry } from "../../resolution/DirectoryEntries.ts"
import * as FileChanges from "../../resolution/FileChanges.ts"
import type { FileTimes } from "../../resolution/FileTimes.ts"
import { contentOf, failureOf, type Host, listingOf } from "./ask.ts"
import { answerOfList, answerOfStat, type Observation, type Question } from "./Observation.ts"

export interface Observed {
  readonly fileSystem: FileSystem.FileSystem
  readonly entries: typeof DirectoryEntries.Service
  readonly times: typeof FileTimes.Service | undefined
  /**
   * What was asked so far; `undefined` when it cannot be told whether the answers would be the same again: a question was
   * of another kind, or was answered in two ways.
   */
  readonly observations: Effect.Effect<ReadonlyArray<Observation> | undefined>
}

export const observe = (host: Host): Observed => {
  const seen = new Map<string, Observation>()
  const listed = new Map<string, ReadonlyArray<DirectoryEntry> | PlatformError>()
  const asked = new Map<string, Set<string> | "all">()
  let isComplete = true

  const note = (question: Question, path: string, answer: string): void => {
    const key = `${question}\0${path}`
    const known = seen.get(key)
    if (known === undefined) seen.set(key, { question, path, answer })
    else if (known.answer !== answer) isComplete = false
  }

  const noted = <A>(
    question: Question,
    path: string,
    answered: Effect.Effect<A, PlatformError>,
    text: (answer: A) => Effect.Effect<string>
  ): Effect.Effect<A, PlatformError> =>
    Effect.tapBoth(answered, {
      onFailure: (error) => Effect.sync(() => note(question, path, failureOf(error))),
      onSuccess: (answer) => Effect.map(text(answer), (now) => note(question, path, now))
    })

  const changes = new Map<string, Observation>()

  const { fileSystem, hasher, times } = host
  const readFile = (path: string): Effect.Effect<Uint8Array, PlatformError> =>
    noted("content", path, fileSystem.readFile(path), (bytes) => contentOf(hasher, bytes))

  /** Anything else that is read here makes the observations incomplete. */
  const untold = <Args extends ReadonlyArray<unknown>, A>(operation: (...args: Args) => A) => (...args: Args): A => {
    isComplete = false
    return operation(...args)
  }

  return {
    fileSystem: {
      ...fileSystem,
      readFile,
      readFileString: (path, encoding) =>
        Effect.map(readFile(path), (bytes) => new TextDecoder(encoding).decode(bytes)),
      stat: (path) => noted("stat", path, fileSystem.stat(path), (info) => Effect.succeed(answerOfStat(info))),
      realPath: (path) => noted("realPath", path, fileSystem.realPath(path), Effect.succeed),
      readLink: (path) => noted("readLink", path, fileSystem.readLink(path), Effect.succeed),
      exists: (path) => noted("exists", path, fileSystem.exists(path), (there) => Effect.succeed(String(there))),
      readDirectory: (path, options) =>
        Effect.zipRight(
          options?.recursive === true
            ? Effect.sync(() => {
              isComplete = false
            })
            : noted(
              "list",
              path,
              host.entries.list(path),
              (entries) => Effect.map(listingOf(hasher, entries), (listing) => listing.all())
            ),
          fileSystem.readDirectory(path, options)
        ),
      access: untold(fileSystem.access),
      open: untold(fileSystem.open),
      stream: untold(fileSystem.stream)
    },
    entries: {
      list: (path) =>
        Effect.tapBoth(host.entries.list(path), {
          onFailure: (error) => Effect.sync(() => void listed.set(path, error)),
          onSuccess: (entries) => Effect.sync(() => void listed.set(path, entries))
        }),
      asked: (directory, name) => {
        const names = asked.get(directory)
        if (name === undefined) asked.set(directory, "all")
        else if (names === undefined) asked.set(directory, new Set([name]))
        else if (names !== "all") names.add(name)
      }
    },
    times: times === undefined ? undefined : {
      changes: (path, since) =>
        Effect.tap(times.changes(path, since), (found) =>
          Effect.sync(() => {
            changes.set(path, { question: "changes", path, since, answer: FileChanges.answerOf(found) })
          }))
    },
    observations: Effect.gen(function*() {
      if (!isComplete) return undefined
      const all: Array<Observation> = [...seen.values(), ...changes.values()]
      for (const [path, entries] of listed) {
        const names = asked.get(path)
        const listing = isListing(entries) ? yield* listingOf(hasher, entries) : failureOf(entries)
        if (names === "all" || typeof listing === "string") {
          all.push({ question: "list", path, answer: answerOfList(listing, undefined) })
        } else {
          for (const name of names ?? []) {
            all.push({ question: "list", path, name, answer: answerOfList(listing, name) })
          }
        }
      }
      return all
    })
  }
}

const isListing = (
  listed: ReadonlyArray<DirectoryEntry> | PlatformError
): listed is ReadonlyArray<DirectoryEntry> => Array.isArray(listed)
