/**
 * Removes what interrupted deployments left on this host long ago. Done by whoever puts something new there.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as StateFolders from "./StateFolders.ts"

/** An upload may be continued, and a slow one touches its file all the time. */
const keptMillis = 7 * 86_400_000

/**
 * Uploads, staging directories and temporary files that nobody has touched for a week. Never a package, npm packages, a runtime or a
 * tool. What cannot be removed stays: somebody else may be removing it, and a clean-up says so.
 */
export const sweepLeftovers = (
  stateDirectory: string
): Effect.Effect<void, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const limit = (yield* Clock.currentTimeMillis) - keptMillis
    for (const folder of StateFolders.folders) {
      const directory = path.join(stateDirectory, folder.folder)
      const names = yield* Effect.orElseSucceed(fs.readDirectory(directory), () => [])
      for (const name of names) {
        const kind = StateFolders.kindOf(folder, name)
        if (kind !== "leftover" && kind !== "upload") continue
        const place = path.join(directory, name)
        const touched = yield* Effect.map(Effect.option(fs.stat(place)), Option.flatMap(({ mtime }) => mtime))
        if (Option.isNone(touched) || touched.value.getTime() > limit) continue
        yield* Effect.ignore(fs.remove(place, { recursive: true, force: true }))
      }
    }
  })
