/**
 * The real path of a file that a person named.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { SourceFileError } from "../graph/ModuleLoader.ts"

/** `written` is the path as the person wrote it. Symbolic links are followed. */
export const realFile = (
  file: string,
  written: string
): Effect.Effect<string, SourceFileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.mapError(fs.realPath(file), (cause) => {
      const missing = cause._tag === "SystemError" && cause.reason === "NotFound"
      return new SourceFileError({
        reason: missing ? "NotFound" : "Unreadable",
        path: file,
        what: missing ? `There is no file ${written}` : `Cannot read ${written}`,
        why: missing ? `Looked for ${file}.` : cause.message,
        remedy: "Check the path; a relative one is read from the current directory."
      })
    })
  })
