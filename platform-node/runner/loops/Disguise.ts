/**
 * Makes the variants of modules look like the modules themselves: what the text of a function and the stack of an error show is
 * the same whatever the number of cores.
 */
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"

/** A part of a variant that is not in its module, with what stands there instead. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly original: string
  /** Where in it stands the text of the next edit's original. */
  readonly copy: number
}

const woven = /\/\*(\$loop_*)<\*\/[\s\S]*?\/\*\1>\*\/|\/\*(\$loop_*)=([^/]*?)\*\/[\s\S]*?\/\*\2\.\*\//g

const editsOf = (text: string): ReadonlyArray<Edit> =>
  [...text.matchAll(woven)].map((match): Edit => {
    const [whole, mark] = match
    const opening = `/*${mark}[*/`
    const inside = mark === undefined ? -1 : whole.indexOf(opening)
    return {
      start: match.index,
      end: match.index + whole.length,
      original: match[3] === undefined ? "" : decodeURIComponent(match[3]),
      copy: inside < 0 ? -1 : match.index + inside + opening.length
    }
  })

const original = (text: string): string => {
  let result = ""
  let at = 0
  for (const { end, original, start } of editsOf(text)) {
    result += text.slice(at, start) + original
    at = end
  }
  return result + text.slice(at)
}

/** The place in the module of the place `offset` in its variant. */
const originalOffset = (edits: ReadonlyArray<Edit>, offset: number): number => {
  let shift = 0
  for (const [index, { copy, end, original, start }] of edits.entries()) {
    if (offset < start) break
    if (offset >= end) {
      shift += original.length - (end - start)
      continue
    }
    const next = edits[index + 1]
    const isCopied = copy >= 0 && offset >= copy && next !== undefined && offset - copy < next.original.length
    // Everything between this edit and the next one stands in the module, too
    return isCopied ? start + shift + (next.start - end) + (offset - copy) : start + shift
  }
  return offset + shift
}

interface Variant {
  readonly starts: ReadonlyArray<number>
  readonly edits: ReadonlyArray<Edit>
  readonly originalStarts: ReadonlyArray<number>
}

const lineStarts = (
  text: string
): ReadonlyArray<number> => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]

const variants = new Map<string, Variant | undefined>()

const variantOf = (url: string): Variant | undefined => {
  if (!variants.has(url)) {
    let variant: Variant | undefined
    try {
      const text = fs.readFileSync(url.startsWith("file:") ? fileURLToPath(url) : url, "utf8")
      variant = { starts: lineStarts(text), edits: editsOf(text), originalStarts: lineStarts(original(text)) }
    } catch {
      // The package is gone: the frame stays as it is
    }
    variants.set(url, variant)
  }
  return variants.get(url)
}

const place = /((?:file:\/\/)?\/[^\n]*?)\.loops\.mjs:(\d+):(\d+)/g

const originalFrame = (frame: string): string =>
  frame.replace(place, (whole: string, path: string, line: string, column: string) => {
    const variant = variantOf(`${path}.loops.mjs`)
    const start = variant?.starts[Number(line) - 1]
    if (variant === undefined || start === undefined) return whole
    const offset = originalOffset(variant.edits, start + Number(column) - 1)
    const index = variant.originalStarts.findLastIndex((each) => each <= offset)
    return `${path}.mjs:${index + 1}:${offset - (variant.originalStarts[index] ?? 0) + 1}`
  })

const define = (holder: object, name: string, value: unknown): void => {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: false, configurable: true })
}

let isOn = false

/** Lets functions and errors of this thread show the modules in the place of their variants. */
export const begin = (): void => {
  if (isOn) return
  isOn = true
  const native = Function.prototype.toString
  // A method, as the language's own is one: it has no `prototype`
  const { toString } = {
    toString(this: unknown): string {
      const text: string = Reflect.apply(native, this === toString ? native : this, [])
      return text.includes("/*$loop") ? original(text) : text
    }
  }
  define(Function.prototype, "toString", toString)
  const errorText = Error.prototype.toString
  define(Error, "prepareStackTrace", (error: unknown, frames: ReadonlyArray<unknown>): string => {
    const lines = frames.map((frame) => `\n    at ${originalFrame(String(frame))}`)
    return `${Reflect.apply(errorText, error, [])}${lines.join("")}`
  })
}
