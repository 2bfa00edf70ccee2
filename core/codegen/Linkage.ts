/**
 * Import and export declarations of a slice: who links to whom, under which name.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { anonymousDefault } from "../modules/ModuleRecord.ts"
import { isClustrix } from "../modules/recordModule.ts"
import { type FollowError, importOf, provide, type Provision } from "../slicing/Exports.ts"
import type { CodeModule } from "../modules/Module.ts"
import type { LoadRequirements, ModuleLoader } from "../modules/ModuleLoader.ts"
import type { Reached, ReachedModule } from "../slicing/Reached.ts"
import { interopValue, isInterop } from "./CompiledImports.ts"
import { emittedPath, filesystemUtils, modulesDirectory, type Placement, relativeSpecifier } from "./Placement.ts"

export interface Linker {
  readonly loader: ModuleLoader
  readonly reached: Reached
  readonly placement: Placement
  /** Paths of modules whose order of evaluation matters. */
  readonly bound: ReadonlySet<string>
}

type Linked<A> = Effect.Effect<A, FollowError, LoadRequirements>

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u

/** An exported name as the language writes it: an identifier, or a string. */
export const exportName = (name: string): string => identifier.test(name) ? name : JSON.stringify(name)

const asClause = (from: string, to: string): string => from === to ? from : `${from} as ${to}`

/** The package path of a module's text. */
export const packagePath = (linker: Linker, module: CodeModule): string =>
  `${modulesDirectory}/${emittedPath(linker.placement, module)}`

/**
 * The name under which a module exports one of its own bindings to those that link to it: the binding's name, whatever
 * it was exported as; marked where another export already has that name. A module whose namespace is seen has no names but
 * its own.
 */
export const linkName = (target: ReachedModule, local: string): string => {
  if (local === anonymousDefault) return "default"
  const [own] = !target.hasNamespace ? [] :
    [...target.exports].flatMap(([name, provision]) =>
      provision._tag === "Local" && provision.local === local ? [name] : []
    ).sort(Order.string)
  if (own !== undefined) return own
  const taken = target.exports.get(local)
  return taken === undefined || (taken._tag === "Local" && taken.local === local) ? local : `${local}$1`
}

/** Where an import of one name ends up. */
export interface Target {
  /** The specifier to write. */
  readonly specifier: string
  /** `"*"` for a namespace. */
  readonly imported: string
  /** Whether the order of the import among others matters. */
  readonly bound: boolean
}

/** What to write for `imported` from `specifier` in `module`; `undefined` for a type. */
export const targetOf = (
  linker: Linker,
  module: CodeModule,
  specifier: string,
  imported: string,
  offset: number
): Linked<Target | undefined> =>
  Effect.gen(function*() {
    const here = packagePath(linker, module)
    if (isClustrix(specifier)) return { specifier: relativeSpecifier(here, filesystemUtils), imported, bound: false }
    const resolution = yield* linker.loader.resolve(module, specifier, offset, "import")
    if (resolution._tag === "Builtin") return { specifier: resolution.name, imported, bound: false }
    if (resolution._tag === "Package") return { specifier: resolution.specifier, imported, bound: false }
    const target = yield* linker.loader.load(resolution.path)
    if (target._tag === "Json") {
      const path = `${modulesDirectory}/${linker.placement(target.path)}.mjs`
      return { specifier: relativeSpecifier(here, path), imported, bound: false }
    }
    const written = relativeSpecifier(here, packagePath(linker, target))
    const bound = linker.bound.has(target.path)
    const reached = linker.reached.modules.get(target.path)
    if (target.record.system === "commonjs" || imported === "*" || reached === undefined) {
      return { specifier: written, imported, bound }
    }
    const provision: Provision = yield* provide(linker.loader, target, imported)
    if (provision._tag !== "Local" && provision._tag !== "From" && provision._tag !== "Open") return undefined
    return {
      specifier: written,
      imported: provision._tag === "Local" ? linkName(reached, provision.local) : imported,
      bound
    }
  })

