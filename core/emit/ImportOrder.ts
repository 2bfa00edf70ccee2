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
      if (yield* hasOutwardEffect(loader, reached, each)) bound.add(module.path)
      for (const { module: target } of linked(loader, reached, each)) {
        const known = importers.get(target.path)
        if (known === undefined) importers.set(target.path, [module.path])
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

/** The reached modules that the kept part of `self` imports or re-exports from: what is not kept decides nothing. */
const linked = (loader: ModuleLoader, reached: Reached, self: ReachedModule): ReadonlyArray<ReachedModule> => {
  const { exports, imports, stars } = self.module.record
  const specifiers = [
    ...imports.filter(({ bare, bindings }) =>
      self.whole || bare || bindings.some(({ local }) => self.imports.has(local))
    ).map(({ specifier }) => specifier),
    ...exports.flatMap(({ exported, from }) =>
      from !== undefined && (self.whole || self.exports.has(exported)) ? [from] : []
    ),
    ...stars.flatMap(({ specifier }, index) => self.whole || self.stars.has(index) ? [specifier] : []),
    ...[...self.exports.values()].flatMap((provision) => provision._tag === "From" ? [provision.specifier] : [])
  ]
  return specifiers.flatMap((specifier) => {
    const resolution = loader.resolved(self.module, specifier, "import")
    const target = resolution?._tag === "Source" ? reached.modules.get(resolution.path) : undefined
    return target === undefined ? [] : [target]
  })
}

const hasOutwardEffect = (
  loader: ModuleLoader,
  all: Reached,
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
      if (eagerImports && inCycle(loader, all, reached)) return true
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

/** Whether the module imports itself through others. */
const inCycle = (loader: ModuleLoader, all: Reached, self: ReachedModule): boolean => {
  const seen = new Set<ReachedModule>()
  const queue = [self]
  for (let module = queue.pop(); module !== undefined; module = queue.pop()) {
    for (const next of linked(loader, all, module)) {
      if (next === self) return true
      if (seen.has(next)) continue
      seen.add(next)
      queue.push(next)
    }
  }
  return false
}
