/**
 * Loads every module that Node evaluates to load a function's module, and those that their code may load later.
 */
import * as Effect from "effect/Effect"
import type { AskedModule } from "../modules/AskedModule.ts"
import { lazy } from "../language/lazy.ts"
import { computedSpecifier } from "../modules/Constraints.ts"
import { isClustrix } from "../modules/recordModule.ts"
import type { ProgramModule, Target } from "../dataflow/Program.ts"
import { type CodeModule, isCompiledToCommonJs, isElided } from "../modules/Module.ts"
import type { StaticEdge, StaticRequest } from "./Reached.ts"
import type { LoadError, LoadRequirements, ModuleLoader } from "../modules/ModuleLoader.ts"
import { ModuleResolver, type RequestKind, type ResolutionError } from "../resolution/ModuleResolver.ts"

/** What a module imports when it is loaded, in the order of its text. */
export const staticRequests = (module: CodeModule): ReadonlyArray<StaticRequest> => {
  const { exports, imports, stars } = module.record
  return [
    ...imports.filter((request) => !request.require && !isElided(module, request))
      .map(({ bare, offset, specifier }) => ({ specifier, offset, bare })),
    ...exports.flatMap(({ from, offset }) => from === undefined ? [] : [{ specifier: from, offset, bare: false }]),
    ...stars.map(({ offset, specifier }) => ({ specifier, offset, bare: false }))
  ].filter(({ specifier }) => !isClustrix(specifier)).sort((a, b) => a.offset - b.offset)
}

/** What a module asks for by a `require` that it hands on. */
const handedOn = (module: CodeModule): ReadonlyArray<{ readonly specifier: string; readonly offset: number }> =>
  module.record.items.flatMap(({ requests }) =>
    requests.flatMap(({ isCreated, offset, specifier }) =>
      isCreated === undefined || specifier === undefined || isClustrix(specifier) ? [] : [{ offset, specifier }]
    )
  )

/** A program that is to be analysed. */
export interface LoadedProgram {
  readonly modules: ReadonlyArray<ProgramModule>
  readonly sources: ReadonlyArray<CodeModule>
  readonly indexOf: ReadonlyMap<string, number>
  /** The modules that a module imports when it is loaded, in order, without those that need not be loaded. */
  readonly edges: ReadonlyMap<string, ReadonlyArray<StaticEdge>>
}

/** The modules that import each module when they are loaded. */
export const importersOf = ({ edges }: LoadedProgram): ReadonlyMap<string, ReadonlyArray<string>> => {
  const importers = new Map<string, Array<string>>()
  for (const [from, list] of edges) {
    for (const { path } of list) {
      const known = importers.get(path)
      if (known === undefined) importers.set(path, [from])
      else known.push(from)
    }
  }
  return importers
}

/**
 * `entered` are modules of which something is reached: they are loaded whatever `sideEffects` of their package.json says.
 */
