/**
 * Where the source of each kept declaration stands, and where its canonical text.
 */
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping"
import type { KeptItem } from "../../core/package/PreparedPackage.ts"
import type { SourceLocation } from "../../core/SourceLocation.ts"
import { fromLines, lineStarts } from "../../core/SourceLocation.ts"
import type { CanonicalModule, KeptDeclaration, PlaceRange, SourceMaps } from "./PackageAnalysis.ts"

const place = ({ column, line }: SourceLocation) => ({ line, column })

const isBefore = (a: { readonly line: number; readonly column: number }, b: typeof a): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column)

interface Segment {
  /** UTF-16 offset into the canonical text. */
  readonly offset: number
  /** Index of the item that it comes from, or -1. */
  readonly item: number
}

/** The segments of a module's map, in the order of the canonical text. */
const segmentsOf = (map: TraceMap, starts: ReadonlyArray<number>, items: ReadonlyArray<KeptItem>) => {
  const segments: Array<Segment> = []
  eachMapping(map, ({ generatedColumn, generatedLine, originalColumn, originalLine }) => {
    const at = originalLine === null ? undefined : { line: originalLine, column: originalColumn + 1 }
    segments.push({
      offset: (starts[generatedLine - 1] ?? 0) + generatedColumn,
      item: at === undefined ? -1 : items.findIndex(({ end, start }) => !isBefore(at, start) && isBefore(at, end))
    })
  })
  return segments.sort((a, b) => a.offset - b.offset)
}

const canonicalRanges = (module: CanonicalModule, map: TraceMap, items: ReadonlyArray<KeptItem>) => {
  const starts = lineStarts(module.text)
  const segments = segmentsOf(map, starts, items)
  return items.map((_, item): PlaceRange | undefined => {
    const first = segments.findIndex((segment) => segment.item === item)
    const last = segments.findLastIndex((segment) => segment.item === item)
    if (first === -1) return undefined
    const from = segments[first]?.offset ?? 0
    const next = segments.slice(last + 1).find((segment) => segment.item !== item)?.offset ?? module.text.length
    // What the next one comes from begins at its statement; the clause of exports comes from nowhere
    const clause = module.text.lastIndexOf("\nexport {")
    const limit = clause > from && clause < next ? clause : next
    const to = from + module.text.slice(from, limit).trimEnd().length
    return {
      file: module.path,
      start: place(fromLines(module.path, starts, from)),
      end: place(fromLines(module.path, starts, to))
    }
  })
}

/** The declarations with both of their places. */
export const declarations = (
  kept: ReadonlyArray<KeptItem>,
  modules: ReadonlyArray<CanonicalModule>,
  maps: SourceMaps
): ReadonlyArray<KeptDeclaration> =>
  [...new Set(kept.map(({ module }) => module))].flatMap((path) => {
    const items = kept.filter((item) => item.module === path)
    const module = modules.find((each) => each.path === path)
    const map = maps[path]
    const canonical = module === undefined || map === undefined ? []
      // `SourceMap` is a readonly form of what the library takes
      : canonicalRanges(module, new TraceMap(JSON.stringify(map)), items)
    return items.map(({ end, node, start }, index) => ({
      node,
      range: { file: start.file, start: place(start), end: place(end) },
      canonical: canonical[index]
    }))
  })
