/**
 * Directory entries with their types, in one call of Node.
 */
import * as Error from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DirectoryEntries } from "../core/resolution/DirectoryEntries.ts"
import { entriesIn, reasonOf } from "./recall/answers.ts"

/** Reads at once, not in the background. */
export const layer: Layer.Layer<DirectoryEntries> = Layer.succeed(DirectoryEntries, {
  list: (path) =>
    Effect.try({
      try: () => entriesIn(path),
      catch: (cause) =>
        new Error.SystemError({
          reason: reasonOf(cause),
          module: "FileSystem",
          method: "readDirectory",
          pathOrDescriptor: path,
          description: String(cause),
          cause
        })
    })
})
