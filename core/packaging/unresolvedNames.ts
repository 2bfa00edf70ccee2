/**
 * Warnings about names that nothing defines, where the code isn't prepared for that.
 */
import * as Effect from "effect/Effect"
import type { ImportedCondition } from "../modules/HostTest.ts"
import type { GlobalReference, Item } from "../modules/ModuleRecord.ts"
import * as UndeclaredNames from "../modules/UndeclaredNames.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { importOf, provide } from "../slicing/Exports.ts"
import { hostGlobals } from "../slicing/HostGlobals.ts"
import { type CodeModule, itemLabel, locate } from "../modules/Module.ts"
import type { LoadRequirements, ModuleLoader } from "../modules/ModuleLoader.ts"
import type { Reached, ReachedModule } from "../slicing/Reached.ts"
import { SourceParser } from "../language/SourceParser.ts"
import { isBrowserName } from "./BrowserNames.ts"

/** A use of a name that nothing defines. */
interface Use {
  readonly name: string
  readonly module: CodeModule
  readonly item: Item
  readonly offset: number
}

const commonJsNames: ReadonlySet<string> = new Set(["require", "module", "exports", "__dirname", "__filename"])

const isSuspect = (module: CodeModule) => ({ guarded, name }: GlobalReference): boolean =>
  !guarded && !hostGlobals.has(name) && !(module.record.system === "commonjs" && commonJsNames.has(name))

const keptItems = ({ items, module }: ReachedModule): ReadonlyArray<Item> =>
  module.record.items.filter((item) => items.has(item.index))

/** What may give globals a value: most modules mention none of these. */
const mentionsGlobals = (text: string): boolean =>
  ["globalThis", "global", "window", "self"].some((name) => text.includes(name))

/**
 * Finds the uses, in the order in which modules were reached. Modules are parsed again only where a name is suspect: few
 * programs have one.
 */
const findUses = (
  loader: ModuleLoader,
  reached: Reached
): Effect.Effect<ReadonlyArray<Use>, never, LoadRequirements> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const known = new Map<string, UndeclaredNames.UndeclaredNames | undefined>()
    const namesOf = (module: CodeModule) =>
      Effect.gen(function*() {
        if (known.has(module.path)) return known.get(module.path)
        const { file, kind, record, text } = module
        const { jsx, language, moduleSystem } = kind
        if (language === "json") return undefined
        const exported = new Set(record.exports.map(({ local }) => local))
        const entry = reached.entry.module.path === module.path ? reached.entry.local : undefined
        // It was parsed before, so it can be parsed
        const tree = yield* Effect.option(parser.parse({ file, text, language, jsx, moduleSystem }))
        const found = tree._tag === "None" ? undefined : UndeclaredNames.find(tree.value, {
          isUsedElsewhere: (name) => name === entry || exported.has(name),
          isStrict: record.system === "esm"
        })
        known.set(module.path, found)
        return found
      })

    /** Whether an imported name holds the result of a test of the host. */
    const isTest = (
      module: CodeModule,
      { local, member }: ImportedCondition
    ): Effect.Effect<boolean, never, LoadRequirements> =>
      Effect.gen(function*() {
        const imported = importOf(module, local)
        if (imported === undefined) return false
        let name = imported.binding.imported === "*" ? member : imported.binding.imported
        let from = module
        let { offset, specifier } = imported.request
        // Through re-exports, which may go in a circle
        for (let hops = 0; name !== undefined && hops < 32; hops++) {
          const resolution = yield* loader.resolve(from, specifier, offset, "import")
          const target = resolution._tag === "Source" ? yield* loader.load(resolution.path) : undefined
          if (target?._tag !== "Code" || target.record.system !== "esm") return false
          const provision = yield* provide(loader, target, name)
          if (provision._tag === "Local") {
            const again = importOf(target, provision.local)
            if (again === undefined) return (yield* namesOf(target))?.tests.has(provision.local) === true
            name = again.binding.imported
            offset = again.request.offset
            specifier = again.request.specifier
          } else if (provision._tag === "From") {
            name = provision.imported
            offset = provision.offset
            specifier = provision.specifier
          } else return false
          from = target
        }
        return false
      }).pipe(Effect.orElseSucceed(() => false))

    const uses: Array<Use> = []
    for (const each of reached.modules.values()) {
      const { module } = each
      for (const item of keptItems(each)) {
        const suspects = new Set(item.globals.filter(isSuspect(module)).map(({ name }) => name))
        if (suspects.size === 0) continue
        const [start, end] = item.range
        for (const { conditions, name, offset } of (yield* namesOf(module))?.unguarded ?? []) {
          if (!suspects.has(name) || offset < start || offset >= end) continue
          if (yield* Effect.exists(conditions, (condition) => isTest(module, condition))) continue
          uses.push({ name, module, item, offset })
        }
      }
    }
    if (uses.length === 0) return uses
    const assigned = new Set<string>()
    for (const { module } of reached.modules.values()) {
      if (module.record.system === "esm" && !mentionsGlobals(module.text)) continue
      for (const name of (yield* namesOf(module))?.assigned ?? []) assigned.add(name)
    }
    return uses.filter(({ name }) => !assigned.has(name))
  })

const listed = (names: ReadonlyArray<string>): string =>
  names.length <= 1 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`

/** Places in one message. */
const maxPlaces = 3

const ofBrowser = (uses: ReadonlyArray<Use>): ReadonlyArray<Diagnostic> => {
  const [first] = uses
  if (first === undefined) return []
  const names = [...new Set(uses.map(({ name }) => `\`${name}\``))]
  const shown = names.length <= maxPlaces + 1 ? listed(names)
    : `${names.slice(0, maxPlaces).join(", ")} and ${names.length - maxPlaces} other names`
  const places = [...new Set(uses.map(({ item, module }) => itemLabel(module, item)))]
  const more = places.length - maxPlaces
  return [
    new Diagnostic({
      severity: "warning",
      code: "unresolved-name",
      what: `${shown} ${names.length === 1 ? "exists" : "exist"} only in browsers`,
      location: locate(first.module, first.offset),
      why: `${
        more > 0 ? `${places.slice(0, maxPlaces).join(", ")} and ${more} more use` :
          `${listed(places)} ${places.length === 1 ? "uses" : "use"}`
      } ${names.length === 1 ? "it" : "them"}; the run will fail with a ReferenceError when it gets there.`,
      remedy: `Test for ${
        names.length === 1 ? "it" : "them"
      } first (\`typeof ${first.name} !== "undefined"\`), or keep such code out of what the function calls.`
    })
  ]
}

const ofOther = ({ item, module, name, offset }: Use): Diagnostic =>
  new Diagnostic({
    severity: "warning",
    code: "unresolved-name",
    what: `\`${name}\` is defined nowhere`,
    location: locate(module, offset),
    why: `${itemLabel(module, item)} uses it; the run will fail with a ReferenceError when it gets there.`,
    remedy: "Declare or import it, or set it on globalThis before the call."
  })

/** Warns once of each name that is defined nowhere, and once of all that only browsers have. */
export const unresolvedNames = (
  loader: ModuleLoader,
  reached: Reached
): Effect.Effect<ReadonlyArray<Diagnostic>, never, LoadRequirements> =>
  Effect.map(findUses(loader, reached), (uses) => {
    const others = new Map<string, Use>()
    for (const use of uses) if (!isBrowserName(use.name) && !others.has(use.name)) others.set(use.name, use)
    return [...[...others.values()].map(ofOther), ...ofBrowser(uses.filter(({ name }) => isBrowserName(name)))]
  })
