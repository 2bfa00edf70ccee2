/**
 * The lines of a file in the form of ssh_config(5), split as OpenSSH splits them (readconf.c, `argv_split` of misc.c).
 */

export interface Line {
  /** In lower case. */
  readonly keyword: string
  readonly file: string
  /** From 1. */
  readonly number: number
  /** What follows the keyword. */
  readonly rest: string
}

/** `FILE:LINE`. */
export const place = ({ file, number }: Line): string => `${file}:${number}`

const isBlank = (sign: string | undefined): boolean => sign === " " || sign === "\t"

/** Behind blanks, and behind one `=` if there is one. */
const afterSeparator = (text: string, from: number): number => {
  let at = from
  while (isBlank(text[at])) at += 1
  if (text[at] !== "=") return at
  at += 1
  while (isBlank(text[at])) at += 1
  return at
}

/** All lines that say something. */
export const linesOf = (file: string, text: string): ReadonlyArray<Line> =>
  text.split("\n").flatMap((whole, index) => {
    const content = whole.replace(/[ \t\r\f]+$/, "").replace(/^[ \t]+/, "")
    if (content === "" || content.startsWith("#")) return []
    let end = 0
    while (end < content.length && !isBlank(content[end]) && content[end] !== "=") end += 1
    return [{
      keyword: content.slice(0, end).toLowerCase(),
      file,
      number: index + 1,
      rest: content.slice(afterSeparator(content, end))
    }]
  })

/** The words of a line, without quotes and escapes; a `#` at the start of a word begins a comment. */
export const words = (line: Line): ReadonlyArray<string> => {
  const { rest } = line
  const found: Array<string> = []
  let at = 0
  for (;;) {
    while (isBlank(rest[at])) at += 1
    if (at >= rest.length || rest[at] === "#") return found
    let word = ""
    let quote = ""
    for (; at < rest.length; at += 1) {
      const sign = rest.charAt(at)
      const next = rest.charAt(at + 1)
      if (sign === "\\" && (next === "'" || next === "\"" || next === "\\" || (next === " " && quote === ""))) {
        at += 1
        word += next
      } else if (quote === "" && isBlank(sign)) break
      else if (quote === "" && (sign === "'" || sign === "\"")) quote = sign
      else if (sign === quote) quote = ""
      else word += sign
    }
    if (quote !== "") throw new Error(`${place(line)}: a quotation mark is not closed.`)
    found.push(word)
  }
}
