/**
 * What a living function holds on to: the functions and values that go along with it, found from the outside in.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { heritage, type InnerFunction } from "../modules/InnerFunction.ts"
import { type AnyFunction, type BoundFunction, FunctionLocator } from "./FunctionLocator.ts"
import type { FunctionNotPackageableError } from "../slicing/NotPackageable.ts"
import type { ModuleResolver, ResolutionError } from "../resolution/ModuleResolver.ts"
import { ValueInspection } from "../runtime/ValueCodec.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { SourceParser, SourceSyntaxError } from "../language/SourceParser.ts"
import * as BuiltinShape from "./BuiltinShape.ts"
import * as CapturedSources from "./CapturedSources.ts"
import { capturedVariables, shownName } from "./CapturedVariables.ts"
import { type FunctionState, functionState, type MemberFunction, untouched } from "./FunctionState.ts"
import * as Instances from "./Instances.ts"
import { type CapturedValueError, type HeldValue, type Holder, labelOf, refuse } from "./NotCaptured.ts"
import { asItIs, boundFresh, isFresh, type OwnState, ownState, unchanged } from "./OwnState.ts"
import { contentOf, ownParts } from "./Parts.ts"
import { linkedParameters, primitiveExpression, prototypeShape, type Shape, shapeOf } from "./Shape.ts"
import { refuseShared } from "./SharedVariables.ts"

/** A function of the project that goes along. */
export interface CapturedFunction {
  readonly _tag: "Source"
  readonly value: AnyFunction
  /** Absolute real path of its module. */
  readonly path: string
  /** In its head. */
  readonly offset: number
  readonly inner: InnerFunction
  /** The names that its module declares at the top. */
  readonly names: ReadonlySet<string>
  /** What its variables hold, in the order of `inner.captures`. */
  readonly variables: ReadonlyMap<string, unknown>
  /** What it has beyond what its text makes. */
  readonly own: OwnState
  /** The function that holds it, if it is not the one that was asked for. */
  readonly holder: AnyFunction | undefined
  /** For people: ``main` captures `helper``. */
  readonly because: string
  readonly location: SourceLocation
}

/** A function that `bind` made. */
export interface CapturedBinding extends BoundFunction {
  readonly _tag: "Bound"
  readonly value: AnyFunction
  readonly own: OwnState
}

/** A function that a class which goes along makes. */
export interface CapturedMember extends MemberFunction {
  readonly _tag: "Member"
  readonly of: AnyFunction
}

/** An object that is carried by value. */
export interface CapturedObject {
  readonly shape: Exclude<Shape, { readonly _tag: "Refused" }>
  readonly own: OwnState
}

export interface CaptureGraph {
  readonly entry: AnyFunction
  /** In the order in which they were found. */
  readonly functions: ReadonlyMap<AnyFunction, CapturedFunction | CapturedBinding | CapturedMember>
  /** In the order in which they were found. */
  readonly objects: ReadonlyMap<object, CapturedObject>
  /** Symbols that nobody but the functions knows, in the order in which they were found. */
  readonly symbols: ReadonlySet<symbol>
}

export type CaptureError = CapturedValueError | FunctionNotPackageableError | ResolutionError | SourceSyntaxError
export type CaptureRequirements = FunctionLocator | FileSystem.FileSystem | ModuleResolver | SourceParser

type HeldFunction = HeldValue & { readonly value: AnyFunction }
type HeldObject = HeldValue & { readonly value: object }

/** The npm package that an installed file belongs to. */
const packageOf = (file: string): string | undefined =>
  /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](?!.*[\\/]node_modules[\\/])/.exec(file)?.[1]?.replaceAll(
    "\\",
    "/"
  )

const asFunction = (value: unknown): AnyFunction | undefined =>
  typeof value === "function" ? value as AnyFunction : undefined // any function is

