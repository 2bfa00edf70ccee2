/**
 * The npm packages of an analysed function: the pruned lock graph, or what is installed where there is no lockfile.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as PackageEntry from "../archive/PackageEntry.ts"
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { locate } from "../modules/Module.ts"
import type { NodeId, Reason } from "../modules/Reason.ts"
import * as InstalledPackages from "../npm/InstalledPackages.ts"
import * as InstalledState from "../npm/InstalledState.ts"
import * as LockfileGaps from "../npm/LockfileGaps.ts"
import { LockfileError } from "../npm/LockfileError.ts"
import { findLockfile, type PackageManager, readLockfile } from "../npm/LockfileLocation.ts"
import { prune, type Pruned, type PrunedPackage } from "../npm/Pruning.ts"
import type { Root } from "../npm/Reach.ts"
import * as Vendoring from "../npm/Vendoring.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import type { PreparedDependency, PreparedFile } from "./PreparedPackage.ts"

export interface CollectedDependencies {
  readonly files: ReadonlyArray<{ readonly path: string; readonly text: string; readonly because: string }>
  /** The packages' own files, where they go along. */
  readonly vendored: ReadonlyArray<Omit<PreparedFile, "sizeBytes"> & { readonly entry: PackageEntry.PackageEntry }>
  readonly packages: ReadonlyArray<PreparedDependency>
  /** The project's `node_modules` that holds them, absolute. */
  readonly nodeModules: string | undefined
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** The key of an npm package in the graph of reasons. */
export const packageNode = (name: string): NodeId => `npm:${name}`

export const collectDependencies = Effect.fn("clustrix.dependencies")(function*(
  { reached, root }: AnalysedFunction,
  options: PackageOptions
) {
  const path = yield* Path.Path
  const imports = reached.externals.flatMap((request) =>
    request.resolution._tag === "Package" ? [{ ...request, resolution: request.resolution }] : []
  )
  const reasons = new Map<NodeId, Reason>()
  for (const { module, offset, resolution, specifier } of imports) {
    const node = packageNode(resolution.name)
    if (reasons.has(node)) continue
    reasons.set(node, {
      kind: "reference",
      from: module.file,
      because: `${module.file} imports ${Quotation.quoted(specifier)}`,
      location: locate(module, offset)
    })
  }
  const none = { files: [], vendored: [], packages: [], nodeModules: undefined, reasons, diagnostics: [] }
  if (imports.length === 0) return none satisfies CollectedDependencies
  const names = [...new Set(imports.map(({ resolution }) => resolution.name))]
  const nodeModules = options.dependencies === "vendor" ? undefined : yield* installedIn(root.directory, names)
  if (options.dependencies === "assume") {
    const packages = new Map(imports.map(({ resolution }) => [resolution.name, {
      name: resolution.name,
      version: resolution.version ?? "",
      requiredBy: ""
    }]))
    return { ...none, packages: [...packages.values()], nodeModules } satisfies CollectedDependencies
  }

  const resolver = yield* ModuleResolver
  const workspace = (yield* resolver.projectRoot(reached.entry.module.path)) ?? root.directory
  const lockfile = yield* findLockfile(root.directory, workspace)
  const base = lockfile === undefined ? workspace : path.dirname(lockfile.path)
  const roots = imports.map(({ module, offset, resolution }): Root => ({
    name: resolution.name,
    directory: path.relative(base, path.dirname(module.path)).split(path.sep).join("/"),
    location: locate(module, offset)
  }))
  const whole = lockfile === undefined
    ? yield* InstalledPackages.fromInstalled(base, roots)
    : yield* readLockfile(lockfile)
  const isVendored = options.dependencies === "vendor"
  const graph = isVendored ? Vendoring.graphOfFiles(whole) : whole
  const pruned: Pruned = yield* Effect.mapError(
    prune(graph, roots),
    (error) => isVendored ? Vendoring.errorOf(error) : error
  )
  const renamed = pruned.roots.find(({ installedAs, root: imported }) => installedAs !== imported.name)
  if (renamed !== undefined) {
    return yield* new LockfileError({
      reason: "NotPlaceable",
      what: `The function imports ${Quotation.quoted(renamed.root.name)} at two different versions`,
      location: renamed.root.location,
      why: `Workspace packages of the project lock different versions of it; here it is ${renamed.version}.`,
      remedy: "Let the workspaces agree on one version of the package."
    })
  }
  if (isVendored) {
    const { diagnostics, files, locked, packages } = yield* Vendoring.vendor({
      base,
      graph,
      pruned,
      command: installCommands[lockfile?.manager ?? "none"],
      maxFileSizeBytes: options.maxFileSizeBytes
    })
    const vendored = files.map(({ copy, file, path: place, sizeBytes }) => {
      const target = `vendor/${place}`
      const { item } = copy
      const dependent = item.requiredBy.split("node_modules/").at(-1)
      reasons.set(target, {
        kind: "reference",
        from: packageNode(copy.importedAs),
        because: `it belongs to ${item.name} ${item.version}${
          dependent === "" ? "" : `, which ${dependent} depends on`
        }`,
        location: copy.location
      })
      return {
        path: target,
        source: path.relative(root.directory, file).split(path.sep).join("/"),
        declarations: [],
        node: target,
        entry: PackageEntry.file(target, file, sizeBytes)
      }
    })
    return {
      ...none,
      vendored,
      packages: packages.map(dependencyOf),
      diagnostics: [...LockfileGaps.refine(Vendoring.remarksOf(pruned), locked), ...diagnostics]
    } satisfies CollectedDependencies
  }
  const installed = yield* InstalledState.inspect({
    base,
    packages: pruned.packages,
    manager: lockfile?.manager,
    projectDirectory: root.directory
  })
  const because = `the function imports ${[...names].sort().join(", ")}`
  return {
    ...none,
    files: [
      { path: "package.json", text: pruned.packageJson, because },
      { path: "package-lock.json", text: pruned.lockfile, because }
    ],
    packages: pruned.packages.map(dependencyOf),
    nodeModules,
    diagnostics: [...LockfileGaps.refine(pruned.diagnostics, installed.locked), ...installed.diagnostics]
  } satisfies CollectedDependencies
})

const dependencyOf = ({ name, requiredBy, version }: PrunedPackage): PreparedDependency => ({
  name,
  version,
  requiredBy
})

/** What installs exactly what the lockfile says. */
const installCommands: Readonly<Record<PackageManager | "none", string>> = {
  npm: "npm ci",
  pnpm: "pnpm install --frozen-lockfile",
  yarn: "yarn install",
  none: "npm install"
}

/** The nearest `node_modules` upwards from `directory` with all of the packages `names`, else the nearest with the first. */
const installedIn = (
  directory: string,
  names: ReadonlyArray<string>
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    let partly: string | undefined
    for (let at = directory;; at = path.dirname(at)) {
      const found = path.join(at, "node_modules")
      // A directory that cannot be read holds nothing for us
      const has = (name: string) => Effect.orElseSucceed(fs.exists(path.join(found, ...name.split("/"))), () => false)
      if (yield* Effect.every(names, has)) return found
      const [first = ""] = names
      if (partly === undefined && (yield* has(first))) partly = found
      if (path.dirname(at) === at) return partly
    }
  })
