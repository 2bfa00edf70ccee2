/**
 * A place in a source file, as a person names it.
 */
import * as Schema from "effect/Schema"

/**
 * `file` is the path as the user knows it (relative to the package root where there is one), `line` and `column`
 * count from 1; columns count UTF-16 code units, as editors and V8 do.
 */
export class SourceLocation extends Schema.Class<SourceLocation>("SourceLocation")({
  file: Schema.String,
  line: Schema.Int.pipe(Schema.positive()),
  column: Schema.Int.pipe(Schema.positive())
}) {
  override toString(): string {
    return `${this.file}:${this.line}:${this.column}`
  }
}

/** Offsets at which the lines of `text` begin. */
export const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1)
  return starts
}

/** The location of UTF-16 `offset` (from 0) in a text whose lines begin at `starts`. */
export const fromLines = (file: string, starts: ReadonlyArray<number>, offset: number): SourceLocation => {
  let low = 0
  let high = starts.length
  // The last line that begins at or before the offset
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  const column = Math.max(0, offset - (starts[low] ?? 0)) + 1
  return new SourceLocation({ file, line: low + 1, column }, { disableValidation: true })
}

/** The location of UTF-16 `offset` (from 0) in `text`. */
export const fromOffset = (file: string, text: string, offset: number): SourceLocation =>
  fromLines(file, lineStarts(text), offset)
