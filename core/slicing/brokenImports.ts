/**
 * Imports of a program that Node does not load: of modules that are not there, of names that nothing exports. The package
 * may do without them, but then its result is one that the program does not give.
 */
import * as Effect from "effect/Effect"
import { isClustrix } from "../modules/recordModule.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { explainMissing, exportedNames, type FollowError, importOf, provide } from "./Exports.ts"
import { type CodeModule, locate } from "../modules/Module.ts"
import { type LoadRequirements, type ModuleLoader, UnresolvedImportError } from "../modules/ModuleLoader.ts"
import { type LoadedProgram, staticRequests } from "./loadProgram.ts"

/** A name that a module asks another one for. */
interface Link {
  readonly specifier: string
  readonly name: string
  readonly offset: number
}

/** TypeScript leaves out what it takes for types, which its text alone does not tell. */
const linksOf = ({ kind, record }: CodeModule): ReadonlyArray<Link> =>
  kind.language === "typescript" ? [] : [
    ...record.imports.flatMap(({ bindings, offset, specifier }) =>
      bindings.map(({ imported }) => ({ specifier, name: imported, offset }))
    ),
    ...record.exports.flatMap(({ from, local, offset }) =>
      from === undefined ? [] : [{ specifier: from, name: local, offset }]
    )
  ].filter(({ name, specifier }) => name !== "*" && !isClustrix(specifier))

/** Whether the module itself declares what it exports as `name`. */
const declares = ({ declarations, record }: CodeModule, name: string): boolean =>
  record.exports.some(({ exported, from, local }) => exported === name && from === undefined && declarations.has(local))

/**
 * What is wrong with the imports of the modules that `isEvaluated` says are evaluated when the program is loaded. Fails
 * where re-exports of a name lead back to where they begin.
 */
export const brokenImports = (
  loader: ModuleLoader,
  program: LoadedProgram,
  isEvaluated: (path: string) => boolean
): Effect.Effect<ReadonlyArray<Diagnostic>, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const found: Array<Diagnostic> = []
    const warn = (module: CodeModule, offset: number, what: string, why: string | undefined): void => {
      found.push(
        new Diagnostic({
          severity: "warning",
          code: "broken-import",
          what,
          location: locate(module, offset),
          why:
            `${
              why === undefined ? "" : `${why} `
            }Node does not load this program. The function does not use the import, ` +
            "so its package runs all the same.",
          remedy: "Correct the import, or remove it."
        })
      )
    }
    const target = (module: CodeModule, specifier: string): CodeModule | undefined => {
      const resolution = loader.resolved(module, specifier, "import")
      const loaded = resolution?._tag === "Source" ? loader.loaded(resolution.path) : undefined
      return loaded?._tag === "Code" && loaded.record.system === "esm" ? loaded : undefined
    }

    for (const module of program.sources) {
      if (module.record.system !== "esm" || !isEvaluated(module.path)) continue
      for (const { offset, specifier } of staticRequests(module)) {
        if (loader.resolved(module, specifier, "import") !== undefined) continue
        const failed = yield* Effect.either(loader.resolve(module, specifier, offset, "import"))
        if (failed._tag === "Left") warn(module, offset, failed.left.what, failed.left.why)
      }
      for (const { exported, from, local, offset } of module.record.exports) {
        const passedOn = from ?? importOf(module, local)?.request.specifier
        if (passedOn === undefined || target(module, passedOn) === undefined) continue
        const provision = yield* provide(loader, module, exported)
        if (provision._tag !== "Circular") continue
        return yield* new UnresolvedImportError({
          specifier: passedOn,
          location: locate(module, offset),
          ...explainMissing(module, exported, provision, [])
        })
      }
      for (const { name, offset, specifier } of linksOf(module)) {
        const source = target(module, specifier)
        if (source === undefined || declares(source, name)) continue
        const provision = yield* provide(loader, source, name)
        if (provision._tag !== "Missing" && provision._tag !== "Ambiguous") continue
        const { what, why } = explainMissing(source, name, provision, yield* exportedNames(loader, source))
        warn(module, offset, what, why)
      }
    }
    return found
  })
