/**
 * SWC's syntax errors: one string that holds, for each error, a sentence and a drawn code frame.
 */
import { SourceLocation } from "../diagnostics/SourceLocation.ts"

export interface CodeFrame {
  /** The first error's sentence, without its mark. */
  readonly sentence: string
  /** The frame of the first error, without the sentence; empty when there is none. */
  readonly frame: string
  readonly location: SourceLocation
}

/** What follows the frames: Rust's chain of causes. */
const causes = /\n\s*Caused by:[^]*$/

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u
const invisible = /\p{M}|\p{Cf}/u

/** Columns that a character takes on the screen, from screen column `at`. */
const width = (character: string, at: number): number =>
  character === "\t" ? 4 - at % 4 : invisible.test(character) ? 0 : wide.test(character) ? 2 : 1

/** UTF-16 offset of screen column `column` in `line`. */
const offsetAt = (line: string, column: number): number => {
  let screen = 0
  let offset = 0
  for (const character of line) {
    if (screen >= column) break
    screen += width(character, screen)
    offset += character.length
  }
  return offset
}

/** Rows of a frame that are longer than this are cut around the mark. */
const longestRow = 160

/** The rows of `frame`, cut to what fits beside `gutter` where one is too long to be read. `mark` counts from the row's start. */
const cropped = (rows: ReadonlyArray<string>, gutter: number, mark: number): ReadonlyArray<string> => {
  if (rows.every((row) => row.length <= longestRow)) return rows
  const room = longestRow - gutter
  const from = Math.max(0, mark - gutter - Math.floor(room / 2))
  return rows.map((row) => {
    // The frame's own lines have no code
    if (!/^\s*(\d+ \||:) /.test(row)) return row
    const code = row.slice(gutter)
    const cut = /^\s*:/.test(row) ? " " : "…"
    const piece = code.slice(from, from + room)
    return (row.slice(0, gutter) + (from > 0 && piece !== "" ? cut + piece.slice(1) : piece)
      + (code.length > from + room ? cut : "")).trimEnd()
  })
}

/** Reads what SWC threw; `text` is the source that it parsed. */
export const read = (file: string, text: string, thrown: string): CodeFrame => {
  const body = thrown.replace(causes, "").trimEnd()
  const lines = body.split("\n")
  const next = lines.findIndex((line, index) => index > 0 && /^ {2}x /.test(line))
  const own = next === -1 ? lines : lines.slice(0, next)
  const head = /^\s*x (.*)$/.exec(own[0] ?? "")
  const source = text.split("\n")
  let line = source.length
  let column = (source[line - 1] ?? "").length + 1
  let numbered: { readonly line: number; readonly gutter: number } | undefined
  let marked = 0
  for (const row of own.slice(1)) {
    const code = /^(\s*(\d+) \| )/.exec(row)
    if (code !== null) {
      numbered = { line: Number(code[2]), gutter: (code[1] ?? "").length }
      continue
    }
    const mark = /^\s*: (?=\s*[\^|,`-]*\^)/.exec(row)
    if (mark === null || numbered === undefined) continue
    line = numbered.line
    marked = row.indexOf("^")
    column = offsetAt(source[line - 1] ?? "", row.indexOf("^") - numbered.gutter) + 1
    break
  }
  return {
    sentence: head?.[1] ?? (own[0] ?? "").trim(),
    // SWC is told a name of our own
    frame: cropped(head === null ? [] : own.slice(1), numbered?.gutter ?? 0, marked).join("\n").replace(
      /\[module\.[jt]sx?:(?=\d)/,
      () => `[${file}:`
    ),
    location: new SourceLocation({ file, line, column })
  }
}
