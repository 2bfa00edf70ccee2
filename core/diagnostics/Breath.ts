/**
 * Work that takes long, in slices: between them whatever else waits in this thread has its turn.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How long a slice takes, as far as it can be told. */
const sliceMillis = 20

/** An effect to run again and again within long work: once a slice is over it waits for the next turn of the event loop. */
export const make: Effect.Effect<Effect.Effect<void>> = Effect.map(Clock.currentTimeMillis, (began) => {
  let last = began
  return Effect.flatMap(
    Clock.currentTimeMillis,
    (now) =>
      now - last < sliceMillis ? Effect.void : Effect.flatMap(Effect.sleep(0), () =>
        Effect.map(Clock.currentTimeMillis, (later) => {
          last = later
        }))
  )
})
