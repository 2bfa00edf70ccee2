/**
 * The second stage of the pipeline: from the entry outwards over every declaration that is needed, until the worklist is
 * empty and no statement is left that may change what was reached.
 */
import * as Effect from "effect/Effect"
import type { AskedModule } from "../modules/AskedModule.ts"
import * as StatementDecisions from "./StatementDecisions.ts"
import { isClustrix } from "../modules/recordModule.ts"
import { type CodeModule, isForEffects, locate, nodeId } from "../modules/Module.ts"
import type { LoadRequirements, ModuleLoader } from "../modules/ModuleLoader.ts"
import type { Entry, Reached } from "./Reached.ts"
import type { Reason } from "../modules/Reason.ts"
import * as Tracer from "./Tracer.ts"
import * as LiveStatements from "./LiveStatements.ts"
import { awaitingStatements } from "./awaitingStatements.ts"
import { brokenImports } from "./brokenImports.ts"
import { evaluationOf, type FoundEvaluation } from "./evaluation.ts"
import { type LoadedProgram, loadProgram } from "./loadProgram.ts"
import { moduleInstances } from "./moduleInstances.ts"

/** A function that is wanted beside the entry, because a living function holds it. */
export interface HeldFunction {
  readonly entry: Entry
  readonly reason: Reason
}

/** Finds everything that `entry` needs, the functions that it holds, and the modules that are known to be asked for. */
export const reach = (
  loader: ModuleLoader,
  entry: Entry,
  options: StatementDecisions.ReachOptions,
  held: ReadonlyArray<HeldFunction> = [],
  asked: ReadonlyArray<AskedModule> = []
): Effect.Effect<Reached, Tracer.ReachError, LoadRequirements> =>
  Effect.gen(function*() {
    const tracer = Tracer.make(loader, {
      isDropped: StatementDecisions.isDropped(options),
      isAnswered: (module, offset) => asked.some((each) => each.from.path === module.path && each.offset === offset)
    })
    const decisions = StatementDecisions.make(tracer, options)

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
    let program: LoadedProgram | undefined
    let live: LiveStatements.LiveStatements | undefined
    let evaluation: FoundEvaluation | undefined
    let known = new Set<string>()
    const entered = new Set<string>()
    for (let again = true; again;) {
      again = false
      const loaded = program
      // What is evaluated anyway needs not be loaded anew
      const isMissing = [...tracer.modules.keys()].some((path) =>
        !entered.has(path) && loaded?.modules[loaded.indexOf.get(path) ?? -1]?.isStatic !== true
      )
      for (const path of tracer.modules.keys()) entered.add(path)
      if (live === undefined || program === undefined || isMissing) {
        const roots = [...tracer.modules.values()].map(({ module }) => module)
        program = yield* loadProgram(loader, roots, entered, asked)
        live = LiveStatements.liveStatements(program.modules)
        known = new Set()
        for (const each of [entry, ...held.map((one) => one.entry)]) {
          const index = program.indexOf.get(each.module.path)
          if (index !== undefined) live.enter(index, each.local, each.path)
        }
      }
      for (const { items, module } of tracer.modules.values()) {
        const index = program.indexOf.get(module.path)
        if (index === undefined) continue
        for (const item of items) {
          const key = `${index}:${item}`
          if (known.has(key)) continue
          known.add(key)
          live.keep(index, item)
        }
      }
      for (const { because, item, module } of live.next()) {
        const source = program.sources[module]
        const found = source?.record.items[item]
        if (source === undefined || found === undefined) continue
        if (decisions.wants(source, found, because.what)) {
          known.add(`${module}:${item}`)
          again = true
        }
      }
      const { indexOf } = program
      const wanted = live
      const named = decisions.keepNamed((module, item) => {
        const index = indexOf.get(module.path)
        if (index !== undefined) wanted.keepWhole(index, item.index)
      })
      if (named) again = true
      yield* tracer.drain
      again ||= [...tracer.modules.keys()].some((path) => !entered.has(path))
      if (again) continue
      // Modules that are loaded for what they lead to
      evaluation = evaluationOf(program, live, entry.module.path, tracer.modules, (module) =>
        decisions.isWanted(module) || importsForEffect(module))
      for (const { item, module } of awaitingStatements(program, entry.module.path, evaluation.conflicting)) {
        if (!live.isStatic(module.path) && !tracer.modules.has(module.path)) {
          continue
        }
        if (decisions.wants(module, item, "the order in which modules are evaluated")) {
          again = true
        }
      }
      for (const path of evaluation.ordered) {
        const module = program.sources[program.indexOf.get(path) ?? -1]
        if (module === undefined || tracer.modules.has(path) || !live.isStatic(path)) {
          continue
        }
        tracer.enter(module, {
          kind: "side-effect-import",
          from: undefined,
          because: "it loads modules whose evaluation matters",
          location: undefined
        })
        again = true
      }
      yield* tracer.drain
    }

    decisions.dropRest((module, item) => {
      const index = program?.indexOf.get(module.path)
      return index !== undefined && live?.drives(index, item.index) === true
    })
    if (program !== undefined && live !== undefined) {
      const found = [...yield* brokenImports(loader, program, live.isStatic),
        ...moduleInstances(loader, tracer.modules)]
      for (const diagnostic of found) {
        tracer.report(diagnostic)
      }
    }
    return {
      entry,
      modules: tracer.modules,
      evaluation: evaluation ?? { ordered: new Set(), requests: new Map() },
      json: tracer.json,
      externals: [...tracer.externals.values()],
      clustrix: [...tracer.clustrix.values()],
      reasons: tracer.reasons,
      decisions: [...decisions.all.values()],
      diagnostics: [...tracer.diagnostics.values()]
    }
  })

/** Whether it imports another package for its effects. */
const importsForEffect = (module: CodeModule): boolean =>
  module.record.imports.some((request) =>
    isForEffects(module, request) && !request.specifier.startsWith(".") && !isClustrix(request.specifier)
  )
