/**
 * JSON that others wrote, within limits: everything is counted before any of it is built. Plain functions without Effect, because
 * the runner inside a package carries them too; {@link file://./ForeignJson.ts} is the Effect face.
 *
 * `JSON.parse` takes any depth, and makes 50 times as much memory of a text as the text has: both end what comes after it.
 */

/** What is taken of a text. */
export interface Limits {
  /** Of the whole text, as UTF-8. */
  readonly bytes: number
  /** Levels of arrays and objects within each other. */
  readonly depth: number
  /** Values in it, of all levels together. */
  readonly elements: number
  /** Bytes of one string, as it is written. */
  readonly stringBytes: number
}

/** A small document, such as a job's own files: a few hundred values. */
export const small: Limits = { bytes: 1_048_576, depth: 32, elements: 20_000, stringBytes: 65_536 }

/** A file of a project, its lockfile too, or of an npm package. */
export const file: Limits = { bytes: 268_435_456, depth: 200, elements: 10_000_000, stringBytes: 67_108_864 }

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

/** Counts a text that comes in pieces. Gives what is too much, in a sentence, as soon as it is. */
export const counter = (limits: Limits): (bytes: Uint8Array) => string | undefined => {
  let total = 0
  let depth = 0
  let elements = 1
  let inString = false
  let isEscaped = false
  let stringBytes = 0
  return (bytes) => {
    total += bytes.length
    if (total > limits.bytes) return `It has more than ${limits.bytes} bytes.`
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at]
      if (inString) {
        stringBytes += 1
        if (isEscaped) isEscaped = false
        else if (byte === backslash) isEscaped = true
        else if (byte === quote) {
          inString = false
          if (stringBytes > limits.stringBytes) return `A text in it has more than ${limits.stringBytes} bytes.`
        }
        continue
      }
      if (byte === quote) {
        inString = true
        stringBytes = 0
      } else if (byte === comma) elements += 1
      else if (byte === 0x5b || byte === 0x7b) {
        depth += 1
        elements += 1
        if (depth > limits.depth) return `It is nested more than ${limits.depth} levels deep.`
      } else if (byte === 0x5d || byte === 0x7d) depth -= 1
    }
    if (elements > limits.elements) return `It holds more than ${limits.elements} values.`
    return inString && stringBytes > limits.stringBytes
      ? `A text in it has more than ${limits.stringBytes} bytes.`
      : undefined
  }
}

const pieceBytes = 65_536
const encoder = new TextEncoder()

/** What is too much in `text`, in a sentence; `undefined`: nothing. */
export const excess = (text: string, limits: Limits): string | undefined => {
  if (text.length > limits.bytes) return `It has more than ${limits.bytes} bytes.`
  const count = counter(limits)
  const piece = new Uint8Array(pieceBytes)
  for (let at = 0; at < text.length;) {
    // At most three bytes for each unit, so that this many always fit
    const { read, written } = encoder.encodeInto(text.slice(at, at + pieceBytes / 3), piece)
    const flaw = count(piece.subarray(0, written))
    if (flaw !== undefined) return flaw
    at += read
  }
  return undefined
}

/** Whether some object has the key `__proto__`, which turns into something else when the object is copied. */
const hasPrototypeKey = (root: unknown): boolean => {
  const stack: Array<unknown> = [root]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== "object" || value === null) continue
    if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) return true
    for (const part of Object.values(value)) if (typeof part === "object" && part !== null) stack.push(part)
  }
  return false
}

/** A text that is not taken: `reason` says whether it is too much, or no JSON that anything could be made of. */
export class BoundedJsonError extends Error {
  override readonly name = "BoundedJsonError"
  readonly reason: "TooLarge" | "NotJson"
  constructor(reason: "TooLarge" | "NotJson", message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}

/** The value of `text`, which was counted already. Throws {@link BoundedJsonError}. */
export const parseCounted = (text: string): unknown => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BoundedJsonError("NotJson", "It is not JSON.", cause)
  }
  // Both spellings of the key: it may be escaped
  if ((text.includes("__proto__") || text.includes("\\u00")) && hasPrototypeKey(value)) {
    throw new BoundedJsonError("NotJson", "It has a key __proto__.")
  }
  return value
}

/** The value of `text`. Throws {@link BoundedJsonError}. */
export const parse = (text: string, limits: Limits): unknown => {
  const flaw = excess(text, limits)
  if (flaw !== undefined) throw new BoundedJsonError("TooLarge", flaw)
  return parseCounted(text)
}
