/**
 * What is installed in node_modules, in place of a lockfile where there is none.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { Importer, LockGraph } from "./LockGraph.ts"
import * as NpmLockfile from "./NpmLockfile.ts"
import * as PackageBin from "./PackageBin.ts"
import * as PackageSource from "./PackageSource.ts"
import * as PackageTree from "./PackageTree.ts"
import type { Root } from "./Reach.ts"

/** The tree under one directory; paths are relative to it, `/` between their parts. */
const open = (rootDirectory: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const unreadable = (path: string) => (cause: PlatformError): LockfileError =>
      new LockfileError({
        reason: "Unreadable",
        what: `${path} cannot be read`,
        why: cause.message,
        remedy: "Check that the file may be read, or install the packages again.",
        cause
      })
    const root = yield* Effect.mapError(fs.realPath(rootDirectory), unreadable(rootDirectory))
    const exists = (path: string) => Effect.mapError(fs.exists(paths.join(root, path)), unreadable(path))
    return {
      exists,
      /** The object in the JSON file at `path`, `undefined` where there is no such file. */
      manifest: (path: string) =>
        Effect.gen(function*() {
          if (!(yield* exists(path))) return undefined
          const text = yield* Effect.mapError(fs.readFileString(paths.join(root, path)), unreadable(path))
          return yield* JsonText.parse(path, text)
        }),
      /** `path` without symbolic links. */
      real: (path: string) =>
        Effect.map(
          Effect.mapError(fs.realPath(paths.join(root, path)), unreadable(path)),
          (real) => paths.relative(root, real).replaceAll("\\", "/")
        )
    }
  })

type Installed = Effect.Effect.Success<ReturnType<typeof open>>

const hasInstallScript = (
  installed: Installed,
  place: string,
  manifest: JsonText.JsonObject
): Effect.Effect<boolean, LockfileError> => {
  const scripts = manifest["scripts"]
  const names = JsonText.isObject(scripts) ? Object.keys(scripts) : []
  if (names.some((name) => name === "preinstall" || name === "install" || name === "postinstall")) {
    return Effect.succeed(true)
  }
  return manifest["gypfile"] === false ? Effect.succeed(false) : installed.exists(`${place}/binding.gyp`)
}

const entryFrom = (
  installed: Installed,
  place: string,
  manifest: JsonText.JsonObject,
  inBundle: boolean
): Effect.Effect<PackageTree.TreeEntry, LockfileError> =>
  Effect.gen(function*() {
    const name = JsonText.string(manifest, "name") ?? PackageTree.installedName(place)
    const version = JsonText.string(manifest, "version")
    if (version === undefined && place.includes("node_modules/")) {
      return yield* new LockfileError({
        reason: "InvalidEntry",
        what: `${place}/package.json has no version`,
        why: "An installed package has one.",
        remedy: "Install the packages again."
      })
    }
    return {
      name,
      version: version ?? "",
      source: place.includes("node_modules/") ? PackageSource.registry : undefined,
      resolved: undefined,
      integrity: undefined,
      requirements: NpmLockfile.requirementsOf(manifest),
      os: JsonText.strings(manifest["os"]),
      cpu: JsonText.strings(manifest["cpu"]),
      libc: JsonText.strings(manifest["libc"]),
      engines: manifest["engines"] ?? undefined,
      bin: PackageBin.normalised(name, manifest["bin"]),
      hasInstallScript: yield* hasInstallScript(installed, place, manifest),
      optional: false,
      inBundle
    }
  })

const bundledNames = (manifest: JsonText.JsonObject): ReadonlyArray<string> => {
  const names = manifest["bundleDependencies"] ?? manifest["bundledDependencies"]
  return names === true
    ? JsonText.stringMembers(manifest["dependencies"]).map(([name]) => name)
    : JsonText.strings(names) ?? []
}

const parentOf = (directory: string): string => directory.slice(0, Math.max(0, directory.lastIndexOf("/")))

