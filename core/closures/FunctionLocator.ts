/**
 * Where a living function was written, and what its variables hold: only the host can tell.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { FunctionNotPackageableError } from "../slicing/NotPackageable.ts"

/** Any function or class. */
// The only type that every function is assignable to, whatever its parameters
export type AnyFunction = (...args: Array<never>) => unknown

/** The place of a function in the source that its author wrote. */
export interface LocatedFunction {
  /** Absolute path. */
  readonly file: string
  /** In the head of the function, both counted from 1; columns in UTF-16 code units. */
  readonly line: number
  readonly column: number
  readonly kind: "function" | "class"
  /** Whether the file is what runs: no source map had to be asked. */
  readonly isExact: boolean
}

/** A variable, and the places in the function's source that mention it: what compiled it may have renamed it. */
export interface MentionedVariable {
  readonly name: string
  readonly mentions: ReadonlyArray<Pick<LocatedFunction, "file" | "line" | "column">>
}

/** A function in the text of its script. */
export interface CompiledFunction {
  readonly text: string
  readonly offset: number
  readonly kind: "function" | "class"
}

/** What `bind` made a function of. */
export interface BoundFunction {
  readonly target: AnyFunction
  readonly receiver: unknown
  readonly args: ReadonlyArray<unknown>
}

/** An object that a module of the runtime exports: `{ module: "node:fs", path: ["readFile"] }`. */
export interface BuiltinValue {
  readonly module: string
  /** Members of the module's namespace; empty for the namespace itself. */
  readonly path: ReadonlyArray<string>
}

export class FunctionLocator extends Context.Tag("clustrix/FunctionLocator")<FunctionLocator, {
  /** At least one place, the likeliest first: source maps may be coarse. */
  readonly locate: (fn: AnyFunction) => Effect.Effect<ReadonlyArray<LocatedFunction>, FunctionNotPackageableError>
  /** `undefined` for a function that `bind` did not make. */
  readonly bound: (fn: AnyFunction) => Effect.Effect<BoundFunction | undefined>
  /** What the runtime's own modules export, by value. */
  readonly builtins: Effect.Effect<ReadonlyMap<object, BuiltinValue>>
  /** Whether the runtime itself defines the function, and no program put it where the runtime's own would be. */
  readonly isBuiltin: (fn: AnyFunction) => Effect.Effect<boolean>
  /** What the private static fields of a class hold, by name: `#count`. */
  readonly privateFields: (fn: AnyFunction) => Effect.Effect<ReadonlyMap<string, unknown>>
  /** What the variables of these names hold that the function sees, of whatever scope. */
  readonly topLevel: (fn: AnyFunction, names: ReadonlySet<string>) => Effect.Effect<ReadonlySet<unknown>>
  /** The text that runs, which a loader may have made of the source, and the function's offset in it. */
  readonly compiled: (fn: AnyFunction) => Effect.Effect<CompiledFunction | undefined>
  /** What the named variables of the functions around `fn` hold; without those that cannot be read. */
  readonly variables: (
    fn: AnyFunction,
    names: ReadonlyArray<MentionedVariable>
  ) => Effect.Effect<ReadonlyMap<string, unknown>>
}>() {}
