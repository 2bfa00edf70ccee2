/**
 * What evaluating an item may change, followed through the local functions that it calls.
 */
import * as Effect from "effect/Effect"
import type { Activity, Item, Share } from "../analyse/ModuleRecord.ts"
import { isClustrix } from "../analyse/recordModule.ts"
import { type FollowError, importOf, provide } from "./Exports.ts"
import type { CodeModule } from "./Module.ts"
import type { LoadRequirements, ModuleLoader } from "./ModuleLoader.ts"

/** A name in a module: of a declaration or of an import. */
export interface LocalName {
  readonly module: CodeModule
  readonly name: string
}

/** What evaluation may do. */
export interface Touch {
  /** Bindings that are assigned, or whose objects are changed directly. */
  readonly writes: ReadonlyArray<LocalName>
  /** Bindings whose objects may be changed by a call. */
  readonly passes: ReadonlyArray<LocalName>
  /** Local functions that are called, directly or through others. */
  readonly calls: ReadonlyArray<LocalName>
  readonly globalWrites: boolean
  readonly globalCalls: boolean
  /** A function of another package or of the host is called. */
  readonly externalCalls: boolean
  /** A function of Clustrix is called. */
  readonly clustrixCalls: boolean
}

const localKey = (self: LocalName): string => `${self.module.path}\0${self.name}`

interface Collected {
  readonly writes: Map<string, LocalName>
  readonly passes: Map<string, LocalName>
  readonly calls: Map<string, LocalName>
  globalWrites: boolean
  globalCalls: boolean
  externalCalls: boolean
  clustrixCalls: boolean
}

/** The binding whose value a default export was given. */
const snapshotOf = ({ module, name }: LocalName): string | undefined => module.declarations.get(name)?.[0]?.snapshotOf

/** Whether the name is declared where it stands, and not as a copy of another. */
const isOrigin = (local: LocalName): boolean =>
  local.module.declarations.has(local.name) && snapshotOf(local) === undefined

const declared = new WeakMap<ModuleLoader, Map<string, LocalName | undefined>>()

/** Where a name is declared in the project, through imports and re-exports; `undefined` when outside of it. */
export const declarationOf = (
  loader: ModuleLoader,
  local: LocalName
): Effect.Effect<LocalName | undefined, FollowError, LoadRequirements> => {
  if (isOrigin(local)) return Effect.succeed(local)
  const known = declared.get(loader) ?? new Map<string, LocalName | undefined>()
  declared.set(loader, known)
  const key = localKey(local)
  return known.has(key)
    ? Effect.succeed(known.get(key))
    : Effect.tap(follow(loader, local), (found) => Effect.sync(() => known.set(key, found)))
}

const follow = (
  loader: ModuleLoader,
  local: LocalName
): Effect.Effect<LocalName | undefined, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    let { module, name } = local
    for (let hops = 0; hops < 1000; hops++) {
      if (isOrigin({ module, name })) return { module, name }
      const copied = snapshotOf({ module, name })
      if (copied !== undefined) {
        name = copied
        continue
      }
      const imported = importOf(module, name)
      if (
        imported === undefined || imported.binding.imported === "*" || isClustrix(imported.request.specifier)
      ) return undefined
      let specifier = imported.request.specifier
      let exported = imported.binding.imported
      let offset = imported.request.offset
      let found = false
      while (!found) {
        const resolution = yield* loader.resolve(module, specifier, offset, "import")
        if (resolution._tag !== "Source") return undefined
        const target = yield* loader.load(resolution.path)
        if (target._tag === "Json" || target.record.system === "commonjs") return undefined
        const provision = yield* provide(loader, target, exported)
        module = target
        if (provision._tag === "Local") {
          name = provision.local
          found = true
        } else if (provision._tag === "From" && provision.imported !== "*" && hops < 1000) {
          hops += 1
          specifier = provision.specifier
          exported = provision.imported
          offset = provision.offset
        } else return undefined
      }
    }
    return undefined
  })

const isPlainFunction = (self: LocalName): boolean => {
  const items = self.module.declarations.get(self.name) ?? []
  return items.length > 0 && items.every((item) => item.callable === "function")
}

const shares = new WeakMap<CodeModule, ReadonlyMap<string, ReadonlyArray<Share>>>()

/** For each name of the module what may hang on it. */
const sharesIn = (module: CodeModule): ReadonlyMap<string, ReadonlyArray<Share>> => {
  const known = shares.get(module)
  if (known !== undefined) return known
  const byHolder = new Map<string, Array<Share>>()
  for (const share of module.record.items.flatMap((item) => item.shares)) {
    const others = byHolder.get(share.holder)
    if (others === undefined) byHolder.set(share.holder, [share])
    else others.push(share)
  }
  shares.set(module, byHolder)
  return byHolder
}

/** Names that may share objects with `name` in its module, itself included; `aliases`: that may be the same object. */
const sharing = (self: LocalName, aliases: boolean): ReadonlySet<string> => {
  const byHolder = sharesIn(self.module)
  const found = new Set([self.name])
  // What is added while the set is walked is walked, too
  for (const name of found) {
    for (const { alias, held } of byHolder.get(name) ?? []) if (alias || !aliases) found.add(held)
  }
  return found
}

