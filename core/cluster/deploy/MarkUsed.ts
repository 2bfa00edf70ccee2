/**
 * What several jobs share is as old as its last use, and a clean-up goes by that.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * Makes the directory young, if it is there. To be done before looking whether it is whole: a clean-up that takes it away looks
 * at its age once more, and brings it back.
 */
export const markUsed = (directory: string): Effect.Effect<void, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const now = new Date(yield* Clock.currentTimeMillis)
    yield* Effect.ignore(fs.utimes(directory, now, now))
  })
