/**
 * One function's packagings, remembered: whether the last one can be taken again, and what the next one sees.
 *
 * A packaging is a function of the reference, the options, the packager's own code, and what the file system answers.
 * All of these are written down. It is taken again only if each question is answered as it was (files by the digest of
 * their bytes, never by their times) and the ZIP still lies in the store, byte for byte.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { FunctionReference } from "../slicing/FunctionReference.ts"
import * as Hasher from "../archive/Hasher.ts"
import * as Manifest from "../archive/Manifest.ts"
import { FileTimes } from "../resolution/FileTimes.ts"
import * as Ask from "./memory/ask.ts"
import { FileAnswers } from "./memory/FileAnswers.ts"
import * as Observation from "./memory/Observation.ts"
import { observe } from "./memory/observe.ts"
import { PackageMemory } from "./memory/PackageMemory.ts"
import { type PackageStore, verified } from "../archive/PackageStore.ts"
import { DirectoryEntries } from "../resolution/DirectoryEntries.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import * as RememberedPackage from "./RememberedPackage.ts"

/** What a caller wants to find in the store. */
export interface Wanted {
  readonly sourceMap: boolean
}

/** A packaging that was found again, and where its files lie. */
export interface Recalled {
  readonly remembered: RememberedPackage.RememberedPackage
  readonly packagePath: string
  readonly sourceMapPath: string | undefined
}

export interface Recollection {
  /** The last packaging, if it would be the same now. Its files count as used just now. */
  readonly find: (wanted: Wanted) => Effect.Effect<Recalled | undefined, never, PackageStore>
  /** Runs a packaging whose questions to the file system are written down. */
  readonly watch: <A, E, R>(
    packaging: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, Exclude<Exclude<R, FileSystem.FileSystem>, DirectoryEntries>>
  /**
   * Remembers what was watched. `contents` are files that were read besides. Gives all that was observed; `undefined` where that
   * does not tell whether the packaging would be the same again.
   */
  readonly keep: (
    remembered: Omit<RememberedPackage.RememberedPackage, "observations">,
    contents: ReadonlyArray<Observation.Observation>
  ) => Effect.Effect<ReadonlyArray<Observation.Observation> | undefined>
}

/** `undefined` where nothing is remembered: no memory, or a file system that does not list types. */
export const make = Effect.fnUntraced(function*(reference: FunctionReference, options: PackageOptions, from: string) {
  const memory = Option.getOrUndefined(yield* Effect.serviceOption(PackageMemory))
  const entries = Option.getOrUndefined(yield* Effect.serviceOption(DirectoryEntries))
  if (memory === undefined || entries === undefined) return undefined
  const hasher = yield* Hasher.Hasher
  const times = Option.getOrUndefined(yield* Effect.serviceOption(FileTimes))
  const host: Ask.Host = { fileSystem: yield* FileSystem.FileSystem, entries, hasher, times }
  const observed = observe(host)
  const answers = Option.getOrUndefined(yield* Effect.serviceOption(FileAnswers))
  const isLarge = ({ answer, question }: Observation.Observation): boolean =>
    question === "content" && Observation.sizeOf(answer) > Ask.large
  // Large files are read in pieces between which others have their turn
  const holds = (observations: ReadonlyArray<Observation.Observation>): Effect.Effect<boolean> =>
    answers === undefined
      ? Ask.hold(host, observations)
      : Effect.suspend(() =>
        Observation.hold(observations.filter((observation) => !isLarge(observation)), answers)
          ? Ask.hold(host, observations.filter(isLarge))
          : Effect.succeed(false)
      )
  const key = yield* Hasher.digest(JSON.stringify([
    RememberedPackage.version,
    Manifest.formatVersion,
    memory.packager,
    from,
    reference,
    options
  ]))
  const recollection: Recollection = {
    find: (wanted) =>
      Effect.gen(function*() {
        const text = yield* memory.get(key)
        const remembered = text === undefined ? undefined : RememberedPackage.decode(text)
        if (remembered === undefined || !(yield* holds(remembered.observations))) return undefined
        const { sourceMap, zip } = remembered
        const [packagePath, sourceMapPath] = yield* Effect.all([
          verified(zip.fileName, zip.sha256),
          sourceMap === undefined || !wanted.sourceMap ? Effect.succeed(undefined)
            : verified(sourceMap.fileName, sourceMap.sha256)
        ], { concurrency: "unbounded" })
        const isWhole = packagePath !== undefined && (sourceMapPath !== undefined || !wanted.sourceMap)
        return isWhole ? { remembered, packagePath, sourceMapPath } : undefined
      }).pipe(Effect.provideService(Hasher.Hasher, hasher), Effect.withSpan("clustrix.recall")),
    watch: (packaging) =>
      packaging.pipe(
        Effect.provideService(FileSystem.FileSystem, observed.fileSystem),
        Effect.provideService(DirectoryEntries, observed.entries),
        (watched) => observed.times === undefined ? watched : Effect.provideService(watched, FileTimes, observed.times)
      ),
    keep: (remembered, contents) =>
      Effect.gen(function*() {
        const watched = yield* observed.observations
        if (watched === undefined) return undefined
        const observations = [...watched, ...contents]
        yield* memory.set(key, RememberedPackage.encode({ ...remembered, observations }))
        return observations
      })
  }
  return recollection
})
