/**
 * Which directories below a project's root are packages of the project, as its package.json or pnpm-workspace.yaml says.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import picomatch from "picomatch/posix.js"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import * as ManagerCommands from "./ManagerCommands.ts"

type Reading<A> = Effect.Effect<A, LockfileError, FileSystem.FileSystem | Path.Path>

export const unreadable = (path: string) => (cause: { readonly message: string }): LockfileError =>
  new LockfileError({
    reason: "Unreadable",
    what: `${path} cannot be read`,
    why: cause.message,
    remedy: "Check that the file exists and may be read.",
    cause
  })

/** The text of `root/name`, `undefined` where there is no such file. */
const textOf = (root: string, name: string): Reading<string | undefined> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = (yield* Path.Path).join(root, name)
    if (!(yield* Effect.mapError(fs.exists(path), unreadable(path)))) return undefined
    return yield* Effect.mapError(fs.readFileString(path), unreadable(path))
  })

const clean = (pattern: string): string => {
  const path = pattern.replace(/^!/, "").replace(/^\.?\//, "").replace(/\/+$/, "")
  return pattern.startsWith("!") ? `!${path}` : path
}

const patternsOf = (root: string): Reading<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const paths = yield* Path.Path
    const [json, yaml] = [yield* textOf(root, "package.json"), yield* textOf(root, "pnpm-workspace.yaml")]
    const manifest = json === undefined ? {} : yield* JsonText.parse(paths.join(root, "package.json"), json)
    const workspaces = manifest["workspaces"]
    const own = JsonText.strings(JsonText.isObject(workspaces) ? workspaces["packages"] : workspaces) ?? []
    if (yaml === undefined) return own.map(clean)
    const YamlText = yield* Effect.promise(() => import("./YamlText.ts"))
    const file = paths.join(root, "pnpm-workspace.yaml")
    const { value } = yield* YamlText.parse(file, yaml, "core", ManagerCommands.pnpm)
    return [...own, ...JsonText.strings(value["packages"]) ?? []].map(clean)
  })

/** The last pattern that speaks of the directory decides. */
const includes = (patterns: ReadonlyArray<string>, member: string): boolean =>
  patterns.reduce((included, pattern) =>
    pattern.startsWith("!")
      ? included && !picomatch.isMatch(member, pattern.slice(1))
      : included || picomatch.isMatch(member, pattern), false)

/** Whether the directory `member`, relative to `root`, is a package of the project. */
export const isMember = (root: string, member: string): Reading<boolean> =>
  Effect.map(patternsOf(root), (patterns) => includes(patterns, member))

/** The directories below `directory` (relative to `root`) down to `depth`, but for node_modules, hidden ones and links. */
const below = (root: string, directory: string, depth: number): Reading<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    if (depth <= 0) return []
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const absolute = paths.join(root, directory)
    // What is no directory has none below.
    const nothing = (_: PlatformError) => Effect.succeed<ReadonlyArray<string>>([])
    const real = yield* Effect.orElseSucceed(fs.realPath(absolute), () => absolute)
    const found = yield* Effect.forEach(
      [...yield* Effect.catchAll(fs.readDirectory(absolute), nothing)].sort(),
      (name) =>
        Effect.gen(function*() {
          if (name === "node_modules" || name.startsWith(".")) return []
          const path = paths.join(absolute, name)
          const type = yield* Effect.orElseSucceed(Effect.map(fs.stat(path), (info) => info.type), () => undefined)
          if (type !== "Directory") return []
          if ((yield* Effect.orElseSucceed(fs.realPath(path), () => "")) !== paths.join(real, name)) return []
          const child = directory === "" ? name : `${directory}/${name}`
          return [child, ...yield* below(root, child, depth - 1)]
        }),
      { concurrency: 16 }
    )
    return found.flat()
  })

/** The texts of package.json of the project's root (under the empty path) and of its packages, by directory. */
export const manifests = (root: string): Reading<ReadonlyMap<string, string>> =>
  Effect.gen(function*() {
    const patterns = yield* patternsOf(root)
    const candidates = new Set([""])
    for (const pattern of patterns) {
      if (pattern.startsWith("!")) continue
      const { base, glob, isGlob } = picomatch.scan(pattern)
      if (!isGlob) candidates.add(pattern)
      else {
        const depth = glob.includes("**") ? Number.POSITIVE_INFINITY : glob.split("/").length
        for (const directory of yield* below(root, base, depth)) candidates.add(directory)
      }
    }
    const texts = new Map<string, string>()
    for (const directory of candidates) {
      if (directory !== "" && !includes(patterns, directory)) continue
      const text = yield* textOf(root, directory === "" ? "package.json" : `${directory}/package.json`)
      if (text !== undefined) texts.set(directory, text)
    }
    return texts
  })
