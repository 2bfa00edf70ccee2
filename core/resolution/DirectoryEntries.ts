/**
 * The entries of a directory together with their types, for file systems that know both at once.
 *
 * `FileSystem.readDirectory` gives names only, so that each name costs two more calls (what is it, is it a link). Where
 * this service is present the resolver needs one call per directory. It is optional: answers are the same without it.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** What a name in a directory is, links not followed. */
export type EntryType = "File" | "Directory" | "SymbolicLink" | "Other"

export interface DirectoryEntry {
  readonly name: string
  readonly type: EntryType
}

export class DirectoryEntries extends Context.Tag("clustrix/DirectoryEntries")<DirectoryEntries, {
  /** The entries of the directory at absolute `path`, in any order; fails as `FileSystem.readDirectory` does. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<DirectoryEntry>, PlatformError>
  /** Is told which name of a listed `directory` mattered, whether it was there or not; without `name`, all did. */
  readonly asked?: (directory: string, name?: string) => void
}>() {}
