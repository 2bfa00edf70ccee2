/**
 * The data files of an analysed function.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as PackageEntry from "../archive/PackageEntry.ts"
import { type AssetUse, findUses, type Site } from "../data-files/AssetUse.ts"
import { collectAssets } from "../data-files/collectAssets.ts"
import * as Evaluation from "../data-files/Evaluation.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { emittedPath, modulesDirectory } from "../codegen/Placement.ts"
import { locate, nodeId } from "../modules/Module.ts"
import type { NodeId, Reason } from "../modules/Reason.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import { assetEnvironment, assetReferences } from "./AssetEnvironment.ts"
import { directoryNames } from "./directoryNames.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import { placements, take } from "./PackageRoot.ts"
import type { PreparedFile } from "./PreparedPackage.ts"
import { workingDirectoryOf } from "./workingDirectory.ts"

/** Directory of the data files that are found relative to the working directory. */
export const dataDirectory = "data"

export interface CollectedFile extends Omit<PreparedFile, "sizeBytes"> {
  readonly entry: PackageEntry.PackageEntry
  readonly relativeTo: "module" | "workingDirectory"
}

export interface CollectedData {
  readonly files: ReadonlyArray<CollectedFile>
  /** The places in the package of directories without files. Sorted. */
  readonly directories: ReadonlyArray<string>
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export const collectData = Effect.fn("clustrix.data")(function*(analysed: AnalysedFunction, options: PackageOptions) {
  const path = yield* Path.Path
  const resolver = yield* ModuleResolver
  const { loader, placement, reached, root } = analysed
  const workingDirectory = yield* workingDirectoryOf(root, options.workingDirectory)
  const names = yield* directoryNames
  const references = assetReferences(reached)
  const isModule = ({ site: { module, start } }: AssetUse): boolean =>
    analysed.asked.some((each) => each.from.path === module && each.offset === start)
  const uses = findUses(Evaluation.make(assetEnvironment(loader, reached, references, workingDirectory)), references)
    .filter((use) => !isModule(use))

  const scopes = yield* Effect.forEach(reached.modules.keys(), (file) => resolver.namedScope(file))
  const collected = yield* collectAssets(uses, {
    packageRoot: root.directory,
    workingDirectory,
    include: options.include,
    unknownPaths: options.unknownPaths,
    maxFileSizeBytes: options.maxFileSizeBytes,
    otherRoots: [...new Set(scopes.flatMap((scope) => scope === undefined ? [] : [scope.directory]))],
    names,
    locate: ({ module, start }) => {
      const found = loader.loaded(module)
      return found === undefined ? undefined : locate(found, start)
    },
    isModule: (file) => reached.modules.has(file),
    keepsName: (file) => {
      const module = reached.modules.get(file)?.module
      return module !== undefined && emittedPath(placement, module) === placement(file)
    },
    textBeside: (file) => {
      const module = reached.modules.get(file)?.module
      if (module === undefined) {
        return reached.json.get(file)?.imported === true ? `${path.basename(file)}.mjs` : undefined
      }
      const emitted = emittedPath(placement, module)
      return emitted === placement(file) ? undefined : emitted.slice(emitted.lastIndexOf("/") + 1)
    }
  })

  const place = yield* placements(
    root,
    [...collected.files, ...collected.directories].filter(({ relativeTo }) => relativeTo === "module").map((each) =>
      each.path
    )
  )
  const placeOf = (each: { readonly path: string; readonly relativeTo: "module" | "workingDirectory" }): string =>
    each.relativeTo === "module" ? `${modulesDirectory}/${place(each.path)}`
      : `${dataDirectory}/${path.relative(workingDirectory, each.path).split(path.sep).join("/").normalize("NFC")}`
  const reasons = new Map<NodeId, Reason>()
  const diagnostics = [...collected.diagnostics]
  const written = new Set(analysed.modules.map((module) => module.path))
  const taken = new Map<string, string>()
  for (const file of [...reached.modules.keys(), ...reached.json.keys()]) {
    yield* take(taken, `${modulesDirectory}/${placement(file)}`, file)
  }
  const files: Array<CollectedFile> = []
  for (const each of collected.files) {
    const target = placeOf(each)
    yield* take(taken, target, each.path)
    const source = path.relative(root.directory, each.path).split(path.sep).join("/")
    // A module's text has reasons of its own
    const node = reached.modules.has(each.path) ? target : source
    const location = each.site === undefined ? undefined : locateSite(analysed, each.site)
    if (target === typeMarker && written.has(typeMarker) && (yield* saysModule(each.path))) {
      diagnostics.push(
        new Diagnostic({
          severity: "warning",
          code: "package-type",
          what: `The code reads ${source}, and the package has another file in its place`,
          location,
          why: "It says that all modules are ES modules; CommonJS modules are in the package, too, and would not load.",
          remedy: `Read a copy of ${source} under another name.`
        })
      )
      continue
    }
    if (!reasons.has(node)) {
      reasons.set(node, {
        kind: each.site === undefined ? "include" : "data",
        from: each.site === undefined ? undefined : readerOf(analysed, each.site),
        because: each.because,
        location
      })
    }
    files.push({
      path: target,
      source,
      declarations: [],
      node,
      entry: PackageEntry.file(target, each.path, each.sizeBytes),
      relativeTo: each.relativeTo
    })
  }
  const directories = [...new Set(collected.directories.map(placeOf))].sort(Order.string)
  return { files, directories, reasons, diagnostics } satisfies CollectedData
})

/** What tells Node that names without `m` or `c` in their ending are CommonJS modules. */
const typeMarker = `${modulesDirectory}/package.json`

/** Whether the package.json at `file` makes modules of `.js`; one that cannot be read makes none. */
const saysModule = (file: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
    const value = yield* Effect.orElseSucceed(Effect.try((): unknown => JSON.parse(text)), () => undefined)
    return typeof value === "object" && value !== null && "type" in value && value.type === "module"
  })

const locateSite = ({ loader }: AnalysedFunction, { module, start }: Site) => {
  const found = loader.loaded(module)
  return found === undefined ? undefined : locate(found, start)
}

/** The declaration that the site stands in. */
const readerOf = ({ reached }: AnalysedFunction, { module, start }: Site): NodeId | undefined => {
  const found = reached.modules.get(module)?.module
  const item = found?.record.items.find(({ range: [from, to] }) => from <= start && start < to)
  return found === undefined ? undefined : item === undefined ? found.file : nodeId(found, item)
}
