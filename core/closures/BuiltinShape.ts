/**
 * Captured objects that every program has: of the language, the platform, and the modules of the runtime.
 */
import * as Effect from "effect/Effect"
import { type AnyFunction, FunctionLocator } from "./FunctionLocator.ts"
import * as Intrinsics from "./Intrinsics.ts"
import { type CapturedValueError, type HeldValue, refuse } from "./NotCaptured.ts"
import type { Shape } from "./Shape.ts"

export type BuiltinShape = Extract<Shape, { readonly _tag: "Builtin" | "Leaf" }>

/** Loaders and debuggers put functions of their own into these, and programs do not see them. */
const loaderOwned: ReadonlySet<string> = new Set(["node:process", "node:module"])

export interface BuiltinShapes {
  /** Whether the runtime's own modules export it. */
  readonly isExported: (value: object) => boolean
  /** `undefined` for what belongs to the program; refused where the program changed it. */
  readonly of: (
    held: HeldValue & { readonly value: object }
  ) => Effect.Effect<BuiltinShape | undefined, CapturedValueError>
}

export const make: Effect.Effect<BuiltinShapes, never, FunctionLocator> = Effect.gen(function*() {
  const locator = yield* FunctionLocator
  const exported = yield* locator.builtins

  /** The key of a function that a program put into a module of the runtime. */
  const replacedKey = (module: object): Effect.Effect<string | undefined> =>
    Effect.gen(function*() {
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
        if (typeof value === "function" && !(yield* locator.isBuiltin(value as AnyFunction))) return key // any function is
      }
      return undefined
    })

  const of: BuiltinShapes["of"] = (held) =>
    Effect.gen(function*() {
      const { value } = held
      const intrinsic = Intrinsics.find(value)
      const builtin = exported.get(value)
      if (intrinsic === undefined && builtin === undefined) return undefined
      // A program may have put its own in the place of the platform's
      const isFunction = typeof value === "function"
      const isSure = intrinsic?.isLanguage === true || !isFunction
      if (!isSure && !(yield* locator.isBuiltin(value as AnyFunction))) return undefined // a function, as is said above
      const key = intrinsic?.isLanguage === true ? Intrinsics.patchedKey(value)
        : builtin !== undefined && !isFunction && !loaderOwned.has(builtin.module) ? yield* replacedKey(value)
        : undefined
      if (key !== undefined) {
        return yield* refuse(held, {
          description: `${intrinsic?.expression ?? builtin?.module ?? ""} with another \`${String(key)}\``,
          why: "The program put something of its own there, which would not be there in the package.",
          remedy: "Hand over the function that was put there, and leave the built-in object as it is."
        })
      }
      return intrinsic !== undefined ? { _tag: "Leaf", expression: intrinsic.expression }
        : { _tag: "Builtin", module: builtin?.module ?? "", path: builtin?.path ?? [] }
    })

  return { of, isExported: (value) => exported.has(value) }
})
