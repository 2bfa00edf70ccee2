/**
 * Whether the order in which a module is evaluated among others can be observed. Imports of modules for which it cannot
 * are sorted, so that formatters that sort imports change nothing.
 */
import * as Effect from "effect/Effect"
import { isInert } from "../analyse/ActivityBuilder.ts"
import type { FollowError } from "../graph/Exports.ts"
import { hostGlobals } from "../graph/HostGlobals.ts"
import type { LoadRequirements, ModuleLoader } from "../graph/ModuleLoader.ts"
import type { Reached, ReachedModule } from "../graph/Reached.ts"
import { touchOf } from "../graph/Touch.ts"

/** Globals whose value other modules may change. */
const mutableGlobals = new Set(["process", "globalThis", "global"])

/** Paths of the reached modules whose place in the order of evaluation matters. */
export const orderBound = (
  loader: ModuleLoader,
  reached: Reached
): Effect.Effect<ReadonlySet<string>, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const bound = new Set<string>()
    const importers = new Map<string, Array<string>>()
    for (const each of reached.modules.values()) {
      const { module } = each
      if (yield* hasOutwardEffect(loader, each)) bound.add(module.path)
      for (const request of [...module.record.imports, ...module.record.stars, ...module.record.exports]) {
        const specifier = "specifier" in request ? request.specifier : request.from
        if (specifier === undefined) continue
        const resolution = loader.resolved(module, specifier, "import")
        if (resolution?._tag !== "Source" || !reached.modules.has(resolution.path)) continue
        const known = importers.get(resolution.path)
        if (known === undefined) importers.set(resolution.path, [module.path])
        else known.push(module.path)
      }
    }
    // Whoever imports a module that is bound is bound
    const queue = [...bound]
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      for (const importer of importers.get(path) ?? []) {
        if (!bound.has(importer)) {
          bound.add(importer)
          queue.push(importer)
        }
      }
    }
    return bound
  })

const hasOutwardEffect = (
  loader: ModuleLoader,
  reached: ReachedModule
): Effect.Effect<boolean, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const { module } = reached
    if (module.record.system === "commonjs") return true
    if (module.record.imports.some((request) => request.bare)) return true
    for (const index of reached.items) {
      const item = module.record.items[index]
      if (item === undefined) continue
      const eagerImports = item.references.some((reference) => reference.eager && reached.imports.has(reference.name))
      if (eagerImports && inCycle(loader, reached)) return true
      if (item.kind !== "function" && item.kind !== "class") {
        for (const global of item.globals) {
          if (mutableGlobals.has(global.name) || !hostGlobals.has(global.name)) return true
        }
      }
      if (isInert(item.eager)) continue
      const touch = yield* touchOf(loader, module, item)
      if (touch.globalWrites || touch.globalCalls) return true
      if (item.kind === "statement" && touch.externalCalls) return true
      if ([...touch.writes, ...touch.passes].some((local) => local.module.path !== module.path)) return true
    }
    return false
  })

/** Whether the module imports itself through others, as far as resolved. */
const inCycle = (loader: ModuleLoader, reached: ReachedModule): boolean => {
  const seen = new Set<string>()
  const queue = [reached.module]
  for (let module = queue.pop(); module !== undefined; module = queue.pop()) {
    for (const request of module.record.imports) {
      const resolution = loader.resolved(module, request.specifier, "import")
      if (resolution?._tag !== "Source") continue
      if (resolution.path === reached.module.path) return true
      const next = loader.loaded(resolution.path)
      if (next?._tag !== "Code" || seen.has(next.path)) continue
      seen.add(next.path)
      queue.push(next)
    }
  }
  return false
}
