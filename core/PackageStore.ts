/**
 * Where finished packages lie, named by their digest.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Explanation from "./Explanation.ts"

export class PackageStoreError extends Schema.TaggedError<PackageStoreError>()("PackageStoreError", {
  reason: Schema.Literal("NotWritable", "DiskFull", "NotFound", "Corrupt"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A file that is written in the store's staging place and has not yet a name. It vanishes with its scope unless committed. */
export interface Staged {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PackageStoreError>
  /** Gives the file its final `name` by an atomic rename (a file of that name is replaced) and returns its absolute path. */
  readonly commit: (name: string) => Effect.Effect<string, PackageStoreError>
}

/** A finished file of the store. */
export interface Stored {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

export class PackageStore extends Context.Tag("clustrix/PackageStore")<PackageStore, {
  /** The directory (or name of the bucket) as the user knows it. */
  readonly location: string
  readonly stage: Effect.Effect<Staged, PackageStoreError, Scope.Scope>
  readonly list: Effect.Effect<ReadonlyArray<Stored>, PackageStoreError>
  readonly remove: (name: string) => Effect.Effect<void, PackageStoreError>
}>() {}
