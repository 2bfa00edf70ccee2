/**
 * Services that the user brings, in place of those that Clustrix would make.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The service of `given`, if it has one; otherwise that of `layer`, which is not built if it is not needed. */
export const otherwise = <I, S, E, R>(
  given: Context.Context<never> | undefined,
  tag: Context.Tag<I, S>,
  layer: Layer.Layer<I, E, R>
): Layer.Layer<I, E, R> =>
  given === undefined ? layer : Option.match(Context.getOption(given, tag), {
    onNone: () => layer,
    onSome: (service) => Layer.succeed(tag, service)
  })
