/**
 * Where the source of each kept declaration stands, and where its canonical text.
 */
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping"
import * as Effect from "effect/Effect"
import { type AnalysisCache, remember } from "../../core/modules/AnalysisCache.ts"
import { digest, type Hasher } from "../../core/archive/Hasher.ts"
import type { KeptItem } from "../../core/packaging/PreparedPackage.ts"
import { fromLines, lineStarts, type SourceLocation } from "../../core/diagnostics/SourceLocation.ts"
import { SourceParser, type SourceSyntaxError } from "../../core/language/SourceParser.ts"
import * as Ast from "../../core/language/Ast.ts"
import type { CanonicalModule, KeptDeclaration, PlaceRange, SourceMaps } from "./PackageAnalysis.ts"

const place = ({ column, line }: SourceLocation) => ({ line, column })

type Position = ReturnType<typeof place>

const isBefore = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.column < b.column)

/** UTF-16 offsets. */
type Range = readonly [start: number, end: number]

const linkage = new Set(["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"])

/** The statements of a canonical text that come from a source: all but those that link it. */
const statementsOf = (
  module: CanonicalModule
): Effect.Effect<ReadonlyArray<Range>, SourceSyntaxError, SourceParser | AnalysisCache | Hasher> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    return yield* remember(
      `statements-1-${yield* digest(module.text)}`,
      Effect.map(
        parser.parse({ file: module.path, text: module.text, language: "javascript", jsx: false }),
        ({ body }) =>
          body.filter(({ type }) => !linkage.has(type)).map((item): Range => {
            const { end, start } = Ast.spanOf(item)
            return [start, end]
          })
      )
    )
  })

/** For each statement the index of the item that most of it comes from; -1 where nothing tells. */
const originsOf = (
  statements: ReadonlyArray<Range>,
  starts: ReadonlyArray<number>,
  map: TraceMap,
  items: ReadonlyArray<KeptItem>
): ReadonlyArray<number> => {
  const votes = statements.map(() => new Map<number, number>())
  eachMapping(map, ({ generatedColumn, generatedLine, originalColumn, originalLine }) => {
    if (originalLine === null) return
    const offset = (starts[generatedLine - 1] ?? 0) + generatedColumn
    const statement = statements.findIndex(([start, end]) => offset >= start && offset < end)
    const at = { line: originalLine, column: originalColumn + 1 }
    const item = items.findIndex(({ end, start }) => !isBefore(at, start) && isBefore(at, end))
    const counts = votes[statement]
    if (counts !== undefined && item !== -1) counts.set(item, (counts.get(item) ?? 0) + 1)
  })
  return votes.map((counts) => [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? -1)
}

const canonicalRanges = (module: CanonicalModule, map: TraceMap, items: ReadonlyArray<KeptItem>) =>
  Effect.map(statementsOf(module), (statements) => {
    const starts = lineStarts(module.text)
    const origins = originsOf(statements, starts, map, items)
    return items.map((_, item): PlaceRange | undefined => {
      const own = statements.filter((_, index) => origins[index] === item)
      const [first, last] = [own[0], own.at(-1)]
      if (first === undefined || last === undefined) return undefined
      return {
        file: module.path,
        start: place(fromLines(module.path, starts, first[0])),
        end: place(fromLines(module.path, starts, last[1]))
      }
    })
  })

/** The declarations with both of their places. */
export const declarations = (
  kept: ReadonlyArray<KeptItem>,
  modules: ReadonlyArray<CanonicalModule>,
  maps: SourceMaps
): Effect.Effect<ReadonlyArray<KeptDeclaration>, SourceSyntaxError, SourceParser | AnalysisCache | Hasher> =>
  Effect.map(
    Effect.forEach([...new Set(kept.map(({ module }) => module))], (path) =>
      Effect.gen(function*() {
        const items = kept.filter((item) => item.module === path)
        const module = modules.find((each) => each.path === path)
        const map = maps[path]
        // As text, for `SourceMap` is readonly and the library's type is not
        const canonical = module === undefined || map === undefined ? []
          : yield* canonicalRanges(module, new TraceMap(JSON.stringify(map)), items)
        return items.map(({ end, node, start }, index): KeptDeclaration => ({
          node,
          range: { file: start.file, start: place(start), end: place(end) },
          canonical: canonical[index]
        }))
      })),
    (all) => all.flat()
  )
