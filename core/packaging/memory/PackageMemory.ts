/**
 * Where finished packagings are remembered, so that a function whose files have not changed is not analysed again.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Optional: without it nothing is remembered. What is remembered may vanish at any time. */
export class PackageMemory extends Context.Tag("clustrix/PackageMemory")<PackageMemory, {
  /** Names the code of the packager: what another one has remembered is not taken. */
  readonly packager: string
  readonly get: (key: string) => Effect.Effect<string | undefined>
  readonly set: (key: string, value: string) => Effect.Effect<void>
}>() {}

/** Remembers nothing. */
export const layerNone: Layer.Layer<PackageMemory> = Layer.succeed(PackageMemory, {
  packager: "",
  get: () => Effect.succeed(undefined),
  set: () => Effect.void
})

/** Remembers the last `capacity` packagings of this process. */
export const layerMemory = (packager: string, capacity = 64): Layer.Layer<PackageMemory> =>
  Layer.sync(PackageMemory, () => {
    const values = new Map<string, string>()
    return {
      packager,
      get: (key) => Effect.sync(() => values.get(key)),
      set: (key, value) =>
        Effect.sync(() => {
          values.delete(key)
          values.set(key, value)
          const [oldest] = values.keys()
          if (values.size > capacity && oldest !== undefined) values.delete(oldest)
        })
    }
  })
