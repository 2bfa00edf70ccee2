/**
 * What TypeScript that is compiled to CommonJS imports from CommonJS: a module says by `__esModule` that it was an ES module,
 * and then its `default` is the default export. For an ES module the default of CommonJS is all that it exports.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { remember } from "../modules/AnalysisCache.ts"
import { parseModule } from "../modules/ModuleSystem.ts"
import { isClustrix } from "../modules/recordModule.ts"
import type { FollowError } from "../slicing/Exports.ts"
import { type CodeModule, isCompiledToCommonJs } from "../modules/Module.ts"
import { decodeSource, type LoadRequirements, type ModuleLoader } from "../modules/ModuleLoader.ts"
import { digest } from "../archive/Hasher.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"

/** Whether the file at `path`, of an installed package, is CommonJS. A file that cannot be read as code is no ES module. */
const isCommonJsFile = (path: string): Effect.Effect<boolean, never, LoadRequirements> =>
  Effect.gen(function*() {
    const resolver = yield* ModuleResolver
    const kind = yield* resolver.sourceKind(path)
    if (kind.language === "json") return true
    if (kind.moduleSystem !== undefined) return kind.moduleSystem === "commonjs"
    const fs = yield* FileSystem.FileSystem
    const text = decodeSource(yield* fs.readFile(path))
    return yield* remember(
      `compiled-1-${yield* digest(text)}`,
      Effect.map(
        parseModule({ file: path, text, language: kind.language, jsx: kind.jsx }),
        ({ system }) => system === "commonjs"
      )
    )
  }).pipe(Effect.orElseSucceed(() => true))

/** Whether the import takes `__esModule` into account: it stands in TypeScript that is compiled, and leads to CommonJS. */
export const isInterop = (
  loader: ModuleLoader,
  module: CodeModule,
  specifier: string,
  offset: number
): Effect.Effect<boolean, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    if (!isCompiledToCommonJs(module) || isClustrix(specifier)) return false
    const resolution = yield* loader.resolve(module, specifier, offset, "import")
    switch (resolution._tag) {
      case "Builtin":
        return false
      case "Package":
        return resolution.path !== undefined && (yield* isCommonJsFile(resolution.path))
      case "Source": {
        const target = yield* loader.load(resolution.path)
        return target._tag === "Code" && target.record.system === "commonjs"
      }
    }
  })

/** An expression for what `imported` of a CommonJS module means, whose exports are `exported`. */
export const interopValue = (exported: string, imported: string): string => {
  if (imported === "default") return `${exported}?.__esModule ? ${exported}.default : ${exported}`
  if (imported !== "*") return `${exported}?.[${JSON.stringify(imported)}]`
  return `${exported}?.__esModule ? ${exported} : Object.assign(Object.create(${exported} === null || ` +
    `${exported} === undefined ? null : Object.getPrototypeOf(${exported})), ${exported}, { default: ${exported} })`
}