/** Follows what `entry` captures. `fileName` turns an absolute path into what people read. */
export const capture = (
  entry: AnyFunction,
  fileName: (path: string) => string
): Effect.Effect<CaptureGraph, CaptureError, CaptureRequirements> =>
  Effect.gen(function*() {
    const sources = yield* CapturedSources.make(fileName)
    const locator = yield* FunctionLocator
    const { isProxy } = yield* ValueInspection
    const builtins = yield* BuiltinShape.make
    const functions = new Map<AnyFunction, CapturedFunction | CapturedBinding | CapturedMember>()
    const objects = new Map<object, CapturedObject>()
    /** The objects that functions give their instances, with what was put on them. */
    const prototypes = new Map<object, { readonly of: AnyFunction; readonly own: OwnState }>()
    /** What classes make when they are defined. */
    const members = new Map<AnyFunction, CapturedMember>()
    const symbols = new Map<symbol, HeldValue>()
    const inVariables = new Set<unknown>()
    const waiting: Array<HeldValue> = []
    /** Methods whose class may still be found. */
    const methods: Array<HeldFunction> = []

    const enter = (value: unknown, path: string, holder: Holder | undefined): void => {
      waiting.push({ value, path, holder })
    }
    const enterOwn = (own: OwnState, path: string, by: (segment: string) => Holder | undefined): void => {
      for (const { segment, value } of ownParts(own)) enter(value, `${path}${segment}`, by(segment))
    }

    const visitBound = ({ holder, value }: HeldFunction, bound: BoundFunction): void => {
      const label = labelOf(value)
      const by = { outer: holder, says: `${label} is bound to it`, fn: value }
      const own = ownState(value, boundFresh(bound.target, bound.args.length))
      functions.set(value, { _tag: "Bound", value, ...bound, own })
      enter(bound.target, `the target of ${label}`, { ...by, says: `${label} is bound` })
      enter(bound.receiver, `the \`this\` of ${label}`, by)
      bound.args.forEach((each, at) => enter(each, `argument ${at + 1} of ${label}`, by))
      enterOwn(own, label, () => by)
    }

    /** Notes what the function made, and what was put on it. */
    const remember = (
      { holder, value }: HeldFunction,
      { members: made, own, prototype }: FunctionState
    ): Effect.Effect<void, CapturedValueError> => {
      const label = labelOf(value)
      const by = (segment: string): Holder => ({
        outer: holder,
        says: `${label} has the property ${segment.replace(/^\./, "")}`,
        fn: value
      })
      for (const each of made) {
        if (!members.has(each.value)) members.set(each.value, { _tag: "Member", ...each, of: value })
      }
      enterOwn(own, label, by)
      if (prototype === undefined) return Effect.void
      if (objects.has(prototype.value)) {
        return refuse({ holder, value, path: `${label}.prototype` }, {
          description: "a prototype whose `constructor` is not its class",
          why: "It was found before its class, and nothing on it tells whose it is.",
          remedy: "Hand over a plain object with its data, and make the instance in the function."
        })
      }
      prototypes.set(prototype.value, { of: value, own: prototype.own })
      if (!isFresh(prototype.own)) enter(prototype.value, `${label}.prototype`, by("prototype"))
      return Effect.void
    }

    const visitFunction = (held: HeldFunction): Effect.Effect<void, CaptureError, CaptureRequirements> =>
      Effect.gen(function*() {
        const { holder, path, value } = held
        const label = labelOf(value)
        if (isProxy(value)) {
          return yield* refuse(held, {
            description: "a Proxy",
            why: "What is behind it, and its traps, cannot be seen.",
            remedy: "Hand over its target."
          })
        }
        const builtin = path === "" ? undefined : yield* builtins.of(held)
        if (builtin !== undefined) {
          objects.set(value, { shape: builtin, own: unchanged })
          return
        }
        const bound = yield* locator.bound(value)
        if (bound !== undefined) return visitBound(held, bound)
        const located = yield* Effect.mapError(locator.locate(value), (error) =>
          path === "" ? error : refuse(held, {
            description: `a function whose source cannot be had`,
            why: error.message.split("\n").map((line) => line.trim()).join(" "),
            remedy: "Call it through a function of your own that imports it at the top of the file."
          }))
        const foreign = located.map(({ file }) => packageOf(file)).find((name) => name !== undefined)
        if (foreign !== undefined) {
          return yield* refuse(held, {
            description: `\`${label}\` of the package ${foreign}`,
            why: "A package goes along by what is imported from it.",
            remedy: `Import it from ${foreign} at the top of the file, and use it from there.`
          })
        }
        const written = yield* sources.find(value, located)
        const { at, inner, node, offset, source } = written
        if (inner.method?.isMember === true && path !== "" && waiting.length > next) {
          methods.push(held)
          return
        }
        // One that is named leaves its state to its module
        const state = inner.declared !== undefined && path === "" ? untouched(value, node)
          : yield* functionState(value, written, sources)
        if (state.hasLostKey) {
          return yield* refuse(held, {
            description: "a class with a computed member that was replaced or taken away",
            why: "Nothing tells any more what its key was.",
            remedy: "Give the member a plain name, or leave the class as it was declared."
          }, at)
        }
        const variables = yield* capturedVariables(held, written, state.keys)
        functions.set(value, {
          _tag: "Source",
          value,
          path: written.path,
          offset,
          inner,
          names: source.names,
          variables,
          own: state.own,
          holder: holder?.fn,
          because: holder?.says ?? "",
          location: at
        })
        // Some loaders rename
        const own = inner.name === "" ? label : inner.name
        for (const [name, each] of variables) {
          inVariables.add(each)
          const [called, says] = name === heritage ? [`the superclass of ${own}`, `${own} extends it`]
            : [`\`${shownName(name)}\``, `${own} captures ${shownName(name)}`]
          enter(each, called, { outer: holder, says, fn: value })
        }
        yield* remember(held, state)
      })

    const instances = Instances.make({
      functions,
      isExported: builtins.isExported,
      find: (fn) => Effect.flatMap(locator.locate(fn), (located) => sources.find(fn, located)),
      visit: visitFunction
    })

    /** The function that gives its instances this object, if that is found before it. */
    const ownerOf = ({ holder, path, value }: HeldObject) =>
      Effect.gen(function*() {
        if (prototypes.has(value) || isProxy(value)) return prototypes.get(value)
        const of = asFunction(Object.getOwnPropertyDescriptor(value, "constructor")?.value)
        if (of === undefined || isProxy(of) || functions.has(of)) return undefined
        if (Object.getOwnPropertyDescriptor(of, "prototype")?.value !== value) return undefined
        yield* visitFunction({ value: of, path: `${path}.constructor`, holder })
        return prototypes.get(value)
      })

    const visitObject = (held: HeldObject) =>
      Effect.gen(function*() {
        const { holder, path, value } = held
        const builtin = yield* builtins.of(held)
        if (builtin !== undefined) {
          objects.set(value, { shape: builtin, own: unchanged })
          return
        }
        const owner = yield* ownerOf(held)
        if (owner !== undefined) {
          objects.set(value, { shape: prototypeShape(owner.of, asItIs(value)), own: owner.own })
          return enterOwn(owner.own, path, () => holder)
        }
        const shape = shapeOf(value, isProxy)
        if (shape._tag === "Refused") return yield* refuse(held, shape)
        if (Object.getPrototypeOf(value) !== shape.fresh.prototype) yield* instances.check(held)
        const own = ownState(value, shape.fresh)
        objects.set(value, { shape, own })
        for (const part of contentOf(shape)) enter(part.value, `${path}${part.segment}`, holder)
        enterOwn(own, path, () => holder)
      })

    let next = 0
    const work = Effect.gen(function*() {
      while (next < waiting.length) {
        const held = waiting[next++]
        const fn = asFunction(held?.value)
        if (held === undefined) continue
        const { value } = held
        if (fn !== undefined) {
          if (functions.has(fn) || objects.has(fn)) continue
          const member = members.get(fn)
          if (member === undefined) yield* visitFunction({ ...held, value: fn })
          else functions.set(fn, member)
        } else if (typeof value === "object" && value !== null) {
          if (!objects.has(value)) yield* visitObject({ ...held, value })
        } else if (typeof value === "symbol" && primitiveExpression(value) === undefined && !symbols.has(value)) {
          symbols.set(value, held)
        }
      }
    })

    enter(entry, "", undefined)
    yield* work
    for (let method = methods.shift(); method !== undefined; method = methods.shift()) {
      enter(method.value, method.path, method.holder)
      yield* work
    }

    for (const [value, held] of symbols) {
      let isKnown = !inVariables.has(value)
      for (const [fn, each] of functions) {
        if (each._tag === "Source") isKnown ||= (yield* locator.topLevel(fn, each.names)).has(value)
      }
      if (!isKnown) continue
      return yield* refuse(held, {
        description: String(value),
        why: "A symbol is known to its own process only, unless it is registered.",
        remedy: `Make it with Symbol.for(${JSON.stringify(value.description ?? "")}).`
      })
    }
    // A URL follows its parameters, if they go along, too
    for (const { shape } of objects.values()) {
      if (shape._tag !== "Made" || shape.making._tag !== "URL") continue
      const { of } = shape.making
      const parameters = objects.get(of.searchParams)
      if (parameters !== undefined) objects.set(of.searchParams, { ...parameters, shape: linkedParameters(of) })
    }
    const shared = refuseShared([...functions.values()].flatMap((each) => each._tag === "Source" ? [each] : []))
    if (shared !== undefined) return yield* shared
    return { entry, functions, objects, symbols: new Set(symbols.keys()) }
  })
