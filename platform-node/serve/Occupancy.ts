/**
 * How much goes on at once, and no more.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { TooManyRequests } from "../../core/serve/ApiError.ts"

export interface Occupancy {
  /** One more until the scope ends; fails at once when there is no room. */
  readonly enter: Effect.Effect<void, TooManyRequests, Scope.Scope>
}

/** `what`: in the plural, for people. */
export const make = (most: number, what: string): Occupancy => {
  let now = 0
  return {
    enter: Effect.acquireRelease(
      Effect.suspend(() => {
        if (now >= most) {
          return new TooManyRequests({
            retryAfterSeconds: 2,
            what: `The server has no room for more ${what}`,
            why: `${most} of them are under way.`,
            remedy: "Ask again in a moment."
          })
        }
        now += 1
        return Effect.void
      }),
      () =>
        Effect.sync(() => {
          now -= 1
        })
    )
  }
}
