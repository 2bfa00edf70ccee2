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

/** The location of UTF-16 `offset` (from 0) in `text`. */
export const fromOffset = (file: string, text: string, offset: number): SourceLocation => {
  let line = 1
  let start = 0
  for (;;) {
    const end = text.indexOf("\n", start)
    if (end === -1 || end >= offset) break
    line += 1
    start = end + 1
  }
  return new SourceLocation({ file, line, column: Math.max(0, offset - start) + 1 })
}
