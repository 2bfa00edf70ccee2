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

/**
 * Takes the compressed bytes piece by piece and hands the inflated ones to `emit`, never more than `sizeBytes` in all.
 * `push` and `end` return what is wrong, or `undefined`; after a flaw nothing more may be pushed.
 */
export const inflater = (
  sizeBytes: number,
  emit: (bytes: Uint8Array) => void
): { readonly push: (bytes: Uint8Array, final: boolean) => Flaw | undefined } => {
  let total = 0
  let any = false
  const stream = new Inflate((bytes) => {
    total += bytes.length
    if (total <= sizeBytes && bytes.length > 0) emit(bytes)
  })
  const step = (piece: Uint8Array, final: boolean): Flaw | undefined => {
    any ||= piece.length > 0
    try {
      stream.push(piece, final)
    } catch {
      // fflate throws for every stream that RFC 1951 does not allow, and for one that ends too early.
      return "CorruptData"
    }
    if (total > sizeBytes) return "SizeMismatch"
    if (!final) return undefined
    if (!any) return "CorruptData"
    // fflate does not tell whether its input went on after the last block; its fields do (exact version, tested).
    const rest = stream as unknown as Rest
    const left = rest.p.length - ((rest.s.p ?? 0) > 0 ? 1 : 0)
    if (left > 0) return "UncoveredData"
    return total === sizeBytes ? undefined : "SizeMismatch"
  }
  return {
    push: (bytes, final) => {
      for (let at = 0; at + pieceBytes < bytes.length; at += pieceBytes) {
        const flaw = step(bytes.subarray(at, at + pieceBytes), false)
        if (flaw !== undefined) return flaw
      }
      const last = Math.max(0, Math.ceil(bytes.length / pieceBytes) - 1) * pieceBytes
      return step(bytes.subarray(last), final)
    }
  }
}
