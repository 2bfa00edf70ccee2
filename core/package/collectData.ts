/**
 * The data files of an analysed function.
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as PackageEntry from "../archive/PackageEntry.ts"
import { findUses, type Site } from "../assets/AssetUse.ts"
import { collectAssets } from "../assets/collectAssets.ts"
import * as Evaluation from "../assets/Evaluation.ts"
import type { Diagnostic } from "../Diagnostic.ts"
import { emittedPath, modulesDirectory } from "../emit/Placement.ts"
import { locate, nodeId } from "../graph/Module.ts"
import type { NodeId, Reason } from "../graph/Reason.ts"
import { ModuleResolver } from "../ModuleResolver.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import { assetEnvironment, assetReferences } from "./AssetEnvironment.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import { placements } from "./PackageRoot.ts"
import type { PreparedFile } from "./PreparedPackage.ts"

/** Directory of the data files that are found relative to the working directory. */
export const dataDirectory = "data"

export interface CollectedFile extends Omit<PreparedFile, "sizeBytes"> {
  readonly entry: PackageEntry.PackageEntry
  readonly relativeTo: "module" | "workingDirectory"
}

export interface CollectedData {
  readonly files: ReadonlyArray<CollectedFile>
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export const collectData = Effect.fn("clustrix.data")(function*(analysed: AnalysedFunction, options: PackageOptions) {
  const path = yield* Path.Path
  const resolver = yield* ModuleResolver
  const { loader, placement, reached, root } = analysed
  const workingDirectory = path.resolve(root.directory, options.workingDirectory ?? ".")
  const references = assetReferences(reached)
  const uses = findUses(Evaluation.make(assetEnvironment(loader, reached, references, workingDirectory)), references)

  const scopes = yield* Effect.forEach(reached.modules.keys(), (file) => resolver.namedScope(file))
  const collected = yield* collectAssets(uses, {
    packageRoot: root.directory,
    workingDirectory,
    include: options.include,
    unknownPaths: options.unknownPaths,
    maxFileSizeBytes: options.maxFileSizeBytes,
    otherRoots: [...new Set(scopes.flatMap((scope) => scope === undefined ? [] : [scope.directory]))],
    locate: ({ module, start }) => {
      const found = loader.loaded(module)
      return found === undefined ? undefined : locate(found, start)
    },
    isModule: (file) => reached.modules.has(file),
    keepsName: (file) => {
      const module = reached.modules.get(file)?.module
      return module !== undefined && emittedPath(placement, module) === placement(file)
    }
  })

  const place = yield* placements(
    root,
    collected.files.filter(({ relativeTo }) => relativeTo === "module").map((file) => file.path)
  )
  const reasons = new Map<NodeId, Reason>()
  const files = collected.files.map(({ because, path: file, relativeTo, site, sizeBytes }): CollectedFile => {
    const relative = path.relative(relativeTo === "module" ? root.directory : workingDirectory, file).split(path.sep)
      .join("/")
    const target = relativeTo === "module" ? `${modulesDirectory}/${place(file)}`
      : `${dataDirectory}/${relative.normalize("NFC")}`
    const node = path.relative(root.directory, file).split(path.sep).join("/")
    if (!reasons.has(node)) {
      reasons.set(node, {
        kind: site === undefined ? "include" : "data",
        from: site === undefined ? undefined : readerOf(analysed, site),
        because,
        location: site === undefined ? undefined : locateSite(analysed, site)
      })
    }
    return {
      path: target,
      source: node,
      declarations: [],
      node,
      entry: PackageEntry.file(target, file, sizeBytes),
      relativeTo
    }
  })
  return { files, reasons, diagnostics: collected.diagnostics } satisfies CollectedData
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
