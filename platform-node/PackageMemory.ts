/**
 * What was packaged, remembered in the user's cache directory: one file for each function and its options.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import { layerMemory, PackageMemory } from "../core/packaging/memory/PackageMemory.ts"
import * as CacheDirectory from "./CacheDirectory.ts"
import * as CacheFile from "./CacheFile.ts"

export { layerMemory, layerNone } from "../core/packaging/memory/PackageMemory.ts"

/** Digest of the sources that this build was made from; not there when the sources themselves run. */
declare const __CLUSTRIX_BUILD__: string | undefined

/** More files than this are thinned out to half. */
const maximumFiles = 512
/** So many values are kept in the process besides. */
const maximumValues = 64

/** Remembers in `directory` what `packager` packaged. Several processes can share it. */
export const layer = (directory: string, packager: string): Layer.Layer<PackageMemory> =>
  Layer.sync(PackageMemory, () => {
    const values = new Map<string, string>()
    const hold = (key: string, value: string): void => {
      values.delete(key)
      values.set(key, value)
      const [oldest] = values.keys()
      if (values.size > maximumValues && oldest !== undefined) values.delete(oldest)
    }
    return {
      packager,
      get: (key) =>
        Effect.sync(() => {
          const value = values.get(key) ?? CacheFile.read(path.join(directory, `${key}.json`))
          if (value !== undefined) hold(key, value)
          return value
        }),
      set: (key, value) =>
        Effect.sync(() => {
          hold(key, value)
          if (CacheFile.write(directory, value, () => `${key}.json`)) CacheFile.thinOut(directory, maximumFiles)
        })
    }
  })

/**
 * `$XDG_CACHE_HOME/clustrix/packaged`, by default `~/.cache/clustrix/packaged`. Without a build nothing is remembered longer than
 * the layer lasts: the sources of the packager may change from one run to the next.
 */
export const layerConfig: Layer.Layer<PackageMemory> = typeof __CLUSTRIX_BUILD__ === "undefined"
  ? layerMemory("sources")
  : Layer.unwrapEffect(
    Effect.map(CacheDirectory.directory("packaged"), (directory) => layer(directory, __CLUSTRIX_BUILD__ ?? ""))
  )
