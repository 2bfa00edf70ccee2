/**
 * Text that grows, and the places of the source that its pieces come from.
 */

/** One piece of printed text. Lines and columns from 0, in UTF-16 code units. */
export interface Segment {
  readonly line: number
  readonly column: number
  /** UTF-16 offset into the source's text. */
  readonly offset: number
}

const indentation = "  "

export class Output {
  #text = ""
  #line = 0
  #lineStart = 0
  #depth = 0
  readonly #segments: Array<Segment> = []

  /** UTF-16 code units so far. */
  get length(): number {
    return this.#text.length
  }

  get text(): string {
    return this.#text
  }

  get segments(): ReadonlyArray<Segment> {
    return this.#segments
  }

  /** Writes text without line breaks. */
  write(text: string): void {
    this.#text += text
  }

  /** Writes text of a template, which may have line breaks of its own. */
  writeLines(text: string): void {
    const start = this.#text.length
    this.#text += text
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.#line += 1
      this.#lineStart = start + at + 1
    }
  }

  /** Writes `+`, `-`, `++`, `--` and other signs, apart from one that they would become another sign with: `- -a`. */
  writeSign(sign: string): void {
    const last = this.#text.charAt(this.#text.length - 1)
    const joins = (last === "+" || last === "-") && last === sign.charAt(0)
    this.#text += joins ? ` ${sign}` : sign
  }

  indent(): void {
    this.#depth += 1
  }

  dedent(): void {
    this.#depth -= 1
  }

  newLine(): void {
    this.#text += "\n"
    this.#line += 1
    this.#lineStart = this.#text.length
    this.#text += indentation.repeat(this.#depth)
  }

  /** What is written next comes from `offset`. */
  mark(offset: number): void {
    const column = this.#text.length - this.#lineStart
    const last = this.#segments[this.#segments.length - 1]
    if (last !== undefined && last.line === this.#line && last.column === column) this.#segments.pop()
    this.#segments.push({ line: this.#line, column, offset })
  }
}
