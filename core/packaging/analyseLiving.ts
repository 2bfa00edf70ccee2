/**
 * The first half of the pipeline for a living function: what it captures goes along by value.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import type { InnerFunctionRequest } from "../modules/recordModule.ts"
import { capture, type CapturedFunction, type CaptureError, type CaptureGraph } from "../closures/CaptureGraph.ts"
import { isFresh } from "../closures/OwnState.ts"
import { entryExport, printCaptures } from "../closures/printCaptures.ts"
import { type EmittedModule } from "../codegen/emitModules.ts"
import { type Linker, linkName, packagePath } from "../codegen/Linkage.ts"
import { relativeSpecifier } from "../codegen/Placement.ts"
import { type AnyFunction, FunctionLocator } from "../closures/FunctionLocator.ts"
import type { CodeModule } from "../modules/Module.ts"
import * as ModuleLoader from "../modules/ModuleLoader.ts"
import { FunctionNotPackageableError } from "../slicing/NotPackageable.ts"
import type { HeldFunction } from "../slicing/reach.ts"
import type { NodeId, Reason } from "../modules/Reason.ts"
import type { Entry } from "../slicing/Reached.ts"
import { nodeId } from "../modules/Module.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"

/** The path of the captured values in the package. */
export const capturedModule = "captured.mjs"

/** A living function, and the places of all functions that go along with it. */
export interface LivingFunction {
  readonly graph: CaptureGraph
  readonly loader: ModuleLoader.ModuleLoader
  readonly entry: Entry
  readonly held: ReadonlyArray<HeldFunction>
  readonly places: ReadonlyMap<AnyFunction, Entry>
  /** Why each captured value is there, by the node that it is: `captured.mjs#main.table`. */
  readonly values: ReadonlyMap<NodeId, Reason>
  /** Whether it holds nothing: then it is as if it had been named. */
  readonly isPlain: boolean
}

/** The function that all `bind`s around `fn` lead to. */
const unbound = (fn: AnyFunction): Effect.Effect<AnyFunction, never, FunctionLocator> =>
  Effect.gen(function*() {
    const locator = yield* FunctionLocator
    let target = fn
    for (let bound = yield* locator.bound(target); bound !== undefined; bound = yield* locator.bound(target)) {
      target = bound.target
    }
    return target
  })

const sourcesOf = (graph: CaptureGraph): ReadonlyArray<CapturedFunction> =>
  [...graph.functions.values()].flatMap((each) => each._tag === "Source" ? [each] : [])

/** Finds the function, what it captures, and where all of that is written. */
export const findLiving = (
  fn: AnyFunction
): Effect.Effect<
  LivingFunction,
  CaptureError | ModuleLoader.LoadError,
  FunctionLocator | ModuleLoader.LoadRequirements | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const resolver = yield* ModuleResolver
    const locator = yield* FunctionLocator
    const target = yield* unbound(fn)
    const [located] = yield* locator.locate(target)
    const scope = located === undefined ? undefined : yield* resolver.namedScope(located.file)
    const shownFrom = scope?.directory ?? path.dirname(located?.file ?? ".")
    const shown = (each: string): string => path.relative(shownFrom, each).split(path.sep).join("/")
    const graph = yield* capture(fn, shown)

    const inner = new Map<string, Array<InnerFunctionRequest>>()
    const locals = new Map<AnyFunction, string>()
    for (const each of sourcesOf(graph)) {
      if (each.inner.declared !== undefined) continue
      // A CommonJS module gives what it exports, and nothing else
      const plain = yield* ModuleLoader.make(shown).load(each.path)
      if (plain._tag === "Code" && plain.record.system === "commonjs") continue
      const requests = inner.get(each.path) ?? []
      inner.set(each.path, requests)
      // One text makes many functions, if each has variables of its own
      const same = each.inner.captures.length === 0 ? undefined
        : requests.find(({ offset }) => offset === each.offset)
      const local = same?.local ?? `clustrix$${requests.length}`
      locals.set(each.value, local)
      if (same === undefined) {
        requests.push({ offset: each.offset, wanted: each.inner.kind === "class" ? "class" : "function", local })
      }
    }
    const loader = ModuleLoader.make(shown, inner)
    const places = new Map<AnyFunction, Entry>()
    for (const each of sourcesOf(graph)) {
      const module = yield* loader.load(each.path)
      const exported = module._tag === "Code" ? commonJsName(module, each) : undefined
      if (module._tag !== "Code" || (module.record.system === "commonjs" && exported === undefined)) {
        return yield* new FunctionNotPackageableError({
          reason: "InvalidReference",
          reference: `${each.location}`,
          what: `${module.file} is a CommonJS module, and does not export the function`,
          location: each.location,
          why: "A CommonJS module goes along whole, and gives only what it exports.",
          remedy: "Export the function, or move it into an ES module."
        })
      }
      places.set(each.value, {
        _tag: "Binding",
        module,
        local: exported ?? each.inner.declared?.local ?? locals.get(each.value) ?? "",
        path: each.inner.declared?.path ?? []
      })
    }
    const entry = places.get(target)
    if (entry === undefined) return yield* Effect.dieMessage("The function that was asked for is one of those found")
    const held = sourcesOf(graph).flatMap((each): ReadonlyArray<HeldFunction> => {
      const place = places.get(each.value)
      if (each.value === target || place === undefined) return []
      const holder = each.holder === undefined ? undefined : places.get(each.holder)
      return [{
        entry: place,
        reason: {
          kind: "captured",
          from: holder === undefined ? undefined : nodeOf(holder.module, holder.local),
          because: each.because,
          location: each.location
        }
      }]
    })
    const isPlain = graph.functions.size === 1 && graph.objects.size === 0 &&
      sourcesOf(graph).every((each) => each.variables.size === 0 && isFresh(each.own))
    return { graph, loader, entry, held, places, values: valuesOf(graph, places), isPlain }
  })

