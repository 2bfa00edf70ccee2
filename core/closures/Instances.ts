/**
 * Captured instances: whether their class can go along, and holds nothing that only it can see.
 */
import * as Effect from "effect/Effect"
import type { AnyFunction } from "./FunctionLocator.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { CapturedFunction, CaptureError, CaptureGraph, CaptureRequirements } from "./CaptureGraph.ts"
import type { WrittenFunction } from "./CapturedSources.ts"
import * as Intrinsics from "./Intrinsics.ts"
import { type CapturedValueError, type HeldValue, labelOf, refuse } from "./NotCaptured.ts"
import { article, isOpenPrototype } from "./Shape.ts"

type HeldObject = HeldValue & { readonly value: object }

export interface InstancesOptions {
  readonly functions: CaptureGraph["functions"]
  /** Whether a module of the runtime exports it. */
  readonly isExported: (value: object) => boolean
  readonly find: (fn: AnyFunction) => Effect.Effect<WrittenFunction, CaptureError>
  readonly visit: (
    held: HeldValue & { readonly value: AnyFunction }
  ) => Effect.Effect<void, CaptureError, CaptureRequirements>
}

const remedy = "Hand over a plain object with its data, and make the instance in the function."

export const make = ({ find, functions, isExported, visit }: InstancesOptions) => ({
  /** Refuses an object with a prototype of its own, if what it is lies where nobody can look. */
  check: (held: HeldObject): Effect.Effect<void, CapturedValueError, CaptureRequirements> =>
    Effect.gen(function*() {
      const prototype: object | null = Object.getPrototypeOf(held.value)
      const constructor: unknown = prototype === null ? undefined
        : Object.getOwnPropertyDescriptor(prototype, "constructor")?.value
      const of = typeof constructor === "function" &&
          Object.getOwnPropertyDescriptor(constructor, "prototype")?.value === prototype
        ? constructor as AnyFunction : undefined // any function is
      const name = of === undefined ? "the function" : labelOf(of)
      const without = (location?: SourceLocation): CapturedValueError =>
        refuse(held, {
          description: name === "the function" ? "a class instance" : article(name),
          why: "It is an instance of a class that does not go along.",
          remedy
        }, location)
      for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
        const intrinsic = Intrinsics.find(at)
        if (intrinsic !== undefined && !isOpenPrototype(intrinsic.expression)) return yield* without()
      }
      if (of === undefined || Intrinsics.find(of) !== undefined) return
      if (isExported(of)) return yield* without()
      if (!functions.has(of)) {
        yield* Effect.mapError(
          visit({ value: of, path: `the class of ${held.path}`, holder: held.holder }),
          (cause) => without(cause._tag === "CapturedValueError" ? undefined : cause.location)
        )
      }
      for (let at: object | null = of; typeof at === "function"; at = Object.getPrototypeOf(at)) {
        const fn = at as AnyFunction // see the condition
        if (Intrinsics.find(fn) !== undefined) return
        if (isExported(fn)) return yield* without()
        const known = functions.get(fn)
        const written: CapturedFunction | WrittenFunction = known?._tag === "Source" ? known
          : yield* Effect.mapError(find(fn), () => without())
        if (written.inner.privates) {
          return yield* refuse(held, {
            description: `an instance of ${name}, which has private members`,
            why: "Nobody outside of the class can read them.",
            remedy
          })
        }
      }
    })
})
