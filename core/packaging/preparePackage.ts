/**
 * The middle of the pipeline: everything that will be in the package, with the reason for each file.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { anonymousDefault, type Item } from "../modules/ModuleRecord.ts"
import * as PackageEntry from "../archive/PackageEntry.ts"
import { linkName } from "../codegen/Linkage.ts"
import { emittedPath, filesystemUtils, modulesDirectory } from "../codegen/Placement.ts"
import type { AnyFunction } from "../closures/FunctionLocator.ts"
import type { FunctionReference } from "../slicing/FunctionReference.ts"
import { type CodeModule, locate, nodeId } from "../modules/Module.ts"
import type { Entry } from "../slicing/Reached.ts"
import type { NodeId, Reason } from "../modules/Reason.ts"
import { chain } from "../modules/Reason.ts"
import { analyseLoops } from "../parallel/analyseLoops.ts"
import { loopEntry, loopEntryText, loopRuntime } from "../parallel/LoopPlan.ts"
import { loopReports } from "../parallel/loopSources.ts"
import type * as Manifest from "../archive/Manifest.ts"
import * as Metadata from "../archive/Metadata.ts"
import { execute } from "../runtime/execute.generated.ts"
import { filesystemUtils as filesystemUtilsText } from "../runtime/filesystem_utils.generated.ts"
import { loops as loopRuntimeText } from "../runtime/loops.generated.ts"
import { type AnalysedFunction, analyseFunction } from "./analyseFunction.ts"
import { capturedModule, entryExport } from "./analyseLiving.ts"
import { collectData, type CollectedData } from "./collectData.ts"
import { collectDependencies, type CollectedDependencies } from "./collectDependencies.ts"
import { inspectFunction } from "./FilesystemCalls.ts"
import { namedDependencies } from "./namedDependencies.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { KeptItem, PreparedFile, PreparedPackage } from "./PreparedPackage.ts"
import { unresolvedNames } from "./unresolvedNames.ts"
import { vendoredEntry, vendoredEntryText } from "./vendoredEntry.ts"

/** The path of the runner in the package. */
export const runner = "execute.mjs"

