/**
 * The names in directories, as the search for misspelt paths asks for them.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as PathSpelling from "../data-files/PathSpelling.ts"
import { DirectoryEntries } from "../resolution/DirectoryEntries.ts"

/** Lists each directory once; only names that are looked for count for what is remembered of this packaging. */
export const directoryNames: Effect.Effect<PathSpelling.Names, never, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const typed = Option.getOrUndefined(yield* Effect.serviceOption(DirectoryEntries))
  const known = new Map<string, ReadonlyArray<string> | undefined>()
  const list = (directory: string): Effect.Effect<ReadonlyArray<string> | undefined> =>
    Effect.orElseSucceed(
      typed === undefined
        ? fs.readDirectory(directory)
        : Effect.map(typed.list(directory), (entries) => entries.map(({ name }) => name)),
      // It may be entered all the same; then the file system alone decides about names
      () => undefined
    )
  return (directory, wanted) =>
    Effect.gen(function*() {
      if (!known.has(directory)) known.set(directory, yield* list(directory))
      const names = known.get(directory)
      typed?.asked?.(directory, names?.includes(wanted) === true ? wanted : undefined)
      return names
    })
})