/** What evaluating `item` of `module` may change. Loads local modules whose functions it calls. */
export const touchOf = (
  loader: ModuleLoader,
  module: CodeModule,
  item: Item
): Effect.Effect<Touch, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const all: Collected = {
      writes: new Map(),
      passes: new Map(),
      calls: new Map(),
      globalWrites: false,
      globalCalls: false,
      externalCalls: false,
      clustrixCalls: false
    }
    const entered = new Set<string>()
    const pending: Array<
      { readonly module: CodeModule; readonly item: Item; readonly activity: Activity; readonly eager: boolean }
    > = [
      { module, item, activity: item.eager, eager: true }
    ]

    const addTo = Effect.fnUntraced(function*(map: Map<string, LocalName>, local: LocalName, functions: boolean) {
      const same = functions ? sharing(local, true) : undefined
      for (const name of sharing(local, false)) {
        const shared: LocalName = { module: local.module, name }
        const declared = (yield* declarationOf(loader, shared)) ?? shared
        // What is put into a holder does not change a function that lies in it
        if (same?.has(name) === true || !isPlainFunction(declared)) map.set(localKey(declared), declared)
      }
    })

    const enter: (
      local: LocalName,
      direct: boolean
    ) => Effect.Effect<void, FollowError, LoadRequirements> = Effect.fnUntraced(function*(local, direct) {
      const imported = importOf(local.module, local.name)
      const declared = yield* declarationOf(loader, local)
      if (declared === undefined) {
        if (imported !== undefined && isClustrix(imported.request.specifier)) all.clustrixCalls = true
        else if (direct) all.externalCalls = true
        return
      }
      const key = localKey(declared)
      if (direct) all.calls.set(key, declared)
      if (entered.has(key)) return
      entered.add(key)
      for (const target of declared.module.declarations.get(declared.name) ?? []) {
        pending.push({ module: declared.module, item: target, activity: target.deferred, eager: false })
        // The methods of what a constant was constructed from run when the constant's methods are called
        for (const constructed of target.kind === "variable" ? target.eager.calls : []) {
          yield* enter({ module: declared.module, name: constructed }, false)
        }
        if (target.callable === "class") {
          for (const { name } of target.references.filter((reference) => reference.eager)) {
            yield* enter({ module: declared.module, name }, false)
          }
        }
      }
    })

    /** Whether merely reading the value, or what hangs on it, may run code: its own, of its class, or of a class above. */
    const runsUncalled: (
      local: LocalName,
      seen: Set<string>
    ) => Effect.Effect<boolean, FollowError, LoadRequirements> = Effect.fnUntraced(function*(local, seen) {
      if (seen.has(localKey(local))) return false
      seen.add(localKey(local))
      for (const target of local.module.declarations.get(local.name) ?? []) {
        if (target.callable === "function") continue
        if (target.runsUncalled) return true
        const above = target.callable === "class"
          ? target.references.filter(({ eager }) => eager).map(({ name }) => name)
          : target.eager.calls
        for (const name of above) {
          const declared = yield* declarationOf(loader, { module: local.module, name })
          if (declared !== undefined && (yield* runsUncalled(declared, seen))) return true
        }
      }
      return false
    })

    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { activity, eager, module: at } = next
      const here = (name: string): LocalName => ({ module: at, name })
      for (const name of activity.writes) yield* addTo(all.writes, here(name), true)
      let changesArguments = false
      for (const name of activity.calls) {
        const declared = yield* declarationOf(loader, here(name))
        changesArguments ||= declared !== undefined &&
          (declared.module.declarations.get(declared.name) ?? []).some((target) => target.mutatesParameters.length > 0)
        yield* enter(here(name), true)
      }
      for (const name of activity.callbacks) yield* enter(here(name), false)
      for (const name of activity.passes) yield* addTo(all.passes, here(name), changesArguments)
      for (const name of activity.results) {
        // What a method gave may be a part of its receiver
        yield* addTo(all.passes, here(name), false)
        const declared = yield* declarationOf(loader, here(name))
        for (const target of declared?.module.declarations.get(declared.name) ?? []) {
          for (const reference of target.references) {
            if (declared !== undefined) {
              yield* addTo(all.passes, { module: declared.module, name: reference.name }, false)
            }
          }
        }
      }
      for (const reference of next.item.references) {
        // Modules are not loaded for the sake of what a function that is called here merely mentions
        if (reference.eager !== eager || !(eager || at.declarations.has(reference.name))) continue
        const declared = yield* declarationOf(loader, here(reference.name))
        if (declared === undefined || !(yield* runsUncalled(declared, new Set()))) continue
        yield* addTo(all.passes, declared, false)
        yield* enter(declared, false)
      }
      if (activity.throughLocals) {
        for (const reference of next.item.references) {
          if (reference.eager === eager) yield* addTo(all.passes, here(reference.name), false)
        }
      }
      all.globalWrites ||= activity.globalWrites.length > 0
      all.globalCalls ||= activity.globalCalls.length > 0
    }
    return {
      writes: [...all.writes.values()],
      passes: [...all.passes.values()],
      calls: [...all.calls.values()],
      globalWrites: all.globalWrites,
      globalCalls: all.globalCalls,
      externalCalls: all.externalCalls,
      clustrixCalls: all.clustrixCalls
    }
  })
