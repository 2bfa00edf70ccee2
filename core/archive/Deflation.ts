/**
 * How the bytes of an entry are compressed. Every number here is part of the package format: another one gives other
 * bytes for the same content.
 */
import { Deflate } from "fflate"
import type { Method } from "./ZipRecord.ts"

/** fflate's output depends on the chunks it is fed: they have always this many bytes, except the last. */
export const chunkBytes = 65_536

// `mem` is fixed, or fflate derives it from a logarithm of the length, which engines need not round alike. 4 is its hash
// table of 2^16 entries.
const options = { level: 6, mem: 4 } as const

/** A deflater that hands its output to `emit`. Feed it chunks of {@link chunkBytes}; the last (with `final`) may be shorter. */
export const deflater = (emit: (bytes: Uint8Array) => void): (chunk: Uint8Array, final: boolean) => void => {
  const stream = new Deflate(options, (bytes) => {
    if (bytes.length > 0) emit(bytes)
  })
  return (chunk, final) => stream.push(chunk, final)
}

/** `bytes` as a whole deflate stream; at most {@link chunkBytes} of them. */
export const deflate = (bytes: Uint8Array): Uint8Array => {
  const parts: Array<Uint8Array> = []
  deflater((part) => parts.push(part))(bytes, true)
  return concat(parts)
}

/**
 * Whether an entry is stored or deflated, from its first chunk and what that alone deflates to: what does not shrink by
 * a sixteenth (pictures, archives, a few bytes) is stored.
 */
export const method = (first: Uint8Array, deflated: Uint8Array): Method =>
  deflated.length <= first.length - Math.ceil(first.length / 16) ? "deflate" : "store"

export const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
