/**
 * The real path of a file that a person named.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { SourceFileError } from "../modules/ModuleLoader.ts"
import * as Builtin from "../resolution/Builtin.ts"
import * as NearName from "../diagnostics/NearName.ts"

const isMissing = (cause: PlatformError): boolean => cause._tag === "SystemError" && cause.reason === "NotFound"

const unreadable = (file: string, written: string) => (cause: PlatformError): SourceFileError => {
  const circular = cause.message.includes("ELOOP")
  return new SourceFileError({
    reason: "Unreadable",
    path: file,
    what: `Cannot read ${written}`,
    why: circular ? "Its symbolic links lead in a circle." : cause.message,
    remedy: circular ? "Name the file that they are meant to lead to."
      : "Make the file and the directories above it readable for this user."
  })
}

/** The names in `directory`; none where it cannot be listed, for then there is nothing better to say. */
const namesIn = (directory: string): Effect.Effect<ReadonlyArray<string>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.readDirectory(directory), () => []))

/** `file` in the spelling of the disk: names that are equal in Unicode's normal form count as equal. */
const spelled = (
  file: string
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (yield* Effect.orElseSucceed(fs.exists(file), () => false)) return file
    const parent = path.dirname(file)
    const directory = parent === file ? undefined : yield* spelled(parent)
    if (directory === undefined) return undefined
    const wanted = path.basename(file).normalize("NFC")
    const found = (yield* namesIn(directory)).find((name) => name.normalize("NFC") === wanted)
    return found === undefined ? undefined : path.join(directory, found)
  })

const missing = (
  file: string,
  written: string
): Effect.Effect<SourceFileError, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const error = (why: string, remedy: string): SourceFileError =>
      new SourceFileError({ reason: "NotFound", path: file, what: `There is no file ${written}`, why, remedy })
    if (Builtin.fromSpecifier(written) !== undefined) {
      return error(
        `\`${written}\` is a module of the runtime itself; it has no TypeScript or JavaScript source to package.`,
        "Wrap the call in a function of your own and package that."
      )
    }
    const [near] = NearName.near(path.basename(file), yield* namesIn(path.dirname(file)))
    return error(
      `Looked for ${file}.`,
      near === undefined
        ? "Check the path; a relative one is read from the current directory."
        : `Did you mean ${path.join(path.dirname(written), near)}?`
    )
  })

/**
 * `written` is the path as the person wrote it. Symbolic links are followed; what is neither a file nor a directory is
 * refused before anything opens it, for opening a named pipe would wait for its writer.
 */
export const realFile = (
  file: string,
  written: string
): Effect.Effect<string, SourceFileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const refused = unreadable(file, written)
    const found = yield* Effect.catchAll(fs.realPath(file), (cause) =>
      Effect.gen(function*() {
        if (!isMissing(cause)) return yield* refused(cause)
        const onDisk = yield* spelled(file)
        if (onDisk === undefined) return yield* yield* missing(file, written)
        return yield* Effect.mapError(fs.realPath(onDisk), refused)
      }))
    const { type } = yield* Effect.mapError(fs.stat(found), refused)
    if (type !== "File" && type !== "Directory") {
      return yield* new SourceFileError({
        reason: "Unreadable",
        path: file,
        what: `${written} is not a regular file`,
        why: `It is a ${type}; it is never opened.`,
        remedy: "Name a TypeScript or JavaScript file."
      })
    }
    return found
  })
