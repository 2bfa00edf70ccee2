/**
 * Writes an archive front to back, once, in bounded memory.
 */
import * as Effect from "effect/Effect"
import * as Crc32 from "./Crc32.ts"
import * as Deflation from "./Deflation.ts"
import * as ZipRecord from "./ZipRecord.ts"

/** What is known of an entry before its bytes are written. */
export interface EntryHeader {
  readonly path: string
  readonly mode: ZipRecord.ZipEntry["mode"]
  readonly method: ZipRecord.Method
  readonly sizeBytes: number
  /** Needed for stored entries only: their header comes before the data. */
  readonly crc32: number
}

/** Output is handed on in pieces of at least this many bytes. */
const flushBytes = 1_048_576

/**
 * One entry after the other: `begin`, `push` until all announced bytes are in, `end`; then `finish`. `push` and `end`
 * only collect; `flush` hands on, and must have run before a pushed buffer is filled anew.
 */
export class ZipWriter<E> {
  readonly #write: (bytes: Uint8Array) => Effect.Effect<void, E>
  #pending: Array<Uint8Array> = []
  #pendingBytes = 0
  #written = 0
  readonly #entries: Array<ZipRecord.ZipEntry> = []
  #header: EntryHeader | undefined
  #offset = 0
  #crc32 = 0
  #position = 0
  #deflate: ((chunk: Uint8Array, final: boolean) => void) | undefined

  constructor(write: (bytes: Uint8Array) => Effect.Effect<void, E>) {
    this.#write = write
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#written += bytes.length
  }

  begin(header: EntryHeader): void {
    this.#header = header
    this.#offset = this.#written
    this.#crc32 = 0
    this.#position = 0
    this.#deflate = header.method === "deflate" ? Deflation.deflater((bytes) => this.#emit(bytes)) : undefined
    this.#emit(ZipRecord.local({ ...header, compressedBytes: header.sizeBytes }))
  }

  /** The next bytes of the entry: a multiple of `Deflation.chunkBytes`, unless they are the last. */
  push(block: Uint8Array): void {
    this.#crc32 = Crc32.update(this.#crc32, block)
    const deflate = this.#deflate
    if (deflate === undefined) {
      this.#emit(block)
      this.#position += block.length
      return
    }
    for (let at = 0; at < block.length; at += Deflation.chunkBytes) {
      const chunk = block.subarray(at, at + Deflation.chunkBytes)
      this.#position += chunk.length
      deflate(chunk, this.#position === this.#header?.sizeBytes)
    }
  }

  /** All bytes of the entry at once, already deflated by `Deflation.deflate`. */
  pushDeflated(bytes: Uint8Array, deflated: Uint8Array): void {
    this.#crc32 = Crc32.update(this.#crc32, bytes)
    this.#position += bytes.length
    this.#emit(deflated)
  }

  end(): void {
    const header = this.#header
    if (header === undefined) return
    const start = this.#offset + ZipRecord.local({ ...header, compressedBytes: 0 }).length
    const entry: ZipRecord.ZipEntry = {
      path: header.path,
      mode: header.mode,
      method: header.method,
      crc32: this.#crc32,
      compressedBytes: this.#written - start,
      sizeBytes: this.#position,
      offset: this.#offset
    }
    this.#emit(ZipRecord.descriptor(entry))
    this.#entries.push(entry)
    this.#header = undefined
    this.#deflate = undefined
  }

  /** Hands on what has been collected. */
  get flush(): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      if (this.#pendingBytes === 0) return Effect.void
      // One long piece goes as it is; many small ones become one write.
      const pieces = this.#pendingBytes > 2 * flushBytes ? this.#pending : [Deflation.concat(this.#pending)]
      this.#pending = []
      this.#pendingBytes = 0
      return Effect.forEach(pieces, this.#write, { discard: true })
    })
  }

  /** {@link flush}, once enough has been collected. */
  get drain(): Effect.Effect<void, E> {
    return Effect.suspend(() => this.#pendingBytes < flushBytes ? Effect.void : this.flush)
  }

  /** Writes the central directory. Returns the archive's size in bytes. */
  get finish(): Effect.Effect<number, E> {
    return Effect.suspend(() => {
      const centralOffset = this.#written
      for (const entry of this.#entries) this.#emit(ZipRecord.central(entry))
      this.#emit(ZipRecord.end(this.#entries.length, this.#written - centralOffset, centralOffset))
      return Effect.as(this.flush, this.#written)
    })
  }
}
