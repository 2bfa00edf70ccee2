/**
 * The texts of all reached modules: slice, lower, normalise. Each text is a pure function of its slice, and cached.
 */
import remapping from "@jridgewell/remapping"
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { type AnalysisCache, remember } from "../modules/AnalysisCache.ts"
import { canonicalise, CanonicalTextError, canonicalVersion } from "./canonical/index.ts"
import type { FollowError } from "../slicing/Exports.ts"
import type { CodeModule } from "../modules/Module.ts"
import type { LoadRequirements } from "../modules/ModuleLoader.ts"
import type { ReachedModule } from "../slicing/Reached.ts"
import type { Hasher } from "../archive/Hasher.ts"
import { digest } from "../archive/Hasher.ts"
import type { SourceMap } from "../runtime/SourceMapDocument.ts"
import type { SourceParser } from "../language/SourceParser.ts"
import type { Lowered, Source, SourceSyntaxError } from "../language/SourceParser.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import * as Nesting from "../language/Nesting.ts"
import { emitJson, type JsonModuleError } from "./JsonModule.ts"
import { type Linker, packagePath } from "./Linkage.ts"
import { modulesDirectory } from "./Placement.ts"
import { type Slice, slice } from "./Slice.ts"

/** A module's text in the package. */
export interface EmittedModule {
  /** In the package. */
  readonly path: string
  readonly text: string
  /** As people name the source. */
  readonly file: string
  /** The source map from the text to the source, made when asked for; `undefined` for JSON modules. */
  readonly map: Effect.Effect<SourceMap, never, AnalysisCache | Hasher> | undefined
}

export type EmitError = CanonicalTextError | FollowError | SourceSyntaxError | JsonModuleError

const sourceOf = (module: CodeModule, text: string): Source => ({
  file: module.file,
  text,
  language: module.kind.language === "typescript" ? "typescript" : "javascript",
  jsx: module.kind.jsx,
  moduleSystem: module.record.system
})

/** The error with its place in the original text, where it has one in the slice. */
const relocated = (error: CanonicalTextError, module: CodeModule, cut: Slice): CanonicalTextError => {
  if (error.location === undefined) return error
  const { column, line } = originalPositionFor(new TraceMap(cut.map()), {
    line: error.location.line,
    column: error.location.column - 1
  })
  const location = new SourceLocation({ file: module.file, line: line ?? 1, column: (column ?? 0) + 1 })
  return new CanonicalTextError({ ...error, location })
}

/** The text, and the map that leads from it to the slice: packages have both, so they are made together. */
const canonicalText = (
  module: CodeModule,
  cut: Slice
): Effect.Effect<Lowered, CanonicalTextError | SourceSyntaxError, SourceParser | AnalysisCache | Hasher> =>
  Effect.gen(function*() {
    const options = JSON.stringify([module.kind.language, module.kind.jsx, module.record.system, module.compilerOptions,
      cut.specifiers])
    const key = `canonical-${canonicalVersion}-${yield* digest(`${options}\n${cut.text}`)}`
    return yield* remember(
      key,
      canonicalise(sourceOf(module, cut.text), module.compilerOptions, {
        sourceMap: true,
        specifiers: cut.specifiers
      }).pipe(
        Nesting.bounded(module.file),
        Effect.catchTag("CanonicalTextError", (error) => Effect.fail(relocated(error, module, cut)))
      )
    )
  })

const emptyMap = `{"version":3,"sources":[],"names":[],"mappings":""}`

/** The map from the canonical text to the original one: a function of how the slice was cut, too, and cached. */
const mapOf = (
  module: CodeModule,
  cut: Slice,
  { map }: Lowered
): Effect.Effect<SourceMap, never, AnalysisCache | Hasher> =>
  Effect.gen(function*() {
    const cutting = cut.map()
    const key = `map-${canonicalVersion}-${yield* digest(JSON.stringify([module.file, map ?? "", cutting]))}`
    return yield* remember(key, Effect.sync(() => composed(module, cutting, map)))
  })

const composed = (module: CodeModule, cutting: ReturnType<Slice["map"]>, map: string | undefined): SourceMap => {
  // The loader is asked once for the slice, then for the original, which has no map of its own
  let outermost = true
  const { mappings, names } = remapping(map ?? emptyMap, () => {
    if (!outermost) return null
    outermost = false
    return cutting
  })
  // One module has one source; how the maps in between call it is of no interest
  return { version: 3, sources: [module.file], names, mappings: typeof mappings === "string" ? mappings : "" }
}

const emitCode = (
  linker: Linker,
  reached: ReachedModule
): Effect.Effect<EmittedModule, EmitError, LoadRequirements> =>
  Effect.gen(function*() {
    const { module } = reached
    const cut = yield* slice(linker, reached)
    const canonical = yield* canonicalText(module, cut)
    return {
      path: packagePath(linker, module),
      text: canonical.code,
      file: module.file,
      map: mapOf(module, cut, canonical)
    }
  })

/** Emits every reached module, JSON modules included, sorted by path. */
export const emitModules = (
  linker: Linker
): Effect.Effect<ReadonlyArray<EmittedModule>, EmitError, LoadRequirements> =>
  Effect.gen(function*() {
    const emitted: Array<EmittedModule> = []
    for (const reached of linker.reached.modules.values()) emitted.push(yield* emitCode(linker, reached))
    for (const { imported, module, named, required } of linker.reached.json.values()) {
      const path = `${modulesDirectory}/${linker.placement(module.path)}`
      if (imported) {
        const text = yield* emitJson(module, {
          named,
          required: required ? path.slice(path.lastIndexOf("/") + 1) : undefined
        })
        emitted.push({ path: `${path}.mjs`, text, file: module.file, map: undefined })
      }
      if (required) {
        emitted.push({ path, text: module.text, file: module.file, map: undefined })
      }
    }
    if (
      emitted.some(({ path }) => path.endsWith(".js"))
    ) {
      const text = `{\n  "type": "commonjs"\n}\n`
      emitted.push({ path: `${modulesDirectory}/package.json`, text, file: "package.json", map: undefined })
    }
    return emitted.sort((a, b) => Order.string(a.path, b.path))
  })
