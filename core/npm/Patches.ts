/**
 * Patches that a project applies to its installed packages by itself, so that no lockfile knows of them: those of
 * patch-package (https://github.com/ds300/patch-package) and of Bun.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as JsonText from "./JsonText.ts"

const ending = ".patch"

/**
 * The package that a patch file is for, by its name: `ms+2.1.3.patch`, `@scope+name+1.0.0+001+fix.patch`,
 * `outer++inner+1.0.0.patch`, `ms@2.1.3.patch`, `@scope__name@1.0.0.patch`, `ms.patch`.
 */
export const packageOf = (file: string): string | undefined => {
  if (!file.endsWith(ending)) return undefined
  const stem = file.slice(0, -ending.length)
  const at = stem.lastIndexOf("@")
  if (!stem.includes("+")) return (at > 0 ? stem.slice(0, at) : stem).replace("__", "/")
  const [name = "", second = ""] = (stem.split("++").at(-1) ?? "").split("+")
  return name.startsWith("@") ? `${name}/${second}` : name
}

/** The directories that scripts give patch-package, and its default. */
const directoriesOf = (manifest: JsonText.JsonObject): ReadonlyArray<string> => {
  const option = "--patch-dir"
  const named = JsonText.stringMembers(manifest["scripts"]).flatMap(([, script]) => {
    const words = script.split(/\s+/)
    return words.flatMap((word, index) =>
      word === option ? words[index + 1] ?? [] : word.startsWith(`${option}=`) ? word.slice(option.length + 1) : []
    )
  })
  return ["patches", ...named]
}

/**
 * Finds the patches of the project packages in `directories` (absolute): the patch file of each patched package, relative
 * to the first of them.
 */
export const find = (
  directories: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, string>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const base = directories[0] ?? ""
    const patches = new Map<string, string>()
    const add = (name: string, file: string): void => {
      if (!patches.has(name)) patches.set(name, path.relative(base, file).split(path.sep).join("/"))
    }
    for (const directory of directories) {
      const file = path.join(directory, "package.json")
      // A broken package.json is reported by what needs it
      const manifest = yield* fs.readFileString(file).pipe(
        Effect.flatMap((text) => JsonText.parse(file, text)),
        Effect.orElseSucceed((): JsonText.JsonObject => ({}))
      )
      for (const [request, patch] of JsonText.stringMembers(manifest["patchedDependencies"])) {
        const at = request.lastIndexOf("@")
        add(at > 0 ? request.slice(0, at) : request, path.join(directory, patch))
      }
      for (const folder of directoriesOf(manifest)) {
        const at = path.resolve(directory, folder)
        const names = (yield* Effect.orElseSucceed(fs.exists(at), () => false))
          ? yield* Effect.orElseSucceed(fs.readDirectory(at), () => [])
          : []
        for (const name of [...names].sort(Order.string)) {
          const patched = packageOf(name)
          if (patched !== undefined) add(patched, path.join(at, name))
        }
      }
    }
    return patches
  })
