/**
 * Reads, parses and records modules, each once.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as AnalysisCache from "./AnalysisCache.ts"
import type { InnerFunctionRequest } from "./recordModule.ts"
import { analyseModule } from "./analyseModule.ts"
import { wrapBranchFunctions } from "./BranchFunctions.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { Hasher } from "../archive/Hasher.ts"
import { digest } from "../archive/Hasher.ts"
import { ModuleResolver, type RequestKind, type Resolution,
  type ResolutionError } from "../resolution/ModuleResolver.ts"
import type { SourceParser, SourceSyntaxError } from "../language/SourceParser.ts"
import { type CodeModule, declarationsOf, locate, type Module } from "./Module.ts"

/** A file that was named as code and cannot be read as code. */
export class SourceFileError extends Schema.TaggedError<SourceFileError>()("SourceFileError", {
  reason: Schema.Literal("NotFound", "Directory", "Binary", "Unreadable"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** An import that leads nowhere, at the place where it is written. */
export class UnresolvedImportError extends Schema.TaggedError<UnresolvedImportError>()("UnresolvedImportError", {
  specifier: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export type LoadError = SourceFileError | SourceSyntaxError | ResolutionError

export type LoadRequirements =
  | FileSystem.FileSystem
  | Hasher
  | ModuleResolver
  | SourceParser
  | AnalysisCache.AnalysisCache

export interface ModuleLoader {
  /** The module at absolute real path `path`. */
  readonly load: (path: string) => Effect.Effect<Module, LoadError, LoadRequirements>
  /** The module if it was loaded before. */
  readonly loaded: (path: string) => Module | undefined
  /** Resolves what `module` asks for at `offset`. */
  readonly resolve: (
    module: CodeModule,
    specifier: string,
    offset: number,
    kind: RequestKind
  ) => Effect.Effect<Resolution, UnresolvedImportError, ModuleResolver>
  /** What was resolved before, if it was. */
  readonly resolved: (module: CodeModule, specifier: string, kind: RequestKind) => Resolution | undefined
}

/** Text of a source file: UTF-8 without BOM, lines ended by `\n`. */
export const decodeSource = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8").decode(bytes).replace(/\r\n?/g, "\n")

/**
 * A loader with a memory of its own; `fileName` turns an absolute path into what people read. `inner` names, by path,
 * functions within functions that become items of their own.
 */
export const make = (
  fileName: (path: string) => string,
  inner: ReadonlyMap<string, ReadonlyArray<InnerFunctionRequest>> = new Map()
): ModuleLoader => {
  const modules = new Map<string, Module>()
  const resolutions = new Map<string, Resolution>()

  const readText = Effect.fnUntraced(function*(path: string) {
    const fs = yield* FileSystem.FileSystem
    const file = fileName(path)
    const bytes = yield* fs.readFile(path).pipe(
      Effect.catchAll((cause) =>
        Effect.flatMap(
          Effect.orElseSucceed(fs.stat(path), () => undefined),
          (info) => {
            const reason = info === undefined ? "NotFound" as const
              : info.type === "Directory" ? "Directory" as const : "Unreadable" as const
            return new SourceFileError({
              reason,
              path,
              what: reason === "NotFound"
                ? `There is no file ${file}`
                : reason === "Directory" ? `${file} is a directory, not a module` : `Cannot read ${file}`,
              why: reason === "Unreadable" ? cause.message : undefined,
              remedy: reason === "Directory" ? "Name a TypeScript or JavaScript file in it."
                : "Check the path and its permissions."
            })
          }
        )
      )
    )
    if (bytes.subarray(0, 8192).includes(0)) {
      return yield* new SourceFileError({
        reason: "Binary",
        path,
        what: `${file} is a binary file, not source code`,
        remedy: "Name a TypeScript or JavaScript file."
      })
    }
    return decodeSource(bytes)
  })

  const load = Effect.fnUntraced(function*(path: string) {
    const known = modules.get(path)
    if (known !== undefined) return known
    const text = yield* readText(path)
    const resolver = yield* ModuleResolver
    const kind = yield* resolver.sourceKind(path)
    const file = fileName(path)
    if (kind.language === "json") {
      const module: Module = { _tag: "Json", path, file, text, digest: yield* digest(text) }
      modules.set(path, module)
      return module
    }
    const compilerOptions = yield* resolver.compilerOptions(path)
    const source = { file, text, language: kind.language, jsx: kind.jsx, moduleSystem: kind.moduleSystem }
    const analyse = (text: string) =>
      Effect.flatMap(digest(text), (textDigest) =>
        Effect.map(
          analyseModule({ ...source, text }, textDigest, inner.get(path)),
          (record) => ({ record, text, digest: textDigest })
        ))
    const { record, ...read } = yield* Effect.catchTag(analyse(text), "SourceSyntaxError", (error) =>
      Effect.flatMap(
        wrapBranchFunctions(source),
        (wrapped) => wrapped === undefined || wrapped === text ? Effect.fail(error) : analyse(wrapped)
      ))
    const module: Module = {
      _tag: "Code",
      path,
      file,
      ...read,
      kind,
      compilerOptions,
      record,
      declarations: declarationsOf(record)
    }
    modules.set(path, module)
    return module
  })

  const key = (module: CodeModule, specifier: string, kind: RequestKind): string =>
    `${module.path}\0${kind}\0${specifier}`

  return {
    load,
    loaded: (path) => modules.get(path),
    resolved: (module, specifier, kind) => resolutions.get(key(module, specifier, kind)),
    resolve: Effect.fnUntraced(function*(module, specifier, offset, kind) {
      const known = resolutions.get(key(module, specifier, kind))
      if (known !== undefined) return known
      const resolver = yield* ModuleResolver
      const resolution = yield* Effect.mapError(
        resolver.resolve(specifier, module.path, kind),
        (error) =>
          new UnresolvedImportError({
            specifier,
            what: error.what,
            location: locate(module, offset),
            why: error.why,
            remedy: error.remedy,
            cause: error
          })
      )
      resolutions.set(key(module, specifier, kind), resolution)
      return resolution
    })
  }
}
