/**
 * The npm packages of an analysed function: the pruned lock graph, or what is installed where there is no lockfile.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Diagnostic } from "../Diagnostic.ts"
import * as Explanation from "../Explanation.ts"
import { locate } from "../graph/Module.ts"
import type { NodeId, Reason } from "../graph/Reason.ts"
import * as InstalledPackages from "../npm/InstalledPackages.ts"
import { LockfileError } from "../npm/LockfileError.ts"
import { findLockfile, readLockfile } from "../npm/LockfileLocation.ts"
import { prune, type Pruned } from "../npm/Pruning.ts"
import type { Root } from "../npm/Reach.ts"
import { ModuleResolver } from "../ModuleResolver.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import type { PreparedDependency } from "./PreparedPackage.ts"

export interface CollectedDependencies {
  readonly files: ReadonlyArray<{ readonly path: string; readonly text: string; readonly because: string }>
  readonly packages: ReadonlyArray<PreparedDependency>
  /** The project's `node_modules` that holds them, absolute. */
  readonly nodeModules: string | undefined
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** A way of treating npm packages that this version does not have. */
export class DependencyModeError extends Schema.TaggedError<DependencyModeError>()("DependencyModeError", {
  mode: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
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
      because: `${module.file} imports ${JSON.stringify(specifier)}`,
      location: locate(module, offset)
    })
  }
  const [first] = imports
  if (first === undefined) {
    return { files: [], packages: [], nodeModules: undefined, reasons, diagnostics: [] } satisfies CollectedDependencies
  }
  if (options.dependencies === "vendor") {
    return yield* new DependencyModeError({
      mode: "vendor",
      what: "The packaging option dependencies: \"vendor\" does not work yet",
      location: locate(first.module, first.offset),
      why: `The function imports ${
        JSON.stringify(first.specifier)
      }, and copying installed packages into the ZIP is not built.`,
      remedy: "Use \"install\" (the default) or \"assume\"."
    })
  }
  const nodeModules = yield* installedIn(root.directory, first.resolution.name)
  if (options.dependencies === "assume") {
    const packages = new Map(imports.map(({ resolution }) => [resolution.name, {
      name: resolution.name,
      version: resolution.version ?? "",
      requiredBy: ""
    }]))
    return {
      files: [],
      packages: [...packages.values()],
      nodeModules,
      reasons,
      diagnostics: []
    } satisfies CollectedDependencies
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
  const graph = lockfile === undefined
    ? yield* InstalledPackages.fromInstalled(base, roots)
    : yield* readLockfile(lockfile)
  const pruned: Pruned = yield* prune(graph, roots)
  const renamed = pruned.roots.find(({ installedAs, root: imported }) => installedAs !== imported.name)
  if (renamed !== undefined) {
    return yield* new LockfileError({
      reason: "NotPlaceable",
      what: `The function imports ${JSON.stringify(renamed.root.name)} at two different versions`,
      location: renamed.root.location,
      why: `Workspace packages of the project lock different versions of it; here it is ${renamed.version}.`,
      remedy: "Let the workspaces agree on one version of the package."
    })
  }
  const differing = lockfile === undefined ? [] : yield* InstalledPackages.differences(base, pruned.packages)
  const because = `the function imports ${
    [...new Set(imports.map(({ resolution }) => resolution.name))].sort().join(", ")
  }`
  return {
    files: [
      { path: "package.json", text: pruned.packageJson, because },
      { path: "package-lock.json", text: pruned.lockfile, because }
    ],
    packages: pruned.packages.map(({ name, requiredBy, version }) => ({ name, version, requiredBy })),
    nodeModules,
    reasons,
    diagnostics: [...graph.diagnostics, ...pruned.diagnostics, ...differing]
  } satisfies CollectedDependencies
})

/** The nearest `node_modules` upwards from `directory` that has the package `name`. */
const installedIn = (
  directory: string,
  name: string
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (let at = directory;; at = path.dirname(at)) {
      const found = path.join(at, "node_modules")
      // A directory that cannot be read holds nothing for us
      if (yield* Effect.orElseSucceed(fs.exists(path.join(found, ...name.split("/"))), () => false)) return found
      if (path.dirname(at) === at) return undefined
    }
  })