/** `captured.mjs#main.table` for each variable that a function holds. */
const valuesOf = (
  graph: CaptureGraph,
  places: ReadonlyMap<AnyFunction, Entry>
): ReadonlyMap<NodeId, Reason> => {
  const values = new Map<NodeId, Reason>()
  for (const each of sourcesOf(graph)) {
    const place = places.get(each.value)
    const owner = each.inner.name === "" ? `line ${each.location.line}` : each.inner.name
    for (const [name, value] of each.variables) {
      values.set(`${capturedModule}#${owner}.${name}`, {
        kind: "captured",
        from: place === undefined ? undefined : nodeOf(place.module, place.local),
        because: `${
          each.inner.name === "" ? `the function at ${each.location}` : `\`${owner}\``
        } captures \`${name}\`, ${describe(value)}`,
        location: each.location
      })
    }
  }
  return values
}

/** What a value is, in a few words. */
const describe = (value: unknown): string => {
  if (typeof value === "function") return `the function \`${value.name || "anonymous"}\``
  if (typeof value === "string") {
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`
  }
  if (typeof value !== "object" || value === null) return `${typeof value === "bigint" ? `${value}n` : String(value)}`
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  if (value instanceof Map || value instanceof Set) return `a ${kind} with ${value.size} entries`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (kind !== "Object") return `a ${kind}`
  const keys = Object.keys(value)
  return keys.length === 0 ? "an empty object"
    : `an object with ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", …" : ""}`
}

/** The name under which a CommonJS module exports the function. */
const commonJsName = ({ record }: CodeModule, { inner }: CapturedFunction): string | undefined =>
  inner.captures.length > 0 ? undefined : record.commonJsExports.find(({ functionOffset, local }) =>
    inner.declared === undefined ? functionOffset === inner.range[0] : local === inner.declared.local
  )?.name

const nodeOf = (module: CodeModule, local: string) => {
  const item = module.declarations.get(local)?.[0]
  return item === undefined ? undefined : nodeId(module, item)
}

/** The module of the captured values. */
export const emitCaptures = (living: LivingFunction, linker: Linker): EmittedModule => ({
  path: capturedModule,
  file: "captured values",
  map: undefined,
  text: printCaptures(living.graph, (fn) => {
    const place = living.places.get(fn.value)
    const reached = place === undefined ? undefined : linker.reached.modules.get(place.module.path)
    const specifier = place === undefined ? ""
      : relativeSpecifier(capturedModule, packagePath(linker, place.module))
    if (place?.module.record.system === "commonjs") {
      return {
        specifier,
        exported: "default",
        path: [...place.local === "default" ? [] : [place.local], ...place.path],
        made: false
      }
    }
    return {
      specifier,
      exported: place === undefined || reached === undefined ? "" : linkName(reached, place.local),
      path: place?.path ?? [],
      made: fn.variables.size > 0
    }
  })
})

export { entryExport }