/** One import or re-export declaration. */
interface Declaration {
  readonly specifier: string
  readonly bound: boolean
  /** Order of first appearance in the source. */
  order: number
  readonly kind: "import" | "export"
  readonly namespace: string | undefined
  readonly names: Set<string>
}

const printDeclaration = (self: Declaration): string => {
  const from = JSON.stringify(self.specifier)
  if (self.namespace !== undefined) {
    return `${self.kind} * ${self.namespace === "" ? "" : `as ${self.namespace} `}from ${from};`
  }
  const names = [...self.names]
  if (self.kind === "import" && names.length === 0) return `import ${from};`
  return `${self.kind} { ${names.join(", ")} } from ${from};`
}

/** The import declarations and the export clause of a reached module; `extra` are imports in any order. */
export const linkage = (
  linker: Linker,
  reached: ReachedModule,
  extra: ReadonlyArray<readonly [specifier: string, declaration: string]>
): Linked<{ readonly imports: ReadonlyArray<string>; readonly exports: ReadonlyArray<string> }> =>
  Effect.gen(function*() {
    const { module } = reached
    const declarations = new Map<string, Declaration>()
    const required: Array<string> = []
    const evaluated: Array<{ readonly specifier: string; readonly order: number }> = []
    const declare = (
      kind: "import" | "export",
      target: Target,
      namespace: string | undefined,
      order: number
    ): Declaration => {
      // `""` is the namespace of `export *`, which binds no name
      const key = JSON.stringify([kind, namespace ?? null, target.specifier])
      const known = declarations.get(key)
      if (known !== undefined) return known
      const declaration = {
        specifier: target.specifier,
        bound: target.bound,
        order,
        kind,
        namespace,
        names: new Set<string>()
      }
      declarations.set(key, declaration)
      return declaration
    }

    for (const request of module.record.imports) {
      if (reached.effects.has(request.offset)) {
        const target = yield* targetOf(linker, module, request.specifier, "*", request.offset)
        if (target !== undefined) declare("import", { ...target, bound: true }, undefined, request.offset)
      }
      for (const binding of request.bindings) {
        if (!reached.imports.has(binding.local)) continue
        if (request.require) {
          required.push(
            ...(yield* requireBinding(linker, module, request.specifier, binding.local, request.offset, declare))
          )
          continue
        }
        const target = yield* targetOf(linker, module, request.specifier, binding.imported, request.offset)
        if (target === undefined) continue
        if (yield* isInterop(linker.loader, module, request.specifier, request.offset)) {
          const exported = `clustrix$${binding.local}`
          declare("import", { ...target, imported: "default" }, undefined, request.offset).names
            .add(asClause("default", exported))
          required.push(`const ${binding.local} = ${interopValue(exported, binding.imported)};`)
        } else if (target.imported === "*") declare("import", target, binding.local, request.offset)
        else {declare("import", target, undefined, request.offset).names.add(
            asClause(exportName(target.imported), binding.local)
          )}
      }
    }

    for (const { path, request } of linker.reached.evaluation.requests.get(module.path) ?? []) {
      if (request.bare) continue
      const target = linker.reached.modules.get(path)
      if (target === undefined) continue
      const specifier = relativeSpecifier(packagePath(linker, module), packagePath(linker, target.module))
      evaluated.push({ specifier, order: request.offset })
    }

    const exports = new Set<string>()
    for (const local of reached.links) {
      if (local !== anonymousDefault) exports.add(asClause(local, exportName(linkName(reached, local))))
    }
    for (const [name, provision] of reached.exports) {
      if (provision._tag === "Local") {
        if (provision.local !== anonymousDefault) exports.add(asClause(provision.local, exportName(name)))
        else if (name !== "default") exports.add(`default as ${exportName(name)}`)
        continue
      }
      if (provision._tag !== "From") continue
      const target = yield* targetOf(linker, module, provision.specifier, provision.imported, provision.offset)
      if (target === undefined) continue
      if (identifier.test(name) && (yield* isInterop(linker.loader, module, provision.specifier, provision.offset))) {
        const exported = `clustrix$from$${name}`
        declare("import", { ...target, imported: "default" }, undefined, provision.offset).names
          .add(asClause("default", exported))
        required.push(`const clustrix$as$${name} = ${interopValue(exported, provision.imported)};`)
        exports.add(asClause(`clustrix$as$${name}`, name))
      } else if (target.imported === "*") declare("export", target, exportName(name), provision.offset)
      else {
        declare("export", target, undefined, provision.offset).names
          .add(asClause(exportName(target.imported), exportName(name)))
      }
    }
    for (const index of reached.stars) {
      const star = module.record.stars[index]
      if (star === undefined) continue
      const target = yield* targetOf(linker, module, star.specifier, "*", star.offset)
      if (target !== undefined) declare("export", target, "", star.offset)
    }

    // What is loaded for its own sake, or earlier than a name of it is asked for
    for (const { order, specifier } of evaluated) {
      const known = [...declarations.values()].filter((each) => each.specifier === specifier)
      const first = known.reduce<Declaration | undefined>(
        (a, b) => a === undefined || b.order < a.order ? b : a,
        undefined
      )
      if (first === undefined) declare("import", { specifier, imported: "*", bound: true }, undefined, order)
      else if (first.order > order) first.order = order
    }
    const all = [...declarations.values()]
    const bound = all.filter((declaration) => declaration.bound).sort((a, b) => a.order - b.order)
    const free = all.filter((declaration) => !declaration.bound).map((declaration) =>
      [declaration.specifier, printDeclaration(declaration)] as const
    ).concat(extra)
      .sort(([a, textA], [b, textB]) => a === b ? (textA < textB ? -1 : 1) : a < b ? -1 : 1)
    return {
      imports: [...bound.map(printDeclaration), ...free.map(([, text]) => text), ...required],
      exports: exports.size === 0 ? [] : [`export { ${[...exports].join(", ")} };`]
    }
  })

