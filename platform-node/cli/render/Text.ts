/**
 * Pieces of output: sizes, numbers, tables. Widths count terminal columns.
 */

export { visible } from "../../../core/diagnostics/Quotation.ts"

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Columns that `text` takes; escape sequences of colours take none. */
export const width = (text: string): number => {
  let columns = 0
  // oxlint-disable-next-line no-control-regex
  for (const character of text.replaceAll(/\u001b\[\d+m/g, "")) {
    columns += /\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  }
  return columns
}

/** Rows with aligned columns, each line indented by `indent` spaces. Cells of `right` columns end together. */
export const table = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  { indent = 2, right = [] }: { readonly indent?: number; readonly right?: ReadonlyArray<number> } = {}
): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, width(cell))
    })
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const space = " ".repeat((widths[column] ?? 0) - width(cell))
      return right.includes(column) ? space + cell : cell + space
    })
    return (" ".repeat(indent) + cells.join("  ")).trimEnd()
  })
}

/** `512 B`, `1.4 KiB`, `23 MiB`. */
export const size = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`
  const units = ["KiB", "MiB", "GiB", "TiB"]
  let value = bytes / 1024
  let unit = 0
  // What would be printed as 1024 of one unit is 1 of the next.
  while (unit < units.length - 1 && Math.round(value) >= 1024) {
    value /= 1024
    unit += 1
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** `40 ms`, `1.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d`. */
export const duration = (millis: number): string => {
  if (millis < 999.5) return `${Math.round(millis)} ms`
  const seconds = millis / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const parts = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return parts(Math.floor(whole / 60), "min", whole % 60, "s")
  const minutes = Math.round(whole / 60)
  if (minutes < 1440) return parts(Math.floor(minutes / 60), "h", minutes % 60, "min")
  const hours = Math.round(minutes / 60)
  return parts(Math.floor(hours / 24), "d", hours % 24, "h")
}

/** As {@link duration}, in its largest unit alone. */
export const roughDuration = (millis: number): string => duration(millis).split(" ").slice(0, 2).join(" ")

/** `1 file`, `3 files`. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`

/** Fills lines of at most `columns` columns with the words of `text`. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}