/** Analyses the function, and collects all files of its package. Nothing is written. */
export const preparePackage = Effect.fn("clustrix.prepare")(function*(
  fn: FunctionReference | AnyFunction,
  from: string,
  options: PackageOptions
) {
  const analysed = yield* analyseFunction(fn, from, options)
  const data = yield* collectData(analysed, options)
  const dependencies = yield* collectDependencies(analysed, options)
  const { reached, root } = analysed

  const reasons = new Map<NodeId, Reason>([
    ...reached.reasons,
    ...data.reasons,
    ...dependencies.reasons,
    ...analysed.captured ?? []
  ])
  const files: Array<PreparedFile> = []
  const entries: Array<PackageEntry.PackageEntry> = []
  const taken = new Set<string>()
  const add = (file: Omit<PreparedFile, "sizeBytes">, entry: PackageEntry.PackageEntry): void => {
    if (taken.has(entry.path)) return
    taken.add(entry.path)
    const why = chain(reasons, file.node).map(([node, reason]) => `${node}: ${reason.because}`).reverse()
    entries.push({ ...entry, reason: why })
    files.push({ ...file, sizeBytes: PackageEntry.sizeBytes(entry.content) })
  }
  const own = (path: string, text: string, because: string): void => {
    reasons.set(path, { kind: "entry", from: undefined, because, location: undefined })
    add({ path, source: undefined, declarations: [], node: path }, PackageEntry.text(path, text))
  }

  const read = new Set(data.files.map(({ path }) => path))
  for (const module of analysed.modules) {
    // JSON that is required and read, too, goes along with its own bytes, and so does a package.json
    if (read.has(module.path)) continue
    const isCaptured = module.path === capturedModule
    if (isCaptured) {
      const because = "it gives the functions what they capture, by value"
      reasons.set(capturedModule, { kind: "captured", from: undefined, because, location: undefined })
    }
    const declarations = isCaptured ? [...(analysed.captured?.keys() ?? [])] : declarationsIn(analysed, module.file)
    const node = isCaptured ? capturedModule : module.file
    add(
      { path: module.path, source: module.file, declarations, node },
      PackageEntry.text(module.path, module.text)
    )
  }
  for (const file of data.files) add(file, located(file.entry, data.reasons.get(file.node)?.location))
  own(runner, execute, "it runs the function, on any machine")
  if (reached.clustrix.length > 0) {
    own(
      filesystemUtils,
      filesystemUtilsText,
      `the function uses ${[...new Set(reached.clustrix.map(({ name }) => name))].join(", ")}`
    )
  }
  for (const file of dependencies.files) own(file.path, file.text, file.because)
  const code = entryPoint(analysed)
  const plan = yield* analyseLoops(analysed.modules)
  const hasLoops = plan.variants.some(({ of }) => of === code.module)
  if (hasLoops) {
    for (const { of, path, text } of plan.variants) own(path, text, `it is ${of} with loops that can run on threads`)
    for (const { path, text } of plan.bodies) own(path, text, "it holds what the threads of loops run")
    own(loopRuntime, loopRuntimeText, "it runs loops on threads")
    own(loopEntry, loopEntryText(code), "it takes the modules whose loops run on threads, if the invocation says so")
  }
  // Where there are no threads, as in a page, the module itself is the entry
  const entry: Manifest.EntryPoint = hasLoops ? { ...code, module: loopEntry, serial: code.module } : code
  const isVendored = dependencies.vendored.length > 0
  for (const file of dependencies.vendored) add(file, file.entry)
  if (isVendored) own(vendoredEntry, vendoredEntryText(entry), "it puts the npm packages where the function finds them")

  const entryPath = `${modulesDirectory}/${emittedPath(analysed.placement, reached.entry.module)}`
  const entryText = analysed.modules.find(({ path }) => path === entryPath)?.text ?? ""
  const inspected = yield* inspectFunction(entryText, reached.entry.local)
  const metadata = Metadata.make(metadataInput(analysed, data, dependencies, code, inspected))

  const prepared: PreparedPackage = {
    functionName: metadata.function_info.name,
    root,
    entries,
    entry: isVendored ? { ...entry, module: vendoredEntry } : entry,
    options: {
      dependencies: options.dependencies,
      include: [...options.include].sort(Order.string),
      ...data.directories.length === 0 ? {} : { directories: data.directories }
    },
    metadata,
    files: files.sort((a, b) => Order.string(a.path, b.path)),
    dependencies: dependencies.packages,
    nodeModules: dependencies.nodeModules,
    reasons,
    decisions: reached.decisions,
    diagnostics: [
      ...reached.diagnostics,
      ...yield* unresolvedNames(analysed.loader, reached),
      ...data.diagnostics,
      ...dependencies.diagnostics,
      // What is taken to be there may have them
      ...(options.dependencies === "assume" ? [] : yield* namedDependencies(analysed, dependencies))
    ],
    kept: Effect.sync(() => keptIn(analysed)),
    sourceMaps: Effect.map(
      Effect.forEach(
        analysed.modules,
        ({ map, path }) => map === undefined ? Effect.succeed([]) : Effect.map(map, (text) => [[path, text] as const])
      ),
      (maps) => Object.fromEntries(maps.flat())
    ),
    loops: loopReports(plan, analysed.modules)
  }
  return prepared
})

export type PrepareError = Effect.Effect.Error<ReturnType<typeof preparePackage>>
export type PrepareRequirements = Effect.Effect.Context<ReturnType<typeof preparePackage>>

/** The entry with the place that reads it, for errors. */
const located = (entry: PackageEntry.PackageEntry, readAt: SourceLocation | undefined): PackageEntry.PackageEntry =>
  entry.content._tag === "File" ? { ...entry, content: { ...entry.content, readAt } } : entry

const declarationsIn = (analysed: AnalysedFunction, file: string): ReadonlyArray<NodeId> => {
  for (const { items, module } of analysed.reached.modules.values()) {
    if (module.file === file) return keptItems(module, items).map((item) => nodeId(module, item))
  }
  return []
}

