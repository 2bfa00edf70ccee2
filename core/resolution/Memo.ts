/**
 * Answers that are computed once per key, for the life of what holds them.
 */
import * as Effect from "effect/Effect"

/** `compute`, remembering successes only: a failure is computed anew, so that its error says what holds then. */
export const memo = <A, E, R>(
  compute: (key: string) => Effect.Effect<A, E, R>
): (key: string) => Effect.Effect<A, E, R> => {
  const known = new Map<string, Effect.Effect<A>>()
  return (key) =>
    Effect.suspend((): Effect.Effect<A, E, R> => {
      const hit = known.get(key)
      if (hit !== undefined) return hit
      return Effect.tap(compute(key), (answer) =>
        Effect.sync(() => {
          known.set(key, Effect.succeed(answer))
        }))
    })
}
