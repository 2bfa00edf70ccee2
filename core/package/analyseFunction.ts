/**
 * The first half of the pipeline: from a reference to everything that the function needs, in memory.
 *
 * analyse -> resolve -> collect
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { type EmitError, emitModules, type EmittedModule } from "../emit/emitModules.ts"
import { orderBound } from "../emit/ImportOrder.ts"
import type { Linker } from "../emit/Linkage.ts"
import type { Placement } from "../emit/Placement.ts"
import type { FunctionReference } from "../FunctionReference.ts"
import { resolveEntry } from "../graph/resolveEntry.ts"
import * as ModuleLoader from "../graph/ModuleLoader.ts"
import type { Reached } from "../graph/Reached.ts"
import { reach } from "../graph/reach.ts"
import type { ReachError } from "../graph/Tracer.ts"
import { ModuleResolver, type ResolutionError } from "../ModuleResolver.ts"
import type { OutsidePackageRootError } from "./PackageRoot.ts"
import { type PackageRoot, packageRoot, placements } from "./PackageRoot.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import { realFile } from "./realFile.ts"

/** A function with all that its code needs, before anything is written. */
export interface AnalysedFunction {
  readonly loader: ModuleLoader.ModuleLoader
  readonly reached: Reached
  readonly root: PackageRoot
  readonly placement: Placement
  readonly modules: ReadonlyArray<EmittedModule>
}

export type AnalyseError = ReachError | EmitError | ResolutionError | OutsidePackageRootError

/**
 * Analyses the function that `reference` names. `from` is the absolute directory against which a relative file is read.
 */
export const analyseFunction = Effect.fn("clustrix.analyse")(function*(
  reference: FunctionReference,
  from: string,
  options: Pick<PackageOptions, "keep" | "drop">
) {
  const path = yield* Path.Path
  const resolver = yield* ModuleResolver
  const file = yield* realFile(path.resolve(from, reference.file), reference.file)
  const scope = yield* resolver.namedScope(file)
  const shownFrom = scope?.directory ?? from
  const shown = (each: string): string => path.relative(shownFrom, each).split(path.sep).join("/")

  const loader = ModuleLoader.make(shown)
  const entry = yield* resolveEntry(loader, reference, file)
  const reached = yield* reach(loader, entry, options)

  const files = [...reached.modules.keys(), ...reached.json.keys()]
  const root = yield* packageRoot(entry.module.path, files)
  const placement = yield* placements(root, files)
  const linker: Linker = { loader, reached, placement, bound: yield* orderBound(loader, reached) }
  const modules = yield* emitModules(linker)
  return { loader, reached, root, placement, modules } satisfies AnalysedFunction
})

/** What the first half asks of its host. */
export type AnalyseRequirements = ModuleLoader.LoadRequirements | FileSystem.FileSystem | Path.Path
