/**
 * The modules that reached code asks for by paths that it computes. Only those whose name in the package is that of their
 * source: others the path would not find there.
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { type AssetUse, findUses } from "../data-files/AssetUse.ts"
import * as Evaluation from "../data-files/Evaluation.ts"
import * as PathText from "../data-files/PathText.ts"
import { emittedPath } from "../codegen/Placement.ts"
import type { AskedModule } from "../modules/AskedModule.ts"
import type { LoadRequirements, ModuleLoader } from "../modules/ModuleLoader.ts"
import type { Reached } from "../slicing/Reached.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"
import { assetEnvironment, assetReferences } from "./AssetEnvironment.ts"

const asks = ({ access, by, perhaps, what }: AssetUse): boolean =>
  access === "read" && !perhaps && (what === "module" || by === "require.resolve")

/** `require` looks for endings and index files, where others take the path as it is. */
const searches = ({ by }: AssetUse): boolean => by.startsWith("require")

/** What a module writes that asks for others by their paths; a comment that says so costs time only. */
const mayAsk = /[rR]equire|\bfork\b/

export const askedModules = (
  loader: ModuleLoader,
  reached: Reached
): Effect.Effect<ReadonlyArray<AskedModule>, never, LoadRequirements | Path.Path> =>
  Effect.gen(function*() {
    const { sep } = yield* Path.Path
    const resolver = yield* ModuleResolver
    const asking = new Set(
      [...reached.modules.values()].flatMap(({ module }) => mayAsk.test(module.text) ? [module.path] : [])
    )
    const references = assetReferences(reached).filter(({ module }) => asking.has(module))
    if (references.length === 0) return []
    // Paths from the working directory lead to data, which lies elsewhere in the package
    const environment = assetEnvironment(loader, reached, references, sep)
    const asked = findUses(Evaluation.make(environment), references).filter(asks)
    return (yield* Effect.forEach(asked, (use) =>
      Effect.gen(function*() {
        const from = loader.loaded(use.site.module)
        const { place } = use
        if (from?._tag !== "Code" || place._tag !== "Path" || place.relativeTo !== "module") return []
        if (PathText.hasHole(place.path)) return []
        const found = searches(use) ? yield* resolver.resolve(place.path, from.path, "require")
          : { _tag: "Source" as const, path: place.path }
        if (found._tag !== "Source") return []
        const target = yield* loader.load(found.path)
        if (target._tag !== "Code" || emittedPath((path) => path, target) !== target.path) return []
        return [{ from, offset: use.site.start, by: use.by, target }]
        // What is no module is data
      }).pipe(Effect.orElseSucceed((): ReadonlyArray<AskedModule> => [])))).flat()
  })
