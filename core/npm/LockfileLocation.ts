/**
 * Which lockfile governs a package of the project.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import picomatch from "picomatch/posix.js"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph } from "./LockGraph.ts"
import * as NpmLockfile from "./NpmLockfile.ts"

export type PackageManager = "npm" | "pnpm" | "yarn"

export interface LockfileLocation {
  readonly manager: PackageManager
  /** `package-lock.json`, ... */
  readonly name: string
  /** The directory that it describes, absolute. */
  readonly directory: string
  /** Absolute. */
  readonly path: string
}

/** In the order in which they count where one directory has several: as in npm, then the others. */
const names: ReadonlyArray<readonly [string, PackageManager]> = [
  ["npm-shrinkwrap.json", "npm"],
  ["package-lock.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"]
]

const unreadable = (path: string) => (cause: { readonly message: string }): LockfileError =>
  new LockfileError({
    reason: "Unreadable",
    what: `${path} cannot be read`,
    why: cause.message,
    remedy: "Check that the file exists and may be read.",
    cause
  })

const inDirectory = (
  directory: string
): Effect.Effect<LockfileLocation | undefined, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    for (const [name, manager] of names) {
      const path = paths.join(directory, name)
      if (yield* Effect.mapError(fs.exists(path), unreadable(path))) return { manager, name, directory, path }
    }
    return undefined
  })

/** Whether the workspaces that package.json in `root` declares include the directory `member`, relative to `root`. */
const isMember = (
  root: string,
  member: string
): Effect.Effect<boolean, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const path = paths.join(root, "package.json")
    if (!(yield* Effect.mapError(fs.exists(path), unreadable(path)))) return false
    const manifest = yield* JsonText.parse(path, yield* Effect.mapError(fs.readFileString(path), unreadable(path)))
    const workspaces = manifest["workspaces"]
    const patterns = JsonText.strings(JsonText.isObject(workspaces) ? workspaces["packages"] : workspaces) ?? []
    const clean = (pattern: string) => pattern.replace(/^\.?\//, "").replace(/\/+$/, "")
    // The last pattern that speaks of the directory decides.
    return patterns.reduce((included, pattern) =>
      pattern.startsWith("!")
        ? included && !picomatch.isMatch(member, clean(pattern.slice(1)))
        : included || picomatch.isMatch(member, clean(pattern)), false)
  })

/**
 * The lockfile of the package in `packageRoot`: the nearest one upwards, not above `workspaceRoot` (both absolute). In a
 * workspace the lockfile of the workspace's root counts, whatever lies in the member: npm and yarn do not look there.
 */
export const findLockfile = (
  packageRoot: string,
  workspaceRoot: string
): Effect.Effect<LockfileLocation | undefined, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const paths = yield* Path.Path
    const member = paths.relative(workspaceRoot, packageRoot).replaceAll("\\", "/")
    if (member !== "" && !member.startsWith("..") && (yield* isMember(workspaceRoot, member))) {
      const shared = yield* inDirectory(workspaceRoot)
      if (shared !== undefined) return shared
    }
    for (let at = packageRoot;; at = paths.dirname(at)) {
      const found = yield* inDirectory(at)
      if (found !== undefined || at === workspaceRoot || paths.dirname(at) === at) return found
    }
  })

/** Reads a lockfile; `file` is its name in messages. */
export const readLockfile = (
  location: LockfileLocation,
  file = location.name
): Effect.Effect<LockGraph, LockfileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(fs.readFileString(location.path), unreadable(file))
    switch (location.manager) {
      case "npm":
        return yield* NpmLockfile.read(file, text)
      case "pnpm":
      case "yarn":
        return yield* new LockfileError({
          reason: "UnsupportedVersion",
          what: `${file} is a lockfile of ${location.manager}, which Clustrix does not read yet`,
          why: "It reads npm's lockfiles.",
          remedy: "Run `npm install --package-lock-only` beside it, or package with dependencies \"assume\"."
        })
    }
  })
