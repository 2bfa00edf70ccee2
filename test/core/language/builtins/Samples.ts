/**
 * Calls that work, one or more for each entry of the table: a list of arguments, or a receiver too.
 */
import { callback, type Sample } from "./Observation.ts"
import { containing } from "./Places.ts"
import { words } from "../../../../core/language/builtins/Behaviour.ts"

/** Makes the arguments of a call anew for each run. */
export type Make = () => ReadonlyArray<unknown> | Sample

/** By names, separated by spaces. */
export type Calls = Readonly<Record<string, Make | ReadonlyArray<Make>>>

/** The receiver of a type's methods, and how each of them is called. */
export interface TypeSamples {
  readonly self: () => unknown
  readonly calls: Calls
}

/** Finds the samples of a name. */
export const samplesOf = (
  calls: Calls,
  name: string,
  self: () => unknown = () => undefined
): ReadonlyArray<() => Sample> =>
  Object.entries(calls)
    .filter(([names]) => words(names).includes(name))
    .flatMap(([, make]) => typeof make === "function" ? [make] : make)
    .map((make) => () => {
      const made = make()
      return Array.isArray(made) ? { self: self(), args: made as ReadonlyArray<unknown> } : made as Sample
    })

/** A call on another receiver than the type's. */
export const on = (self: unknown, ...args: ReadonlyArray<unknown>): Sample => ({ self, args })

/** An object with an object in it, which has one too. */
export const nested = (): { readonly a: { readonly b: object } } => ({ a: { b: { c: {} } } })

/** A promise that contains `value`. */
export const promiseOf = (value: unknown): object => containing(Promise.resolve(value), [value])

/** A promise that is rejected with `reason`, and nobody minds. */
export const rejectionOf = (reason: unknown): object => {
  const promise = Promise.reject(reason)
  promise.catch(() => undefined)
  return containing(promise, [reason])
}

/** An iterator of the library. */
export const iteratorOf = (...values: ReadonlyArray<unknown>): object => containing(values.values(), values)

/** No arguments. */
export const none: Make = () => []

/** A function that gives back its argument. */
export const identity = (): unknown => callback((value: unknown) => value)

/** A function that makes an object. */
export const making = (): unknown => callback(() => ({ made: {} }))

export const yes = (): unknown => callback(() => true)

/** An object with properties of its own that is none of its prototype's kind. */
export const like = (prototype: object, properties: Readonly<Record<string, unknown>>): object =>
  Object.create(
    prototype,
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, { value, writable: true, enumerable: true }])
    )
  ) as object
