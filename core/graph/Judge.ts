/**
 * Decides which top-level statements stay: those that may change what is reached. Lines that only package and run the
 * entry go.
 */
import * as Effect from "effect/Effect"
import { isInert } from "../analyse/ActivityBuilder.ts"
import type { Item } from "../analyse/ModuleRecord.ts"
import { importOf } from "./Exports.ts"
import { type CodeModule, locate, nodeId } from "./Module.ts"
import type { LoadRequirements, ModuleLoader } from "./ModuleLoader.ts"
import type { Entry, ReachedModule } from "./Reached.ts"
import type { Decision, NodeId, Reason } from "./Reason.ts"
import { declarationOf, type LocalName, type Touch, touchOf } from "./Touch.ts"
import type { ReachError, Tracer } from "./Tracer.ts"

/** Statements to keep or drop whatever the analysis says, as `file#name` or `file:line`. */
export interface ReachOptions {
  readonly keep: ReadonlyArray<string>
  readonly drop: ReadonlyArray<string>
}

export interface Judge {
  readonly decisions: ReadonlyMap<NodeId, Decision>
  /** Looks at every unreached item of the reached modules once; whether any of them stays after all. */
  readonly round: Effect.Effect<boolean, ReachError, LoadRequirements>
}

const matches = (patterns: ReadonlyArray<string>, module: CodeModule, item: Item): boolean =>
  patterns.length > 0 &&
  (patterns.includes(nodeId(module, item)) || patterns.includes(`${module.file}:${locate(module, item.range[0]).line}`))

/** Whether the option `drop` names the item. */
export const isDropped = (options: ReachOptions) => (module: CodeModule, item: Item): boolean =>
  matches(options.drop, module, item)

export const make = (loader: ModuleLoader, tracer: Tracer, entry: Entry, options: ReachOptions): Judge => {
  const decisions = new Map<NodeId, Decision>()
  const touches = new Map<string, Touch>()
  const isReachedName = (module: CodeModule, name: string): boolean => {
    const items = module.declarations.get(name)
    const reached = tracer.modules.get(module.path)
    if (items !== undefined) return items.some((item) => reached?.items.has(item.index) === true)
    if (reached?.imports.has(name) === true) return true
    const found = importOf(module, name)
    if (found === undefined) return false
    // The same module may be reached from another file
    const resolution = loader.resolved(module, found.request.specifier, "import")
    if (resolution === undefined) return false
    if (resolution._tag === "Source") return tracer.modules.has(resolution.path) || tracer.json.has(resolution.path)
    for (const request of tracer.externals.values()) {
      if (request.resolution._tag === resolution._tag && request.resolution.name === resolution.name) return true
    }
    return false
  }

  const decide = (module: CodeModule, item: Item): Effect.Effect<boolean, ReachError, LoadRequirements> =>
    Effect.gen(function*() {
      const node = nodeId(module, item)
      const location = locate(module, item.range[0])
      const keep = (why: string, doubt: boolean, kind: Reason["kind"] = "effect"): boolean => {
        decisions.set(`${module.path}\0${item.index}`, { node, verdict: "kept", doubt, why, location })
        tracer.reachItem(module, item, { kind, from: module.file, because: why, location })
        return true
      }
      if (matches(options.keep, module, item)) return keep("the option `keep` names it", false, "option")
      if (matches(options.drop, module, item)) {
        decisions.set(`${module.path}\0${item.index}`, {
          node,
          verdict: "dropped",
          doubt: false,
          why: "the option `drop` names it",
          location
        })
        return false
      }
      // Reading a value may run an accessor or a conversion
      const reads = item.references.some(({ eager, name }) =>
        eager && (item.kind === "statement" || isReachedName(module, name))
      )
      if (isInert(item.eager) && !reads) return false
      const key = `${module.path}\0${item.index}`
      const touch = touches.get(key) ?? (yield* touchOf(loader, module, item))
      touches.set(key, touch)
      const drop = (why: string): boolean => {
        decisions.set(key, { node, verdict: "dropped", doubt: false, why, location })
        return false
      }
      const written = touch.writes.find((local) => isReachedName(local.module, local.name))
      if (yield* isDriver(module, item, touch)) {
        if (written === undefined && !touch.globalWrites) {
          return drop("it only packages or runs the function, or uses what that gave")
        }
      }
      if (written !== undefined) return keep(`it changes \`${written.name}\``, false)
      const passed = touch.passes.find((local) => isReachedName(local.module, local.name))
      if (passed !== undefined) return keep(`it may change \`${passed.name}\`, which it hands to a call`, true)
      if (touch.globalWrites) return keep("it changes a global", false)
      if (item.kind === "statement" && touch.globalCalls) {
        return keep("it calls a function of the host, which may change a global", true)
      }
      if (item.kind === "statement" && touch.externalCalls && tracer.readsGlobals()) {
        return keep("it calls a function of another package, which may change a global that the function reads", true)
      }
      return item.kind === "statement" ? drop("it changes nothing that is reached") : false
    })

  const isEntry = ({ module, name }: LocalName): boolean => module.path === entry.module.path && name === entry.local

  /** Whether it is `cluster(options)(function)`, of the entry or of what is not reached: whoever mentions it runs jobs. */
  const isClustered = ({ module, name }: LocalName): boolean =>
    (module.declarations.get(name) ?? []).some((item) =>
      item.isClustered &&
      (tracer.modules.get(module.path)?.items.has(item.index) !== true ||
        (item.wraps !== undefined && isEntry({ module, name: item.wraps })))
    )

  /** Whether the item is one of the lines that package and run the entry, or only uses what such a line gave. */
  const isDriver = (
    module: CodeModule,
    item: Item,
    touch: Touch
  ): Effect.Effect<boolean, ReachError, LoadRequirements> =>
    Effect.gen(function*() {
      if (touch.clustrixCalls) return true
      if (touch.calls.some((local) => isEntry(local) || isClustered(local))) return true
      for (const reference of item.references) {
        if (!reference.eager) continue
        const declared = yield* declarationOf(loader, { module, name: reference.name })
        if (declared === undefined) continue
        if (drivers.has(`${declared.module.path}\0${declared.name}`) || isClustered(declared)) return true
      }
      return false
    })

  /** Unreached variables that hold what packaging or running the entry gave. */
  const drivers = new Set<string>()
  const findDrivers = (reached: ReachedModule): Effect.Effect<void, ReachError, LoadRequirements> =>
    Effect.gen(function*() {
      for (const item of reached.module.record.items) {
        if (item.kind !== "variable" || reached.items.has(item.index)) continue
        const key = `${reached.module.path}\0${item.index}`
        const touch = touches.get(key) ?? (yield* touchOf(loader, reached.module, item))
        touches.set(key, touch)
        if (yield* isDriver(reached.module, item, touch)) {
          for (const name of item.declares) drivers.add(`${reached.module.path}\0${name}`)
        }
      }
    })

  const searched = new Set<string>()
  const round = Effect.gen(function*() {
    let changed = false
    const modules = [...tracer.modules.values()]
    // All drivers before the first verdict: a statement may use what another module's line gave
    for (const reached of modules) {
      if (searched.has(reached.module.path)) continue
      searched.add(reached.module.path)
      yield* findDrivers(reached)
    }
    for (const reached of modules) {
      for (const item of reached.module.record.items) {
        if (reached.items.has(item.index)) continue
        if (yield* decide(reached.module, item)) changed = true
      }
    }
    return changed
  })

  return { decisions, round }
}
