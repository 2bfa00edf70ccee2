/**
 * What an exported name stands for: ECMAScript's ResolveExport, one hop at a time so that each re-export keeps its module.
 */
import * as Quotation from "../diagnostics/Quotation.ts"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { type ImportBinding, type ImportRequest } from "../modules/ModuleRecord.ts"
import { isClustrix } from "../modules/recordModule.ts"
import type { CodeModule, Module } from "../modules/Module.ts"
import { type LoadError, type LoadRequirements, type ModuleLoader,
  type UnresolvedImportError } from "../modules/ModuleLoader.ts"

/** How a module provides one of its exported names. */
export type Provision =
  /** A top-level declaration of the module, or an import that it passes on. */
  | { readonly _tag: "Local"; readonly local: string }
  /** `export { imported as name } from "specifier"`, written so or found through `export *`. `"*"` is a namespace. */
  | { readonly _tag: "From"; readonly specifier: string; readonly imported: string; readonly offset: number }
  /** One of several `export *` of modules whose names are known when they run; indices into the record's `stars`. */
  | { readonly _tag: "Open"; readonly stars: ReadonlyArray<number> }
  /** A type: it has vanished when the code runs. */
  | { readonly _tag: "Type" }
  /** Several `export *` give the name, each for another binding: none of them counts. */
  | { readonly _tag: "Ambiguous"; readonly specifiers: readonly [string, string] }
  /** The name is re-exported from itself, through other modules or not. */
  | { readonly _tag: "Circular" }
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

/** The binding that a name of a module is in the end. */
type Target =
  /** A binding of a module of the project. */
  | { readonly _tag: "Binding"; readonly path: string; readonly local: string }
  /** Something of a module that only tells its names when it runs. */
  | { readonly _tag: "Outside" }
  | Extract<Provision, { readonly _tag: "Type" | "Ambiguous" | "Circular" | "Missing" }>

/** ECMAScript's ResolveExport. `seen` is its resolve set: modules and names that are asked for, as `path\0name`. */
const targetOf = (
  loader: ModuleLoader,
  module: CodeModule,
  name: string,
  seen: Set<string>
): Effect.Effect<Target, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const key = `${module.path}\0${name}`
    if (seen.has(key)) return { _tag: "Circular" }
    seen.add(key)
    const record = module.record.exports.find((entry) => entry.exported === name)
    // V8 makes a binding of `export * as name from`, as an import of the namespace does
    if (record?.local === "*") return { _tag: "Binding", path: module.path, local: `* as ${name}` }
    if (record?.from !== undefined) {
      return yield* importedTarget(loader, module, record.from, record.local, record.offset, seen)
    }
    if (record === undefined) return (yield* starTarget(loader, module, name, seen)).target
    if (module.declarations.has(record.local)) return { _tag: "Binding", path: module.path, local: record.local }
    const found = importOf(module, record.local)
    if (found === undefined) return { _tag: isTypeName(module, record.local) ? "Type" : "Missing" }
    const { binding, request } = found
    if (binding.imported === "*") return { _tag: "Binding", path: module.path, local: record.local }
    return yield* importedTarget(loader, module, request.specifier, binding.imported, request.offset, seen)
  })

const importedTarget = (
  loader: ModuleLoader,
  module: CodeModule,
  specifier: string,
  imported: string,
  offset: number,
  seen: Set<string>
): Effect.Effect<Target, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const target = yield* codeAt(loader, module, specifier, offset)
    if (target === undefined) return { _tag: "Outside" }
    if (target.record.system === "esm") return yield* targetOf(loader, target, imported, seen)
    // It tells its names when it runs; these can be read in its text
    return target.record.commonJsExports.some((each) => each.name === imported)
      ? { _tag: "Binding", path: target.path, local: imported }
      : { _tag: "Outside" }
  })

/** The code of the project that a specifier leads to. */
const codeAt = (
  loader: ModuleLoader,
  module: CodeModule,
  specifier: string,
  offset: number
): Effect.Effect<CodeModule | undefined, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    if (isClustrix(specifier)) return undefined
    const resolution = yield* loader.resolve(module, specifier, offset, "import")
    if (resolution._tag !== "Source") return undefined
    const target = yield* loader.load(resolution.path)
    return target._tag === "Code" ? target : undefined
  })