/** Where `name` lies as seen from `directory`: the place before and after following symbolic links. */
const findPackage = (installed: Installed, directory: string, name: string) =>
  Effect.gen(function*() {
    for (let at = directory;; at = parentOf(at)) {
      if (at !== "node_modules" && !at.endsWith("/node_modules")) {
        const place = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`
        if (yield* installed.exists(`${place}/package.json`)) return { place, real: yield* installed.real(place) }
      }
      if (at === "" || at === ".." || at.endsWith("/..")) return undefined
    }
  })

/** Lockfiles that are not read. */
const foreignLockfiles = ["bun.lock", "bun.lockb"]

/** `isBound`: some package, or one that it may have elsewhere, is made for a platform. */
const noLockfile = (isBound: boolean, foreign: string | undefined): Diagnostic =>
  new Diagnostic({
    severity: isBound ? "warning" : "info",
    code: "no-lockfile",
    what: `${
      foreign === undefined ? "The project has no lockfile" : `Clustrix does not read ${foreign}`
    }: its npm packages are taken at the versions that are installed here`,
    why: isBound
      ? "There are no integrity hashes, and packages for other platforms than this one are left out."
      : "There are no integrity hashes.",
    remedy: "Run `npm install --package-lock-only`."
  })

/**
 * The graph of what is installed under `rootDirectory` (absolute) and can be reached from `roots`: exact versions,
 * no integrity hashes, no packages of other platforms, and a warning that says so.
 */
export const fromInstalled = (
  rootDirectory: string,
  roots: ReadonlyArray<Root>
): Effect.Effect<LockGraph, LockfileError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const installed = yield* open(rootDirectory)
    const entries = new Map<string, PackageTree.TreeEntry>()
    const links = new Map<string, string>()
    const importers = new Map<string, Importer>()
    const bundles = new Map<string, ReadonlyArray<string>>()
    const pending: Array<{
      readonly directory: string
      readonly name: string
      readonly bundler: string | undefined
      readonly isOptional: boolean
    }> = []
    let isBound = false

    for (const root of roots) {
      pending.push({ directory: root.directory, name: root.name, bundler: undefined, isOptional: false })
      for (let at = root.directory;; at = parentOf(at)) {
        if (importers.has(at)) break
        const manifest = yield* installed.manifest(at === "" ? "package.json" : `${at}/package.json`)
        if (manifest !== undefined) {
          importers.set(at, NpmLockfile.importerFrom(at, manifest))
          break
        }
        if (at === "") break
      }
    }
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const found = yield* findPackage(installed, next.directory, next.name)
      if (found === undefined) {
        isBound ||= next.isOptional
        continue
      }
      if (found.place !== found.real) links.set(found.place, found.real)
      if (entries.has(found.real)) continue
      const manifest = yield* installed.manifest(`${found.real}/package.json`)
      if (manifest === undefined) continue
      // In a bundle is what its bundler names, and what lies with that for the sake of it.
      const inside = next.bundler !== undefined && found.real.startsWith(`${next.bundler}/node_modules/`)
      const named = bundles.get(next.directory)?.includes(next.name) === true &&
        found.real === `${next.directory}/node_modules/${next.name}`
      entries.set(found.real, yield* entryFrom(installed, found.real, manifest, inside || named))
      isBound ||= ["os", "cpu", "libc"].some((key) => manifest[key] !== undefined)
      const bundler = inside ? next.bundler : named ? next.directory : undefined
      bundles.set(found.real, bundledNames(manifest))
      for (const requirement of entries.get(found.real)?.requirements ?? []) {
        const isOptional = requirement.kind === "optional"
        pending.push({ directory: found.real, name: requirement.name, bundler, isOptional })
      }
    }
    const foreign = yield* Effect.findFirst(foreignLockfiles, installed.exists)
    return PackageTree.toGraph({
      file: "node_modules",
      entries,
      links,
      importers,
      inferOptional: false,
      locate: () => undefined,
      diagnostics: [noLockfile(isBound, Option.getOrUndefined(foreign))]
    })
  })
