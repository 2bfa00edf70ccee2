/**
 * The second stage of the pipeline: from the entry outwards over every declaration that is needed, until the worklist is
 * empty and no statement is left that may change what was reached.
 */
import * as Effect from "effect/Effect"
import { isInert } from "../analyse/ActivityBuilder.ts"
import { isClustrix } from "../analyse/recordModule.ts"
import { Diagnostic } from "../Diagnostic.ts"
import type { AskedModule } from "./AskedModule.ts"
import * as Judge from "./Judge.ts"
import { locate, nodeId } from "./Module.ts"
import type { LoadRequirements, ModuleLoader } from "./ModuleLoader.ts"
import type { Entry, Reached } from "./Reached.ts"
import type { Reason } from "./Reason.ts"
import * as Tracer from "./Tracer.ts"

/** A function that is wanted beside the entry, because a living function holds it. */
export interface HeldFunction {
  readonly entry: Entry
  readonly reason: Reason
}

/** Finds everything that `entry` needs, the functions that it holds, and the modules that are known to be asked for. */
export const reach = (
  loader: ModuleLoader,
  entry: Entry,
  options: Judge.ReachOptions,
  held: ReadonlyArray<HeldFunction> = [],
  asked: ReadonlyArray<AskedModule> = []
): Effect.Effect<Reached, Tracer.ReachError, LoadRequirements> =>
  Effect.gen(function*() {
    const tracer = Tracer.make(loader, {
      isDropped: Judge.isDropped(options),
      isAnswered: (module, offset) => asked.some((each) => each.from.path === module.path && each.offset === offset)
    })
    const judge = Judge.make(loader, tracer, entry, options)

    // The entry
    const entryItems = entry.module.declarations.get(entry.local) ?? []
    const written = entryItems[0]?.inner?.name ?? (entry.local === "*default*" ? "default" : entry.local)
    const label = [written, ...entry.path].join(".")
    tracer.reachName(entry.module, entry.local, undefined, {
      kind: "entry",
      from: undefined,
      because: `\`${label}\` is the function that was asked for`,
      location: entryItems[0] === undefined ? undefined : locate(entry.module, entryItems[0].range[0])
    })
    tracer.enter(entry.module, {
      kind: "entry",
      from: undefined,
      because: "it declares the function that was asked for",
      location: undefined
    })
      .links.add(entry.local)
    for (const { entry: { local, module }, reason } of held) {
      tracer.reachName(module, local, undefined, reason)
      tracer.enter(module, reason).links.add(local)
    }
    for (const { by, from, offset, target } of asked) {
      const item = from.record.items.find(({ range: [start, end] }) => start <= offset && offset < end)
      tracer.reachWhole(target, {
        kind: "commonjs",
        from: item === undefined ? from.file : nodeId(from, item),
        because: `${from.file} gives its path to \`${by}\``,
        location: locate(from, offset)
      })
    }
    yield* tracer.drain

    // Statements that may change what is reached, until there are no more
    while (yield* judge.round) yield* tracer.drain

    // Imports that go, from modules that would have had effects
    for (const reached of tracer.modules.values()) {
      for (const request of reached.module.record.imports) {
        if (request.bare || isClustrix(request.specifier) || request.bindings.length === 0) continue
        if (request.bindings.some((binding) => reached.imports.has(binding.local))) continue
        const resolution = yield* Effect.option(
          loader.resolve(reached.module, request.specifier, request.offset, "import")
        )
        if (
          resolution._tag === "None" || resolution.value._tag !== "Source" || tracer.modules.has(resolution.value.path)
        ) continue
        const target = yield* Effect.option(loader.load(resolution.value.path))
        if (target._tag === "None" || target.value._tag !== "Code") continue
        const effect = target.value.record.items.find((item) => item.kind === "statement" && !isInert(item.eager))
        if (effect === undefined) continue
        tracer.report(
          new Diagnostic({
            severity: "info",
            code: "dropped-import",
            what: `The import of ${target.value.file} is left out, with the effects of that module`,
            location: locate(reached.module, request.offset),
            why: `None of the names that it binds is reached; ${target.value.file} has statements of its own (line ${
              locate(target.value, effect.range[0]).line
            }).`,
            remedy: `Import it for its effects: import "${request.specifier}".`
          })
        )
      }
    }

    return {
      entry,
      modules: tracer.modules,
      json: tracer.json,
      externals: [...tracer.externals.values()],
      clustrix: [...tracer.clustrix.values()],
      reasons: tracer.reasons,
      decisions: [...judge.decisions.values()],
      diagnostics: [...tracer.diagnostics.values()]
    }
  })