/** What the `export *` of a module make of a name that the module does not export itself, and which of them gives it. */
const starTarget = (
  loader: ModuleLoader,
  module: CodeModule,
  name: string,
  seen: Set<string>
): Effect.Effect<{ readonly target: Target; readonly stars: ReadonlyArray<number> }, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    let found: { readonly target: Target; readonly stars: ReadonlyArray<number> } | undefined
    let isType = isTypeName(module, name)
    const open: Array<number> = []
    for (const [index, star] of name === "default" ? [] : module.record.stars.entries()) {
      if (isClustrix(star.specifier)) continue
      const target = yield* importedTarget(loader, module, star.specifier, name, star.offset, seen)
      isType ||= target._tag === "Type"
      if (target._tag === "Ambiguous") return { target, stars: [] }
      if (target._tag === "Outside") open.push(index)
      else if (target._tag === "Binding") {
        if (found === undefined) found = { target, stars: [index] }
        else if (found.target._tag === "Binding") {
          if (found.target.path === target.path && found.target.local === target.local) continue
          const first = module.record.stars[found.stars[0] ?? 0]?.specifier ?? ""
          return { target: { _tag: "Ambiguous", specifiers: [first, star.specifier] }, stars: [] }
        }
      }
    }
    if (found !== undefined) return found
    if (open.length > 0) return { target: { _tag: "Outside" }, stars: open }
    return { target: { _tag: isType ? "Type" : "Missing" }, stars: [] }
  })

/** How `module` provides `name`. Follows re-exports into other modules to find out whether and where they have it. */
export const provide = (
  loader: ModuleLoader,
  module: CodeModule,
  name: string
): Effect.Effect<Provision, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const record = module.record.exports.find((entry) => entry.exported === name)
    if (record === undefined) {
      const { stars, target } = yield* starTarget(loader, module, name, new Set([`${module.path}\0${name}`]))
      const [first = -1] = stars
      const star = module.record.stars[first]
      if (target._tag !== "Binding" && target._tag !== "Outside") return target
      if (stars.length > 1 || star === undefined) return { _tag: "Open", stars }
      return { _tag: "From", specifier: star.specifier, imported: name, offset: star.offset }
    }
    if (module.declarations.has(record.local) && record.from === undefined) {
      return { _tag: "Local", local: record.local }
    }
    const isImport = importOf(module, record.local) !== undefined
    if (record.from === undefined && !isImport) return { _tag: isTypeName(module, record.local) ? "Type" : "Missing" }
    const target = yield* targetOf(loader, module, name, new Set())
    if (target._tag === "Circular") return target
    return record.from === undefined
      ? { _tag: "Local", local: record.local }
      : { _tag: "From", specifier: record.from, imported: record.local, offset: record.offset }
  })

/** Why a module does not give a name that is imported from it, as the parts of a message. */
export const explainMissing = (
  module: CodeModule,
  name: string,
  provision: Provision,
  exported: ReadonlyArray<string>
): { readonly what: string; readonly why: string; readonly remedy: string } => {
  const quoted = name === "default" ? "`default`" : `\`${Quotation.plain(name)}\``
  switch (provision._tag) {
    case "Ambiguous":
      return {
        what: `${module.file} exports more than one ${quoted}`,
        why:
          `\`export *\` gives it from ${
            provision.specifiers.map((each) => Quotation.quoted(each)).join(" and from ")
          }, ` +
          "so that neither counts.",
        remedy: `Export it by its name from the module that is meant: export { ${name} } from "...".`
      }
    case "Circular":
      return {
        what: `${module.file} re-exports ${quoted} from itself`,
        why: "The re-exports lead back to where they begin, and no module declares the name.",
        remedy: "Declare the name in one of these modules."
      }
    default:
      return {
        what: `${module.file} has no export named ${quoted}`,
        why: exported.length === 0 ? "It exports nothing." :
          `It exports ${Quotation.listed(exported)}.`,
        remedy: "Import a name that it exports, or export this one."
      }
  }
}

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
