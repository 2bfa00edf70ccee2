/**
 * The first stage of the pipeline: text of a module to its record, through the cache.
 */
import * as Effect from "effect/Effect"
import { type AnalysisCache, remember } from "./AnalysisCache.ts"
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
  Effect.suspend(() => {
    const { moduleSystem } = source
    const key = `record-${recordVersion}-${source.language}${source.jsx ? "x" : ""}-${
      moduleSystem ?? "any"
    }-${textDigest}${
      inner.length === 0 ? "" : `-${inner.map(({ offset, wanted }) => `${wanted[0]}${offset}`).join("-")}`
    }`
    return remember(
      key,
      Effect.map(parseModule(source), ({ module, system }) =>
        recordModule(module, {
          text: source.text,
          language: source.language,
          system,
          declaredSystem: moduleSystem,
          assets: findAssetReferences(module),
          inner
        }))
    )
  }).pipe(Nesting.bounded(source.file))
