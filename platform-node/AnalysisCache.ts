/**
 * The analysis cache as small files in the user's cache directory.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createHash, randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"
import { AnalysisCache } from "../core/AnalysisCache.ts"

const checksum = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 16)

/** A file that is not there, is not ours or was cut short holds nothing. */
const read = (file: string): string | undefined => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch {
    // Not remembered, or not readable: the analysis is made anew
    return undefined
  }
  const value = text.slice(17)
  return text.charAt(16) === "\n" && checksum(value) === text.slice(0, 16) ? value : undefined
}

const write = (file: string, value: string): void => {
  const temporary = `${file}.${randomBytes(6).toString("hex")}`
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(temporary, `${checksum(value)}\n${value}`, { mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    // A cache that cannot be written is no reason to fail
    rmSync(temporary, { force: true })
  }
}

/** The cache in `directory`. Entries are named by what they are a function of, so several processes can share it. */
export const layer = (directory: string): Layer.Layer<AnalysisCache> =>
  Layer.sync(AnalysisCache, () => {
    const memory = new Map<string, string>()
    const fileOf = (key: string): string => path.join(directory, key.slice(-2), key)
    return {
      get: (key) => Effect.sync(() => memory.get(key) ?? read(fileOf(key))),
      set: (key, value) =>
        Effect.sync(() => {
          if (memory.size > 4096) memory.clear()
          memory.set(key, value)
          write(fileOf(key), value)
        })
    }
  })

/** `$XDG_CACHE_HOME/clustrix/analysis`, by default `~/.cache/clustrix/analysis`. */
export const defaultDirectory: Effect.Effect<string> = Effect.orDie(Effect.map(
  Config.option(Config.nonEmptyString("XDG_CACHE_HOME")),
  (cache) => path.join(Option.getOrElse(cache, () => path.join(homedir(), ".cache")), "clustrix", "analysis")
))

/** The cache in {@link defaultDirectory}. */
export const layerConfig: Layer.Layer<AnalysisCache> = Layer.unwrapEffect(Effect.map(defaultDirectory, layer))
