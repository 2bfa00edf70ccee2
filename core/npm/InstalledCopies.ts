/**
 * The directories in which the packages of a pruned tree are installed, whichever manager did it: found as Node finds
 * them, by name from where they are needed, links followed.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import * as JsonText from "./JsonText.ts"
import type { LockfileError } from "./LockfileError.ts"
import type { Pruned, PrunedPackage } from "./Pruning.ts"
import { VendorError } from "./VendorError.ts"

/** A package of the tree where it is installed. */
export interface InstalledCopy {
  readonly item: PrunedPackage
  /** Absolute, without links. */
  readonly directory: string
  /** Its package.json. */
  readonly manifest: JsonText.JsonObject
  /** The imported package that leads to it, and where the import stands. */
  readonly importedAs: string
  readonly location: SourceLocation | undefined
}

export interface InstalledCopies {
  /** In the order of the tree's places. */
  readonly copies: ReadonlyArray<InstalledCopy>
  /** Optional packages that are not installed. */
  readonly absent: ReadonlyArray<PrunedPackage>
}

/** The key under which its dependent knows the package at `path`. */
export const nameAt = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)

/**
 * Finds the directory of the package `name` as Node does, from the absolute directory `from` upwards. Nothing above `base`
 * counts, for other machines do not have that.
 */
export const findInstalled = (
  base: string,
  from: string,
  name: string
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (let at = from;; at = path.dirname(at)) {
      if (path.basename(at) !== "node_modules") {
        const place = path.join(at, "node_modules", ...name.split("/"))
        const isThere = Effect.orElseSucceed(fs.exists(path.join(place, "package.json")), () => false)
        if (yield* isThere) return place
      }
      if (at === base || path.dirname(at) === at) return undefined
    }
  })

const plugAndPlay = [".pnp.cjs", ".pnp.js", ".pnp.loader.mjs"]

/** `base` is the lockfile's directory (absolute, without links), `command` what installs what the lockfile says. */
export const locate = (
  base: string,
  { packages, roots }: Pick<Pruned, "packages" | "roots">,
  command: string
): Effect.Effect<InstalledCopies, VendorError | LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const byPath = new Map(packages.map((item) => [item.path, item]))
    const found = new Map<string, InstalledCopy | undefined>()

    const unreadable = (file: string, location: SourceLocation | undefined) => (cause: PlatformError): VendorError =>
      new VendorError({
        reason: "Unreadable",
        path: file,
        what: `${file} cannot be read`,
        location,
        why: cause.message,
        remedy: `Make it readable for this user, or install the packages again (\`${command}\`).`,
        cause
      })

    const notInstalled = (item: PrunedPackage, from: string, location: SourceLocation | undefined) =>
      Effect.gen(function*() {
        const archives = yield* Effect.findFirst(
          plugAndPlay,
          (file) => Effect.orElseSucceed(fs.exists(path.join(base, file)), () => false)
        )
        return archives._tag === "Some"
          ? new VendorError({
            reason: "PlugAndPlay",
            path: item.path,
            what: `${item.name} ${item.version} lies in an archive of Yarn's Plug'n'Play, not in node_modules`,
            location,
            why: `${archives.value} takes the place of node_modules, and there are no files to put into the package.`,
            remedy: "Write `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`."
          })
          : new VendorError({
            reason: "NotInstalled",
            path: item.path,
            what: `${item.name} ${item.version} is not installed`,
            location,
            why: `The function needs its files, and in no node_modules upwards from ${from} there is ${
              nameAt(item.path)
            }.`,
            remedy: `Run \`${command}\`.`
          })
      })

    const locateFrom = (
      item: PrunedPackage,
      from: string,
      importedAs: string,
      location: SourceLocation | undefined
    ): Effect.Effect<InstalledCopy | undefined, VendorError | LockfileError, FileSystem.FileSystem | Path.Path> =>
      Effect.gen(function*() {
        const place = yield* findInstalled(base, from, nameAt(item.path))
        if (place === undefined) {
          return item.optional ? undefined : yield* yield* notInstalled(item, from, location)
        }
        const directory = yield* Effect.mapError(fs.realPath(place), unreadable(place, location))
        const file = path.join(directory, "package.json")
        const text = yield* Effect.mapError(fs.readFileString(file), unreadable(file, location))
        const manifest = yield* JsonText.parse(file, text)
        const version = JsonText.string(manifest, "version")
        // The lockfile knows no version of a directory, and of some packages only the address
        const agrees = item.version === "" || item.version.includes(":") || item.version === version
        if (agrees) return { item, directory, manifest, importedAs, location }
        // Another package's copy further out is not this one
        const isOwn = item.directory !== undefined && path.join(base, ...item.directory.split("/")) === directory
        if (item.optional && !isOwn) return undefined
        return yield* new VendorError({
          reason: "OtherVersion",
          path: item.path,
          what: `${item.name} is installed at version ${version ?? "(none)"}, and locked at ${item.version}`,
          location,
          why: `It lies in ${directory}.`,
          remedy: `Run \`${command}\`.`
        })
      })

    const copyAt = (
      item: PrunedPackage
    ): Effect.Effect<InstalledCopy | undefined, VendorError | LockfileError, FileSystem.FileSystem | Path.Path> =>
      Effect.gen(function*() {
        if (found.has(item.path)) return found.get(item.path)
        const dependent = byPath.get(item.requiredBy)
        let copy: InstalledCopy | undefined
        if (dependent === undefined) {
          const imported = roots.find(({ installedAs }) => installedAs === nameAt(item.path))
          const from = path.join(base, ...(imported?.root.directory ?? "").split("/"))
          copy = yield* locateFrom(item, from, nameAt(item.path), imported?.root.location)
        } else {
          const holder = yield* copyAt(dependent)
          copy = holder === undefined ? undefined
            : yield* locateFrom(item, holder.directory, holder.importedAs, holder.location)
        }
        found.set(item.path, copy)
        return copy
      })

    const copies: Array<InstalledCopy> = []
    const absent: Array<PrunedPackage> = []
    for (const item of packages) {
      const copy = yield* copyAt(item)
      if (copy === undefined) absent.push(item)
      else copies.push(copy)
    }
    return { copies, absent }
  })
