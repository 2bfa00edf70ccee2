/**
 * Segments of printed text as a source map.
 */
import { encode as encodeMappings, type SourceMapSegment } from "@jridgewell/sourcemap-codec"
import type { Segment } from "./Output.ts"

/** Offsets at which the lines of `text` begin. */
const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return starts
}

/** The last of `starts` that is not behind `offset`. */
const lineOf = (starts: ReadonlyArray<number>, offset: number): number => {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** JSON of the version 3 source map from the printed text to `text`, its only source. */
export const encode = (segments: ReadonlyArray<Segment>, text: string): string => {
  const starts = lineStarts(text)
  const lines: Array<Array<SourceMapSegment>> = []
  for (const { column, line, offset } of segments) {
    while (lines.length <= line) lines.push([])
    const original = lineOf(starts, offset)
    lines[line]?.push([column, 0, original, offset - (starts[original] ?? 0)])
  }
  return JSON.stringify({ version: 3, sources: ["text"], names: [], mappings: encodeMappings(lines) })
}