export const loadProgram = (
  loader: ModuleLoader,
  roots: ReadonlyArray<CodeModule>,
  entered: ReadonlySet<string>,
  asked: ReadonlyArray<AskedModule>
): Effect.Effect<LoadedProgram, LoadError | ResolutionError, LoadRequirements> =>
  Effect.gen(function*() {
    const resolver = yield* ModuleResolver
    const sources: Array<CodeModule> = []
    const indexOf = new Map<string, number>()
    const isStatic = new Set<string>()
    const edges = new Map<string, Array<StaticEdge>>()
    const stack: Array<readonly [CodeModule, boolean]> = [...roots].reverse().map((module) => [module, true])
    const targets = new Map<string, Target>()
    const resolve = Effect.fnUntraced(function*(
      module: CodeModule,
      specifier: string,
      offset: number,
      kind: RequestKind
    ) {
      const found = yield* Effect.option(loader.resolve(module, specifier, offset, kind))
      return found._tag === "None" ? undefined : found.value
    })
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const [module, evaluated] = next
      const isNew = !indexOf.has(module.path)
      if (!isNew && (!evaluated || isStatic.has(module.path))) continue
      if (isNew) {
        indexOf.set(module.path, sources.length)
        sources.push(module)
      }
      if (evaluated) isStatic.add(module.path)
      const found: Array<readonly [CodeModule, boolean]> = []
      const own: Array<StaticEdge> = []
      for (const request of staticRequests(module)) {
        const resolution = yield* resolve(module, request.specifier, request.offset, "import")
        if (resolution?._tag !== "Source") continue
        const { path } = resolution
        if (!request.bare && !entered.has(path) && (yield* resolver.isFreeOfSideEffects(path))) continue
        const target = yield* loader.load(path)
        if (target._tag !== "Code") continue
        own.push({ request, path })
        found.push([target, evaluated])
      }
      edges.set(module.path, own)
      // What code may load when it runs
      const later = [
        ...module.record.constraints.requested.flatMap(([, specifier, kind]) =>
          isClustrix(specifier) || specifier === computedSpecifier ? [] : [{ specifier, offset: 0, kind }]
        ),
        ...handedOn(module).map((request) => ({ ...request, kind: "require" as const }))
      ]
      for (const { kind, offset, specifier } of later) {
        const resolution = yield* resolve(module, specifier, offset, kind)
        if (resolution?._tag !== "Source") continue
        const target = yield* Effect.option(loader.load(resolution.path))
        if (target._tag === "Some" && target.value._tag === "Code") found.push([target.value, false])
      }
      for (const { from, target } of asked) if (from.path === module.path) found.push([target, false])
      for (const { offset, require, specifier } of module.record.imports) {
        if (!require || isClustrix(specifier)) continue
        const resolution = yield* resolve(module, specifier, offset, "require")
        if (resolution?._tag !== "Source") continue
        const target = yield* loader.load(resolution.path)
        if (target._tag === "Code") found.push([target, evaluated])
      }
      stack.push(...found.reverse())
    }

    const targetOf = (module: CodeModule, specifier: string, kind: RequestKind): Target => {
      if (isClustrix(specifier)) return { _tag: "Builtin", name: "clustrix" }
      const resolution = loader.resolved(module, specifier, kind)
      switch (resolution?._tag) {
        case "Builtin":
          return { _tag: "Builtin", name: resolution.name.replace(/^node:/, "") }
        case "Package":
          return { _tag: "Unknown", name: resolution.name }
        case "Source": {
          const index = indexOf.get(resolution.path)
          if (index !== undefined) return { _tag: "Module", index }
          return loader.loaded(resolution.path)?._tag === "Json" || resolution.path.endsWith(".json") ? { _tag: "Json" }
            // A module that is left out: nothing of it is used
            : { _tag: "Unknown", name: resolution.path }
        }
        default:
          return { _tag: "Unknown", name: specifier }
      }
    }
    const computed = (module: CodeModule): ReadonlyArray<number> => {
      const paths = [
        ...handedOn(module).map(({ specifier }) => {
          const resolution = loader.resolved(module, specifier, "require")
          return resolution?._tag === "Source" ? resolution.path : undefined
        }),
        ...asked.map(({ by, from, target }) =>
          from.path === module.path && by.startsWith("require") ? target.path : undefined
        )
      ]
      return paths.flatMap((path) => (path === undefined ? undefined : indexOf.get(path)) ?? [])
    }
    const modules = sources.map((module): ProgramModule => ({
      path: module.path,
      record: module.record,
      isStatic: isStatic.has(module.path),
      isCompiled: isCompiledToCommonJs(module),
      target: (specifier, kind) => {
        const key = `${module.path}\0${kind}\0${specifier}`
        let target = targets.get(key)
        if (target === undefined) targets.set(key, target = targetOf(module, specifier, kind))
        return target
      },
      computed: lazy(() => computed(module))
    }))
    return { modules, sources, indexOf, edges }
  })