/** `import x = require("y")`. */
const requireBinding = (
  linker: Linker,
  module: CodeModule,
  specifier: string,
  local: string,
  offset: number,
  declare: (kind: "import", target: Target, namespace: string | undefined, order: number) => Declaration
): Linked<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const resolution = yield* linker.loader.resolve(module, specifier, offset, "require")
    if (resolution._tag === "Builtin") {
      declare("import", { specifier: resolution.name, imported: "default", bound: false }, undefined, offset).names.add(
        `default as ${local}`
      )
      return []
    }
    if (resolution._tag === "Package") return [`const ${local} = require(${JSON.stringify(resolution.specifier)});`]
    const target = yield* linker.loader.load(resolution.path)
    const here = packagePath(linker, module)
    if (target._tag === "Json") {
      const written = relativeSpecifier(here, `${modulesDirectory}/${linker.placement(target.path)}.mjs`)
      declare("import", { specifier: written, imported: "default", bound: false }, undefined, offset).names.add(
        `default as ${local}`
      )
      return []
    }
    const written = relativeSpecifier(here, packagePath(linker, target))
    const bound = linker.bound.has(target.path)
    const reached = linker.reached.modules.get(target.path)
    if (target.record.system === "commonjs") {
      declare("import", { specifier: written, imported: "default", bound }, undefined, offset).names.add(
        `default as ${local}`
      )
      return []
    }
    const provision = yield* provide(linker.loader, target, "default")
    if (provision._tag === "Local" && reached !== undefined) {
      const imported = exportName(linkName(reached, provision.local))
      declare("import", { specifier: written, imported, bound }, undefined, offset).names.add(asClause(imported, local))
    } else declare("import", { specifier: written, imported: "*", bound }, local, offset)
    return []
  })

/** Whether a local name of a module is bound by `import x = require("package")`, which needs `require` in scope. */
export const needsRequire = (linker: Linker, reached: ReachedModule): boolean =>
  [...reached.imports].some((local) => {
    const found = importOf(reached.module, local)
    return found?.request.require === true &&
      linker.loader.resolved(reached.module, found.request.specifier, "require")?._tag === "Package"
  })
