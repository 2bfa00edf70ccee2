/**
 * Which files of an installed package were changed after a package manager had put them there.
 *
 * Nothing else of Clustrix reads times: they never decide what is packaged, only what is said about it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Changes, Since } from "./FileChanges.ts"

/** Optional: only file systems with times have it. */
export class FileTimes extends Context.Tag("clustrix/FileTimes")<FileTimes, {
  /**
   * The changes of the package in the absolute `directory`, without its own `node_modules`; `undefined` where the marker
   * or the directory can't be read.
   */
  readonly changes: (directory: string, since: Since) => Effect.Effect<Changes | undefined>
}>() {}
