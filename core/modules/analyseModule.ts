/**
 * The first stage of the pipeline: text of a module to its record, through the cache.
 */
import * as Effect from "effect/Effect"
import { AnalysisCache } from "./AnalysisCache.ts"
import { findAssetReferences } from "../data-files/findAssetReferences.ts"
import type { Source, SourceParser, SourceSyntaxError } from "../language/SourceParser.ts"
import type { ModuleRecord } from "./ModuleRecord.ts"
import * as Nesting from "../language/Nesting.ts"
import { parseModule } from "./ModuleSystem.ts"
import { type InnerFunctionRequest, recordModule } from "./recordModule.ts"

/** Bumped whenever the form or meaning of a record changes: older cache entries are then not found. */
export const recordVersion = 33

/** `textDigest` is the SHA-256 of `source.text`. */
export const analyseModule = (
  source: Source,
  textDigest: string,
  inner: ReadonlyArray<InnerFunctionRequest> = []
): Effect.Effect<ModuleRecord, SourceSyntaxError, SourceParser | AnalysisCache> =>
  Effect.gen(function*() {
    const cache = yield* AnalysisCache
    const { moduleSystem } = source
    const key = `record-${recordVersion}-${source.language}${source.jsx ? "x" : ""}-${
      moduleSystem ?? "any"
    }-${textDigest}${
      inner.length === 0 ? "" : `-${inner.map(({ offset, wanted }) => `${wanted[0]}${offset}`).join("-")}`
    }`
    const cached = yield* cache.get(key)
    // Only this function writes under this key
    if (cached !== undefined) return JSON.parse(cached) as ModuleRecord
    const { module, system } = yield* parseModule(source)
    const record = recordModule(module, {
      text: source.text,
      language: source.language,
      system,
      declaredSystem: moduleSystem,
      assets: findAssetReferences(module),
      inner
    })
    yield* cache.set(key, JSON.stringify(record))
    return record
  }).pipe(Nesting.bounded(source.file))
