/**
 * What an exported name stands for: ECMAScript's ResolveExport, one hop at a time so that each re-export keeps its module.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { type ImportBinding, type ImportRequest } from "../analyse/ModuleRecord.ts"
import { isClustrix } from "../analyse/recordModule.ts"
import type { CodeModule, Module } from "./Module.ts"
import { type LoadError, type LoadRequirements, type ModuleLoader, type UnresolvedImportError } from "./ModuleLoader.ts"

/** How a module provides one of its exported names. */
export type Provision =
  /** A top-level declaration of the module, or an import that it passes on. */
  | { readonly _tag: "Local"; readonly local: string }
  /** `export { imported as name } from "specifier"`, written so or found through `export *`. `"*"` is a namespace. */
  | { readonly _tag: "From"; readonly specifier: string; readonly imported: string; readonly offset: number }
  /** A type: it has vanished when the code runs. */
  | { readonly _tag: "Type" }
  | { readonly _tag: "Missing" }

/** Everything that can go wrong while following imports. */
export type FollowError = LoadError | UnresolvedImportError

/** Whether `name` of the module vanishes when its code runs. */
export const isTypeName = (module: CodeModule, name: string): boolean =>
  module.record.types.some((type) => type.name === name)

export const importOf = (
  module: CodeModule,
  local: string
): { readonly request: ImportRequest; readonly binding: ImportBinding } | undefined => {
  for (const request of module.record.imports) {
    for (const binding of request.bindings) if (binding.local === local) return { request, binding }
  }
  return undefined
}

/** How `module` provides `name`. Follows `export *` into other modules to find out which one has it. */
export const provide = (
  loader: ModuleLoader,
  module: CodeModule,
  name: string,
  seen: ReadonlySet<string> = new Set()
): Effect.Effect<Provision, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const record = module.record.exports.find((entry) => entry.exported === name)
    if (record !== undefined) {
      if (record.from !== undefined) {
        return { _tag: "From", specifier: record.from, imported: record.local, offset: record.offset }
      }
      if (module.declarations.has(record.local) || importOf(module, record.local) !== undefined) {
        return { _tag: "Local", local: record.local }
      }
      return isTypeName(module, record.local) ? { _tag: "Type" } : { _tag: "Missing" }
    }
    if (isTypeName(module, name)) return { _tag: "Type" }
    if (name === "default") return { _tag: "Missing" }
    let external: Provision | undefined
    for (const star of module.record.stars) {
      if (isClustrix(star.specifier)) continue
      const resolution = yield* loader.resolve(module, star.specifier, star.offset, "import")
      const found: Provision = { _tag: "From", specifier: star.specifier, imported: name, offset: star.offset }
      if (resolution._tag !== "Source") {
        external ??= found
        continue
      }
      if (seen.has(resolution.path)) continue
      const target = yield* loader.load(resolution.path)
      if (target._tag === "Json" || target.record.system === "commonjs") {
        external ??= found
        continue
      }
      const provision = yield* provide(loader, target, name, new Set([...seen, module.path]))
      if (provision._tag === "Type") return provision
      if (provision._tag !== "Missing") return found
    }
    return external ?? { _tag: "Missing" }
  })

/** All names that a module exports as values, `default` included, stars followed into local modules. Sorted. */
export const exportedNames = (
  loader: ModuleLoader,
  module: CodeModule,
  seen: Set<string> = new Set()
): Effect.Effect<ReadonlyArray<string>, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    if (seen.has(module.path)) return []
    seen.add(module.path)
    const names = new Set(module.record.exports.map((entry) => entry.exported))
    for (const star of module.record.stars) {
      if (isClustrix(star.specifier)) continue
      const resolution = yield* loader.resolve(module, star.specifier, star.offset, "import")
      if (resolution._tag !== "Source") continue
      const target: Module = yield* loader.load(resolution.path)
      if (target._tag === "Json" || target.record.system === "commonjs") continue
      for (const name of yield* exportedNames(loader, target, seen)) if (name !== "default") names.add(name)
    }
    return [...names].sort(Order.string)
  })
