/**
 * The analysis cache in the user's cache directory: a few pack files, read when the first value is asked for, so that
 * thousands of values cost a few file operations.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { readdirSync, rmSync, statSync } from "node:fs"
import * as path from "node:path"
import { AnalysisCache } from "../core/modules/AnalysisCache.ts"
import * as CacheDirectory from "./CacheDirectory.ts"
import * as CacheFile from "./CacheFile.ts"

/** More packs than this are merged into one by whoever writes the next. */
const maximumPacks = 16
/** When the packs have grown past this, the oldest values go. */
const maximumBytes = 256 * 1024 ** 2
/** So many new values are written at once, before the layer ends. */
const flushAfter = 4096

const isPack = (name: string): boolean => /^[0-9a-f]{16}\.pack$/.test(name)

const readValues = Schema.decodeUnknownSync(Schema.parseJson(Schema.Array(Schema.Tuple(Schema.String, Schema.String))))

/** The values of a pack: its checksum on the first line, then JSON. Nothing for a file that is damaged or gone. */
const readPack = (file: string): ReadonlyArray<readonly [string, string]> => {
  const body = CacheFile.read(file)
  if (body === undefined) return []
  try {
    return readValues(body)
  } catch {
    // Whole, but not what `writePack` writes: another program's file
    return []
  }
}

/** Whether the pack could be written. */
const writePack = (directory: string, values: ReadonlyArray<readonly [string, string]>): boolean =>
  CacheFile.write(directory, JSON.stringify(values), (sum) => `${sum.slice(0, 16)}.pack`)

/** Packs, oldest first. */
const listPacks = (directory: string): ReadonlyArray<{ readonly file: string; readonly bytes: number }> => {
  try {
    return readdirSync(directory).filter(isPack).flatMap((name) => {
      const file = path.join(directory, name)
      const info = statSync(file, { throwIfNoEntry: false })
      return info === undefined ? [] : [{ file, bytes: info.size, time: info.mtimeMs }]
    }).sort((a, b) => a.time - b.time)
  } catch {
    // No directory, no packs
    return []
  }
}

/** What is to be written when the process ends before its layers do: by `process.exit`, or since nothing is left to do. */
const unwritten = new Set<() => void>()
let isListening = false

const writeAtExit = (flush: () => void): void => {
  unwritten.add(flush)
  if (isListening) return
  isListening = true
  process.once("exit", () => {
    for (const each of unwritten) each()
  })
}

/** The cache in `directory`. Values are named by what they are a function of, so several processes can share it. */
export const layer = (directory: string): Layer.Layer<AnalysisCache> =>
  Layer.scoped(
    AnalysisCache,
    Effect.gen(function*() {
      let values: Map<string, string> | undefined
      let fresh = new Map<string, string>()

      const load = (): Map<string, string> => {
        if (values !== undefined) return values
        values = new Map()
        for (const { file } of listPacks(directory)) {
          for (const [key, value] of readPack(file)) values.set(key, value)
        }
        return values
      }

      const flush = (): void => {
        if (fresh.size === 0) return
        const packs = listPacks(directory)
        const bytes = packs.reduce((sum, pack) => sum + pack.bytes, 0)
        const merges = packs.length >= maximumPacks || bytes > maximumBytes
        // The youngest packs that fit
        let room = maximumBytes / 2
        const merged = merges ? packs.toReversed().filter((pack) => (room -= pack.bytes) > 0).toReversed() : []
        const all = new Map(merged.flatMap(({ file }) => readPack(file)))
        for (const [key, value] of fresh) all.set(key, value)
        if (writePack(directory, [...all]) && merges) { for (const { file } of packs) rmSync(file, { force: true }) }
        fresh = new Map()
      }

      writeAtExit(flush)
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          unwritten.delete(flush)
          flush()
        })
      )
      return {
        get: (key) => Effect.sync(() => load().get(key)),
        set: (key, value) =>
          Effect.sync(() => {
            const known = load()
            if (known.size > 65_536) known.clear()
            known.set(key, value)
            fresh.set(key, value)
            if (fresh.size >= flushAfter) flush()
          })
      }
    })
  )

/** `$XDG_CACHE_HOME/clustrix/analysis`, by default `~/.cache/clustrix/analysis`. */
export const defaultDirectory: Effect.Effect<string> = CacheDirectory.directory("analysis")

/** The cache in {@link defaultDirectory}. */
export const layerConfig: Layer.Layer<AnalysisCache> = Layer.unwrapEffect(Effect.map(defaultDirectory, layer))
