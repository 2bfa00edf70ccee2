/**
 * The first half of the pipeline: from a reference to everything that the function needs, in memory.
 *
 * analyse -> resolve -> collect
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { type EmitError, emitModules, type EmittedModule } from "../codegen/emitModules.ts"
import type { Linker } from "../codegen/Linkage.ts"
import type { Placement } from "../codegen/Placement.ts"
import type { PathCollisionError } from "../archive/EntryPath.ts"
import type { CaptureError } from "../closures/CaptureGraph.ts"
import { type AnyFunction, FunctionLocator } from "../closures/FunctionLocator.ts"
import type { FunctionReference } from "../slicing/FunctionReference.ts"
import { FunctionNotPackageableError } from "../slicing/NotPackageable.ts"
import { resolveEntry } from "../slicing/resolveEntry.ts"
import type { AskedModule } from "../modules/AskedModule.ts"
import * as ModuleLoader from "../modules/ModuleLoader.ts"
import type { Entry, Reached } from "../slicing/Reached.ts"
import { reach } from "../slicing/reach.ts"
import type { ReachError } from "../slicing/Tracer.ts"
import { ModuleResolver, type ResolutionError } from "../resolution/ModuleResolver.ts"
import type { OutsidePackageRootError } from "./PackageRoot.ts"
import { type PackageRoot, packageRoot, placements } from "./PackageRoot.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import { askedModules } from "./askedModules.ts"
import { emitCaptures, findLiving, type LivingFunction } from "./analyseLiving.ts"
import { realFile } from "./realFile.ts"

/** A function with all that its code needs, before anything is written. */
export interface AnalysedFunction {
  readonly loader: ModuleLoader.ModuleLoader
  readonly reached: Reached
  readonly asked: ReadonlyArray<AskedModule>
  readonly root: PackageRoot
  readonly placement: Placement
  readonly modules: ReadonlyArray<EmittedModule>
  /** What the function comes out of the module of captured values with; `undefined` where there is none. */
  readonly captured: LivingFunction["values"] | undefined
}

export type AnalyseError =
  | ReachError
  | EmitError
  | ResolutionError
  | OutsidePackageRootError
  | PathCollisionError
  | CaptureError

/** A function to analyse, and the modules that are loaded on the way to it. */
interface Start {
  readonly loader: ModuleLoader.ModuleLoader
  readonly entry: Entry
  readonly living: LivingFunction | undefined
}

const byReference = Effect.fnUntraced(function*(reference: FunctionReference, from: string) {
  const path = yield* Path.Path
  const resolver = yield* ModuleResolver
  const file = yield* realFile(path.resolve(from, reference.file), reference.file)
  const scope = yield* resolver.namedScope(file)
  const shownFrom = scope?.directory ?? from
  const shown = (each: string): string => path.relative(shownFrom, each).split(path.sep).join("/")

  const loader = ModuleLoader.make(shown)
  return { loader, entry: yield* resolveEntry(loader, reference, file), living: undefined } satisfies Start
})

const byValue = Effect.fnUntraced(function*(fn: AnyFunction) {
  const locator = yield* Effect.serviceOption(FunctionLocator)
  if (locator._tag === "None") {
    return yield* new FunctionNotPackageableError({
      reason: "Native",
      reference: fn.name,
      what: `Cannot get source of ${fn.name === "" ? "a function" : fn.name}`,
      why: "This runtime does not tell where a living function was written.",
      remedy: "Name it: FILE#NAME."
    })
  }
  const living = yield* Effect.provideService(findLiving(fn), FunctionLocator, locator.value)
  return { loader: living.loader, entry: living.entry, living } satisfies Start
})

/**
 * Analyses the function, which is named or living. `from` is the absolute directory against which a relative file is
 * read.
 */
export const analyseFunction = Effect.fn("clustrix.analyse")(function*(
  fn: FunctionReference | AnyFunction,
  from: string,
  options: Pick<PackageOptions, "keep" | "drop">
) {
  const start: Start = typeof fn === "function" ? yield* byValue(fn) : yield* byReference(fn, from)
  const { entry, living, loader } = start
  let asked: ReadonlyArray<AskedModule> = []
  let reached = yield* reach(loader, entry, options, living?.held)
  // A module that is asked for may ask for others
  for (;;) {
    const found = yield* askedModules(loader, reached)
    if (found.length === asked.length) break
    asked = found
    reached = yield* reach(loader, entry, options, living?.held, asked)
  }

  const files = [...reached.modules.keys(), ...reached.json.keys()]
  const root = yield* packageRoot(entry.module.path, files)
  const placement = yield* placements(root, files)
  const linker: Linker = { loader, reached, placement, bound: reached.evaluation.ordered }
  const modules = yield* emitModules(linker)
  const captured = living === undefined || living.isPlain ? undefined : living
  return {
    loader,
    reached,
    asked,
    root,
    placement,
    modules: captured === undefined ? modules : [emitCaptures(captured, linker), ...modules],
    captured: captured?.values
  } satisfies AnalysedFunction
})

/** What the first half asks of its host. */
export type AnalyseRequirements = ModuleLoader.LoadRequirements | FileSystem.FileSystem | Path.Path
