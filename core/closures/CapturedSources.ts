/**
 * The sources that captured functions are written in.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { type FoundFunction, type FoundNode, innerFunctionAt, innermost, nameOf } from "../modules/InnerFunction.ts"
import { type AnyFunction, FunctionLocator, type LocatedFunction } from "./FunctionLocator.ts"
import { decodeSource } from "../modules/ModuleLoader.ts"
import { FunctionNotPackageableError } from "../slicing/NotPackageable.ts"
import { ModuleResolver, type ResolutionError } from "../resolution/ModuleResolver.ts"
import { fromOffset, lineStarts, type SourceLocation } from "../diagnostics/SourceLocation.ts"
import { SourceParser, type SourceSyntaxError } from "../language/SourceParser.ts"
import { asName } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children, topLevel } from "../language/Ast.ts"
import { labelOf } from "./NotCaptured.ts"

export interface ParsedSource {
  readonly text: string
  readonly file: string
  readonly module: Ast.Module
  readonly starts: ReadonlyArray<number>
  /** The names that the module declares at its top level, as far as it uses them. */
  readonly names: ReadonlySet<string>
}

/** A function in its source. */
export interface WrittenFunction extends FoundFunction {
  readonly at: SourceLocation
  /** In its head. */
  readonly offset: number
  /** Absolute real path of its module. */
  readonly path: string
  readonly source: ParsedSource
}

const topLevelNames = (module: Ast.Module): ReadonlySet<string> => {
  const found = new Set<string>()
  const visit = (node: Ast.AnyNode): void => {
    const name = asName(node)
    if (name?.ctxt === topLevel) found.add(name.value)
    for (const child of children(node)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return found
}

export type SourceError = FunctionNotPackageableError | ResolutionError | SourceSyntaxError

export interface CapturedSources {
  /** The function at the first of the places at which one stands that looks like it. */
  readonly find: (
    value: AnyFunction,
    located: ReadonlyArray<LocatedFunction>
  ) => Effect.Effect<WrittenFunction, SourceError>
  /** The nodes that the function may be written as, with those around them; none where its source cannot be had. */
  readonly nodesOf: (value: AnyFunction) => Effect.Effect<ReadonlyArray<FoundNode>>
  /** What `name` and `length` are in the text that runs: what compiled it may have changed them. */
  readonly compiled: (
    value: AnyFunction
  ) => Effect.Effect<{ readonly name: string; readonly length: number } | undefined>
}

/** `fileName` turns an absolute path into what people read. */
export const make = (
  fileName: (path: string) => string
): Effect.Effect<CapturedSources, never, FileSystem.FileSystem | FunctionLocator | ModuleResolver | SourceParser> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const resolver = yield* ModuleResolver
    const parser = yield* SourceParser
    const locator = yield* FunctionLocator
    const sources = new Map<string, ParsedSource>()
    const scripts = new Map<string, Ast.Module | undefined>()

    const parse = (path: string): Effect.Effect<ParsedSource, SourceError> =>
      Effect.gen(function*() {
        const known = sources.get(path)
        if (known !== undefined) return known
        const file = fileName(path)
        const text = decodeSource(
          yield* Effect.mapError(fs.readFile(path), (cause) =>
            new FunctionNotPackageableError({
              reason: "Native",
              reference: file,
              what: `Cannot get source of a function in ${file}`,
              why: cause.message,
              remedy: "Keep the sources beside the program that packages their functions."
            }))
        )
        const kind = yield* resolver.sourceKind(path)
        const module = yield* parser.parse({
          file,
          text,
          language: kind.language === "json" ? "javascript" : kind.language,
          jsx: kind.language === "json" ? false : kind.jsx,
          moduleSystem: kind.language === "json" ? undefined : kind.moduleSystem
        })
        const parsed: ParsedSource = { text, file, starts: lineStarts(text), module, names: topLevelNames(module) }
        sources.set(path, parsed)
        return parsed
      })

    const offsetOf = ({ starts }: ParsedSource, { column, line }: LocatedFunction): number =>
      (starts[line - 1] ?? 0) + column - 1

    const find: CapturedSources["find"] = (value, located) =>
      Effect.gen(function*() {
        const found: Array<WrittenFunction & { readonly isExact: boolean }> = []
        for (const place of located) {
          const source = yield* parse(place.file)
          const offset = offsetOf(source, place)
          const there = innerFunctionAt(source.module, offset, place.kind)
          if (there === undefined) continue
          const at = fromOffset(source.file, source.text, there.inner.range[0])
          found.push({ ...there, at, offset, path: place.file, source, isExact: place.isExact })
        }
        const alike = found.find(({ inner }) => nameOf(inner) === value.name && inner.length === value.length) ??
          found.find(({ inner }) => nameOf(inner) === value.name) ??
          found.find(({ inner }) => inner.length === value.length) ??
          found.find(({ isExact }) => isExact)
        if (alike !== undefined) return alike
        const [first] = located
        const place = first === undefined ? "?" : `${fileName(first.file)}:${first.line}:${first.column}`
        return yield* new FunctionNotPackageableError({
          reason: "InvalidReference",
          reference: place,
          what: `${labelOf(value)} does not stand at ${place}`,
          why: "The file was changed since the program was started, or its source map is wrong.",
          remedy: "Build the program anew and start it again, or name the function: FILE#NAME."
        })
      })

    const nodesOf: CapturedSources["nodesOf"] = (value) =>
      Effect.gen(function*() {
        const nodes: Array<FoundNode> = []
        for (const place of yield* locator.locate(value)) {
          const source = yield* parse(place.file)
          const found = innermost(source.module, offsetOf(source, place), place.kind)
          if (found !== undefined) nodes.push(found)
        }
        return nodes
      }).pipe(Effect.orElseSucceed(() => []))

    const compiled: CapturedSources["compiled"] = (value) =>
      Effect.gen(function*() {
        const script = yield* locator.compiled(value)
        if (script === undefined) return undefined
        const { kind, offset, text } = script
        if (!scripts.has(text)) {
          const source = { file: "script", text, language: "javascript", jsx: false, moduleSystem: undefined } as const
          scripts.set(text, yield* Effect.orElseSucceed(parser.parse(source), () => undefined))
        }
        const module = scripts.get(text)
        const inner = module === undefined ? undefined : innerFunctionAt(module, offset, kind)?.inner
        return inner === undefined ? undefined : { name: nameOf(inner), length: inner.length }
      })

    return { find, nodesOf, compiled }
  })
