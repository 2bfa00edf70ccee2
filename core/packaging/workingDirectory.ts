/**
 * The option `workingDirectory`.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { PackageOptionsError } from "./PackageOptions.ts"
import type { PackageRoot } from "./PackageRoot.ts"

/** Absolute real path of the directory that relative paths of the code start at. */
export const workingDirectoryOf = (
  root: PackageRoot,
  written: string | undefined
): Effect.Effect<string, PackageOptionsError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (written === undefined) return root.directory
    const named = path.resolve(root.directory, written)
    const refused = (why: string): PackageOptionsError =>
      new PackageOptionsError({
        what: `The working directory ${written} cannot be used`,
        why,
        remedy: "Name a directory with the option workingDirectory, relative to the package root."
      })
    const { type } = yield* Effect.mapError(fs.stat(named), () => refused(`There is no ${named}.`))
    if (type !== "Directory") return yield* refused(`${named} is a ${type}.`)
    return yield* Effect.mapError(fs.realPath(named), ({ message }) => refused(message))
  })
