/**
 * The data files of an analysed function.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PackageEntry from "../archive/PackageEntry.ts"
import { findUses, type Site } from "../assets/AssetUse.ts"
import { collectAssets } from "../assets/collectAssets.ts"
import * as Evaluation from "../assets/Evaluation.ts"
import type * as PathSpelling from "../assets/PathSpelling.ts"
import type { Diagnostic } from "../Diagnostic.ts"
import { emittedPath, modulesDirectory } from "../emit/Placement.ts"
import { locate, nodeId } from "../graph/Module.ts"
import type { NodeId, Reason } from "../graph/Reason.ts"
import { ModuleResolver } from "../ModuleResolver.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import { assetEnvironment, assetReferences } from "./AssetEnvironment.ts"
import { DirectoryEntries } from "../resolve/DirectoryEntries.ts"
import { type PackageOptions, PackageOptionsError } from "./PackageOptions.ts"
import { type PackageRoot, placements } from "./PackageRoot.ts"
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
  const workingDirectory = yield* workingDirectoryOf(root, options)
  const names = yield* directoryNames
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
    names,
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

/** Absolute real path of the directory that relative paths of the code start at. */
const workingDirectoryOf = (root: PackageRoot, options: PackageOptions) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (options.workingDirectory === undefined) return root.directory
    const named = path.resolve(root.directory, options.workingDirectory)
    const refused = (why: string): PackageOptionsError =>
      new PackageOptionsError({
        what: `The working directory ${options.workingDirectory} cannot be used`,
        why,
        remedy: "Name a directory with the option workingDirectory, relative to the package root."
      })
    const { type } = yield* Effect.mapError(fs.stat(named), () => refused(`There is no ${named}.`))
    if (type !== "Directory") return yield* refused(`${named} is a ${type}.`)
    return yield* Effect.mapError(fs.realPath(named), ({ message }) => refused(message))
  })

/** Lists each directory once; only names that are looked for count for what is remembered of this packaging. */
const directoryNames: Effect.Effect<PathSpelling.Names, never, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const typed = Option.getOrUndefined(yield* Effect.serviceOption(DirectoryEntries))
  const known = new Map<string, ReadonlyArray<string> | undefined>()
  const list = (directory: string): Effect.Effect<ReadonlyArray<string> | undefined> =>
    Effect.orElseSucceed(
      typed === undefined
        ? fs.readDirectory(directory)
        : Effect.map(typed.list(directory), (entries) => entries.map(({ name }) => name)),
      // It may be entered all the same; then the file system alone decides about names
      () => undefined
    )
  return (directory, wanted) =>
    Effect.gen(function*() {
      if (!known.has(directory)) known.set(directory, yield* list(directory))
      const names = known.get(directory)
      typed?.asked?.(directory, names?.includes(wanted) === true ? wanted : undefined)
      return names
    })
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
