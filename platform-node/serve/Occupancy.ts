/**
 * How much goes on at once, and no more; and of that, how much for one client.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { TooManyRequests } from "../../core/http/ApiError.ts"

export interface Occupancy {
  /**
   * One more for `client` until the scope ends; fails at once when there is no room. A client never has more than what is free: one
   * alone gets half of all, two get a third each, and there is always room for the next. `undefined`: nobody to share with.
   */
  readonly enter: (client: string | undefined) => Effect.Effect<void, TooManyRequests, Scope.Scope>
  /** How much goes on now. */
  readonly now: () => number
}

/** `what`: in the plural, for people. */
export const make = (most: number, what: string): Occupancy => {
  let now = 0
  const own = new Map<string, number>()
  return {
    enter: (client) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          const mine = client === undefined ? 0 : own.get(client) ?? 0
          if (now >= most || (client !== undefined && mine >= most - now)) {
            return new TooManyRequests({
              retryAfterSeconds: 2,
              what: `The server has no room for more ${what}`,
              why: now >= most
                ? `${most} of them are under way.`
                : `${mine} of yours are under way, and the rest of the room is for others.`,
              remedy: "Ask again in a moment."
            })
          }
          now += 1
          if (client !== undefined) own.set(client, mine + 1)
          return Effect.void
        }),
        () =>
          Effect.sync(() => {
            now -= 1
            if (client === undefined) return
            const left = (own.get(client) ?? 1) - 1
            if (left === 0) own.delete(client)
            else own.set(client, left)
          })
      ),
    now: () => now
  }
}
