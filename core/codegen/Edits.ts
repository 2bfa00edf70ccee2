/**
 * Changes to a text by offsets into it, with the source map of the result.
 */
import MagicString from "magic-string"

const wordCharacter = /[\w$\u0080-\uffff]/

export class Edits {
  readonly #text: string
  readonly #changed: MagicString
  #count = 0

  constructor(text: string) {
    this.#text = text
    this.#changed = new MagicString(text)
  }

  /** Whether nothing was changed so far. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  replace(start: number, end: number, text: string): void {
    if (this.#text.slice(start, end) === text) return
    this.#count += 1
    if (text === "") this.#changed.remove(start, end)
    else this.#changed.update(start, end, text)
  }

  remove(start: number, end: number): void {
    if (start < end) this.replace(start, end, "")
  }

  /** Replaces by a word, which stays apart from the words beside it: `get"a"(){}`, `a["b"]in c`. */
  replaceByWord(start: number, end: number, word: string): void {
    const before = wordCharacter.test(word.charAt(0)) && wordCharacter.test(this.#text.charAt(start - 1)) ? " " : ""
    const after = wordCharacter.test(this.#text.charAt(end)) ? " " : ""
    this.replace(start, end, before + word + after)
  }

  /** Puts `open` before and `close` after, outside of what is replaced inside, and inside of what was wrapped before. */
  wrap(start: number, end: number, open: string, close: string): void {
    this.#count += 1
    this.#changed.appendRight(start, open)
    this.#changed.prependLeft(end, close)
  }

  /** Moves a statement, with what was changed in it, before the one at `to`. */
  move(start: number, end: number, to: number): void {
    this.#count += 1
    this.#changed.move(start, end, to)
    this.#changed.appendLeft(end, this.#text.charAt(end - 1) === ";" ? "" : ";")
  }

  /** Puts `text` behind what is before `offset`, and moves with that. */
  insertAfter(offset: number, text: string): void {
    this.#count += 1
    this.#changed.appendLeft(offset, text)
  }

  /** Moves a part, with what was changed in it, before the one at `to`. */
  relocate(start: number, end: number, to: number): void {
    this.#count += 1
    this.#changed.move(start, end, to)
  }

  append(text: string): void {
    this.#count += 1
    this.#changed.append(text)
  }

  toString(): string {
    return this.#changed.toString()
  }

  /** JSON of the source map from the result to the text. */
  map(): string {
    return this.#changed.generateMap({ hires: "boundary", source: "text" }).toString()
  }
}
