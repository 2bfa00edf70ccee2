/**
 * Where the user's caches lie.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as CacheFile from "./CacheFile.ts"

/** `$XDG_CACHE_HOME/clustrix/<kind>`, by default `~/.cache/clustrix/<kind>`. */
export const directory = (kind: string): Effect.Effect<string> =>
  Effect.orDie(Effect.map(
    Config.option(Config.nonEmptyString("XDG_CACHE_HOME")),
    (cacheHome) => CacheFile.directoryIn(Option.getOrUndefined(cacheHome), kind)
  ))
