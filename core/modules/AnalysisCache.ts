/**
 * What the analysis remembers between runs: values that are pure functions of a digest.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

export class AnalysisCache extends Context.Tag("clustrix/AnalysisCache")<AnalysisCache, {
  /** The value stored under `key`, or `undefined`. A cache that cannot be read holds nothing. */
  readonly get: (key: string) => Effect.Effect<string | undefined>
  /** Stores `value`; a cache that cannot be written forgets it. */
  readonly set: (key: string, value: string) => Effect.Effect<void>
}>() {}

const parsed = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text))
  } catch {
    // A value that was cut off is as good as none
    return Option.none()
  }
}

/**
 * What is stored under `key`, or else what `make` gives, which is stored as JSON. Nothing but this call writes under `key`, so
 * that what is there has `make`'s type.
 */
export const remember = <A, E, R>(
  key: string,
  make: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | AnalysisCache> =>
  Effect.gen(function*() {
    const cache = yield* AnalysisCache
    const stored = Option.flatMap(Option.fromNullable(yield* cache.get(key)), parsed)
    if (Option.isSome(stored)) return stored.value as A
    const value = yield* make
    yield* cache.set(key, JSON.stringify(value))
    return value
  })

/** Remembers the `capacity` most recently stored values (default 4096) for the life of the layer. */
export const layerMemory = (capacity = 4096): Layer.Layer<AnalysisCache> =>
  Layer.sync(AnalysisCache, () => {
    const values = new Map<string, string>()
    return {
      get: (key) => Effect.sync(() => values.get(key)),
      set: (key, value) =>
        Effect.sync(() => {
          values.delete(key)
          values.set(key, value)
          if (values.size <= capacity) return
          for (const oldest of values.keys()) {
            values.delete(oldest)
            break
          }
        })
    }
  })

/** Remembers nothing. */
export const layerNone: Layer.Layer<AnalysisCache> = Layer.succeed(AnalysisCache, {
  get: () => Effect.succeed(undefined),
  set: () => Effect.void
})
