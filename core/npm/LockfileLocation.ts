/**
 * Which lockfile governs a package of the project.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Quotation from "../diagnostics/Quotation.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph } from "./LockGraph.ts"
import * as NpmLockfile from "./NpmLockfile.ts"
import * as Workspaces from "./Workspaces.ts"

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

const inDirectory = (
  directory: string
): Effect.Effect<LockfileLocation | undefined, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    for (const [name, manager] of names) {
      const path = paths.join(directory, name)
      if (yield* Effect.mapError(fs.exists(path), Workspaces.unreadable(path))) {
        return { manager, name, directory, path }
      }
    }
    return undefined
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
    if (member !== "" && !member.startsWith("..") && (yield* Workspaces.isMember(workspaceRoot, member))) {
      const shared = yield* inDirectory(workspaceRoot)
      if (shared !== undefined) return shared
    }
    for (let at = packageRoot;; at = paths.dirname(at)) {
      const found = yield* inDirectory(at)
      if (found !== undefined || at === workspaceRoot || paths.dirname(at) === at) return found
    }
  })

/** As in npm: of a published name, and of a version. A version may be an address, too. */
const mostNameCharacters = 214
const mostVersionCharacters = 256
const mostAddressCharacters = 2048

/** The graph, if its packages are called what packages can be called: both are shown, and written into packages. */
const checked = (graph: LockGraph): Effect.Effect<LockGraph, LockfileError> => {
  for (const { id, name, version } of graph.nodes.values()) {
    const mostCharacters = /[:/]/.test(version) ? mostAddressCharacters : mostVersionCharacters
    const flaw = name.length > mostNameCharacters || Quotation.visible(name) !== name
      ? `No package has the name ${Quotation.quoted(name)}.`
      : version.length > mostCharacters || Quotation.visible(version) !== version
      ? `No package has the version ${Quotation.quoted(version)}.`
      : undefined
    if (flaw !== undefined) {
      return new LockfileError({
        reason: "InvalidEntry",
        what: `The entry ${Quotation.quoted(id)} of ${graph.file} cannot be read`,
        why: flaw,
        remedy: "Have the lockfile written anew."
      })
    }
  }
  return Effect.succeed(graph)
}

/** Reads a lockfile; `file` is its name in messages. Of the readers only the one that is needed is loaded. */
export const readLockfile = (
  location: LockfileLocation,
  file = location.name
): Effect.Effect<LockGraph, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(fs.readFileString(location.path), Workspaces.unreadable(file))
    switch (location.manager) {
      case "npm":
        return yield* NpmLockfile.read(file, text)
      case "pnpm": {
        const PnpmLockfile = yield* Effect.promise(() => import("./PnpmLockfile.ts"))
        return yield* PnpmLockfile.read(file, text)
      }
      case "yarn": {
        const YarnLockfile = yield* Effect.promise(() => import("./YarnLockfile.ts"))
        return yield* YarnLockfile.read(file, text, yield* Workspaces.manifests(location.directory))
      }
    }
  }).pipe(Effect.flatMap(checked))
