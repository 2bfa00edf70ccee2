/**
 * Inflating what may be hostile: bounded, and without a byte left over.
 */
import { Inflate } from "fflate"

/** Deflate can grow a piece a thousandfold: pieces of this many bytes keep each step within some 8 MiB. */
const pieceBytes = 8192

export type Flaw = "CorruptData" | "SizeMismatch" | "UncoveredData"

/** What fflate's stream knows and does not publish: the input that is left, and the bit in its first byte. */
interface Rest {
  readonly p: Uint8Array
  readonly s: { readonly p?: number }
}

/** Compressed bytes in steps that are done one by one. `isFinal`: nothing comes after `bytes`. */
export function* steps(
  bytes: Uint8Array,
  isFinal: boolean
): Generator<{ readonly bytes: Uint8Array; readonly isLast: boolean }, void> {
  let at = 0
  do {
    const end = Math.min(bytes.length, at + pieceBytes)
    yield { bytes: bytes.subarray(at, end), isLast: isFinal && end === bytes.length }
    at = end
  } while (at < bytes.length)
}

/**
 * Takes the {@link steps} of an entry and hands the inflated bytes to `emit`, never more than `sizeBytes` in all. Gives what is
 * wrong, or `undefined`; after a flaw nothing more may be pushed.
 */
export const inflater = (
  sizeBytes: number,
  emit: (bytes: Uint8Array) => void
): (piece: Uint8Array, isLast: boolean) => Flaw | undefined => {
  let total = 0
  let any = false
  const stream = new Inflate((bytes) => {
    total += bytes.length
    if (total <= sizeBytes && bytes.length > 0) emit(bytes)
  })
  return (piece, isLast) => {
    any ||= piece.length > 0
    try {
      stream.push(piece, isLast)
    } catch {
      // fflate throws for every stream that RFC 1951 does not allow, and for one that ends too early.
      return "CorruptData"
    }
    if (total > sizeBytes) return "SizeMismatch"
    if (!isLast) return undefined
    if (!any) return "CorruptData"
    // fflate does not tell whether its input went on after the last block; its fields do (exact version, tested).
    const rest = stream as unknown as Rest
    const left = rest.p.length - ((rest.s.p ?? 0) > 0 ? 1 : 0)
    if (left > 0) return "UncoveredData"
    return total === sizeBytes ? undefined : "SizeMismatch"
  }
}