const keptIn = ({ placement, reached }: AnalysedFunction): ReadonlyArray<KeptItem> =>
  [...reached.modules.values()].flatMap(({ items, module }) =>
    keptItems(module, items).map((item) => ({
      node: nodeId(module, item),
      module: `${modulesDirectory}/${emittedPath(placement, module)}`,
      start: locate(module, item.range[0]),
      end: locate(module, item.range[1])
    }))
  )

const keptItems = (module: CodeModule, items: ReadonlySet<number>): ReadonlyArray<Item> =>
  module.record.items.filter((item) => items.has(item.index))

const functionName = (entry: Entry): string => {
  const inner = entry.module.declarations.get(entry.local)?.[0]?.inner
  if (inner !== undefined) return inner.name === "" ? "anonymous" : inner.name
  return [entry.local === anonymousDefault ? "default" : entry.local, ...entry.path].join(".")
}

const entryPoint = ({ captured, placement, reached }: AnalysedFunction): Manifest.EntryPoint => {
  const { entry } = reached
  if (captured !== undefined) return { module: capturedModule, export: entryExport, kind: "function" }
  if (entry.module.record.system === "commonjs") {
    const names = ["default", ...entry.local === "default" ? [] : [entry.local], ...entry.path]
    return {
      module: `${modulesDirectory}/${emittedPath(placement, entry.module)}`,
      export: names.join("."),
      kind: entry.path.length === 0 ? "function" : "method"
    }
  }
  const target = reached.modules.get(entry.module.path)
  const name = target === undefined ? entry.local : linkName(target, entry.local)
  return {
    module: `${modulesDirectory}/${emittedPath(placement, entry.module)}`,
    export: [name, ...entry.path].join("."),
    kind: entry.path.length === 0 ? "function" : "method"
  }
}

const metadataInput = (
  { placement, reached }: AnalysedFunction,
  data: CollectedData,
  dependencies: CollectedDependencies,
  entry: Manifest.EntryPoint,
  inspected: Effect.Effect.Success<ReturnType<typeof inspectFunction>>
): Metadata.MetadataInput => {
  const item = (reached.entry.module.declarations.get(reached.entry.local) ?? []).find((each) =>
    each.callable !== "value"
  )
  const method = item?.methods.find(({ name }) => name === reached.entry.path[0])
  const signature = method?.signature ?? item?.signature
  const names = [...new Set(reached.clustrix.map(({ name }) => name))]
  return {
    function: {
      name: functionName(reached.entry),
      module: entry.module,
      export: entry.export,
      kind: entry.kind,
      isAsync: signature?.isAsync ?? false,
      isGenerator: signature?.isGenerator ?? false,
      parameters: signature?.parameters ?? [],
      lineno: inspected.lineno
    },
    imports: [
      ...reached.externals.map(({ names: used, resolution }) => {
        const named = [...used].filter((name) => name !== "*")
        return {
          module: resolution._tag === "Builtin" ? resolution.name : resolution.specifier,
          isFromImport: named.length > 0,
          names: named
        }
      }),
      ...(names.length === 0 ? [] : [{ module: "clustrix", isFromImport: true, names }])
    ],
    filesystemCalls: inspected.calls,
    usesClusterFilesystem: names.some((name) => name !== "cluster"),
    declarations: [...reached.modules.values()].flatMap(({ items, module }) =>
      keptItems(module, items).filter((each) => each !== item).map((each) => ({
        name: each.kind === "statement" ? "(statement)"
          : each.declares[0] === anonymousDefault ? "default" : each.declares.join(", "),
        kind: declarationKind(each),
        module: `${modulesDirectory}/${emittedPath(placement, module)}`
      }))
    ),
    dataFiles: data.files.map(({ entry: { content, path }, relativeTo }) => ({
      path,
      sizeBytes: PackageEntry.sizeBytes(content),
      relativeTo
    })),
    npmPackages: dependencies.packages.filter(({ requiredBy }) => requiredBy === "")
  }
}

const declarationKind = (item: Item): Metadata.MetadataInput["declarations"][number]["kind"] => {
  switch (item.kind) {
    case "default":
      return item.callable === "function" ? "function" : item.callable === "class" ? "class" : "variable"
    case "import-equals":
      return "import"
    case "captured":
    case "variable":
      return item.callable === "function" ? "function" : "variable"
    default:
      return item.kind
  }
}
