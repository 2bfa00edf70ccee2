/**
 * Whole files over SFTP: pipelined, so that a far host is as fast as its link, and continued after a cut.
 */
import * as Effect from "effect/Effect"
import type { SFTPWrapper, Stats } from "ssh2"
import type { PackageReadError, RandomAccess } from "../../core/archive/RandomAccess.ts"
import type { TransportError } from "../../core/cluster/Transport.ts"
import * as Sftp from "./Sftp.ts"

/** What OpenSSH takes at once; for other servers it is taken apart. */
const chunkBytes = 255 * 1024
/** Chunks that are on their way at once: what a link of 1 Gbit/s and 50 ms holds. */
const window = 24

const open = (sftp: SFTPWrapper, path: string, flags: "r" | "w" | "r+" | "a", mode?: number): Promise<Buffer> =>
  Sftp.call((done) => mode === undefined ? sftp.open(path, flags, done) : sftp.open(path, flags, { mode }, done))

const close = (sftp: SFTPWrapper, handle: Buffer): Promise<void> => Sftp.done((done) => sftp.close(handle, done))

/** Nobody waits for it. */
const closeQuietly = (sftp: SFTPWrapper, handle: Buffer): void => void close(sftp, handle).catch(() => undefined)

const writeAt = (sftp: SFTPWrapper, handle: Buffer, bytes: Uint8Array, position: number): Promise<void> => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Sftp.done((done) => sftp.write(handle, buffer, 0, buffer.length, position, done))
}

/** Fewer bytes than asked for only where the file ends. */
const readAt = async (sftp: SFTPWrapper, handle: Buffer, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const count = await new Promise<number>((resolve, reject) => {
      sftp.read(handle, buffer, filled, length - filled, position + filled, (error, bytes) => {
        // Code 1: the end of the file
        if (error !== undefined && Reflect.get(error, "code") !== 1) reject(error)
        else resolve(error === undefined ? bytes : 0)
      })
    })
    if (count === 0) break
    filled += count
  }
  return buffer.subarray(0, filled)
}

/** What of a file has come: the whole is put together from it, over several connections if need be. */
export interface Reading {
  readonly parts: Array<Buffer>
  bytes: number
  /** Size and time of the file. When they are others, it is begun anew. */
  version: string
}

export const newReading = (): Reading => ({ parts: [], bytes: 0, version: "" })

/**
 * Everything from `offset` on, `length` bytes at most, after what `reading` has; a file that grows is read as far as it went when it
 * was opened.
 */
export const read = async (
  sftp: SFTPWrapper,
  path: string,
  offset: number,
  length: number,
  reading: Reading,
  signal: AbortSignal
): Promise<Uint8Array> => {
  const handle = await open(sftp, path, "r")
  const add = (part: Buffer): void => {
    reading.parts.push(part)
    reading.bytes += part.length
  }
  try {
    // Most files of jobs are small: asked for together, one answer is enough
    const at = offset + reading.bytes
    const [stats, first] = await Promise.all([
      Sftp.call<Stats>((done) => sftp.fstat(handle, done)),
      readAt(sftp, handle, at, 32 * 1024)
    ])
    // What was read of a file that grows stays what it is
    const version = length === Infinity ? `${stats.size} ${stats.mtime}` : "any"
    if (reading.bytes > 0 && reading.version !== version) {
      Object.assign(reading, newReading())
      return await read(sftp, path, offset, length, reading, signal)
    }
    reading.version = version
    add(first)
    // Files of the kernel have no size
    const end = Math.min(stats.size === 0 ? Infinity : stats.size, offset + length)
    while (first.length === 32 * 1024 && offset + reading.bytes < end) {
      signal.throwIfAborted()
      const { bytes, isEnd } = await readWindow(sftp, handle, offset + reading.bytes, end)
      add(bytes)
      if (isEnd) break
    }
    const whole = Buffer.concat(reading.parts)
    return length < whole.length ? whole.subarray(0, length) : whole
  } finally {
    closeQuietly(sftp, handle)
  }
}

/** Writes a small file whole. */
export const write = async (sftp: SFTPWrapper, path: string, bytes: Uint8Array, mode: number): Promise<void> => {
  const handle = await open(sftp, path, "w", mode)
  let isDone = false
  try {
    const writes: Array<Promise<void>> = []
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      writes.push(writeAt(sftp, handle, bytes.subarray(at, at + chunkBytes), at))
    }
    // Not left to the umask
    await Promise.all([...writes, Sftp.done((done) => sftp.fchmod(handle, mode, done))])
    isDone = true
    // Some file systems tell only now that there is no room
    await close(sftp, handle)
  } finally {
    if (!isDone) closeQuietly(sftp, handle)
  }
}

/** Renames over what is there, which the plain protocol does not do. */
export const replace = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> => {
  try {
    await Sftp.done((done) => sftp.ext_openssh_rename(from, to, done))
  } catch (cause) {
    if (Reflect.get(cause as Error, "code") !== 8 && !/does not support/i.test(String(cause))) throw cause
    await Sftp.done((done) => sftp.unlink(to, done)).catch(() => undefined)
    await Sftp.done((done) => sftp.rename(from, to, done))
  }
}

/** What is known of an upload, over several connections: how many bytes are there for sure. */
export interface Uploading {
  sure: number
  /** Chunks that may be on their way at once: fewer after a cut before which no answer came. */
  window: number
}

export const newUploading = (): Uploading => ({ sure: 0, window })

/**
 * Brings `path` there to the bytes of `source`, and continues what an earlier call began: a cut leaves the beginning, except
 * for the chunks that were on their way. `progress` hears how many bytes are there.
 */
export const upload = (
  sftp: SFTPWrapper,
  source: RandomAccess,
  path: string,
  progress: (bytes: number) => void,
  uploading: Uploading
): Effect.Effect<void, TransportError | PackageReadError> =>
  Effect.suspend(() => {
    const attempt = <A>(act: () => Promise<A>): Effect.Effect<A, TransportError> =>
      Effect.catchAll(
        Effect.tryPromise({ try: act, catch: (cause) => cause }),
        (cause) => Effect.flatMap(Effect.promise(() => Sftp.toError(sftp, cause, "Cannot write", path)), Effect.fail)
      )
    let handle: Buffer | undefined
    let isOver = false
    let begun: number | undefined
    const begin = async (): Promise<readonly [Buffer, number]> => {
      const before = await Sftp.stat(sftp, path).catch((cause: unknown) => {
        if (Sftp.isCut(cause)) throw cause
        return undefined
      })
      // Whoever was interrupted meanwhile has removed it already
      if (isOver) throw new Error("It is not wanted any more.")
      const isNew = before === undefined || before.size > source.sizeBytes
      const opened = isNew ? await open(sftp, path, "w", 0o600) : await open(sftp, path, "r+")
      if (isOver) closeQuietly(sftp, opened)
      else handle = opened
      // Of what an earlier call left, the last chunks may have holes; of what this one wrote, answers came
      const left = isNew ? 0 : before.size - window * chunkBytes
      const sure = isNew ? 0 : Math.max(0, Math.min(before.size, Math.max(uploading.sure, left)))
      return [opened, sure - sure % chunkBytes]
    }
    const send = (to: Buffer, offset: number) =>
      Effect.gen(function*() {
        uploading.sure = offset
        begun = offset
        // In their order, so that only the last chunks are uncertain
        const onTheirWay: Array<{ readonly end: number; readonly written: Promise<void> }> = []
        const settle = (most: number) =>
          Effect.gen(function*() {
            for (let first = onTheirWay[0]; first !== undefined && onTheirWay.length > most; first = onTheirWay[0]) {
              const { end, written } = first
              yield* attempt(() => written)
              onTheirWay.shift()
              uploading.sure = end
              progress(end)
            }
          })
        for (let at = offset; at < source.sizeBytes; at += chunkBytes) {
          const bytes = yield* source.read(at, chunkBytes)
          const written = writeAt(sftp, to, bytes, at)
          written.catch(() => undefined)
          onTheirWay.push({ end: at + bytes.length, written })
          yield* settle(uploading.window - 1)
        }
        yield* settle(0)
        handle = undefined
        // Some file systems tell only now that there is no room
        yield* attempt(() => close(sftp, to))
      })
    return Effect.flatMap(attempt(begin), ([to, offset]) => send(to, offset)).pipe(
      Effect.ensuring(Effect.sync(() => {
        isOver = true
        if (begun !== undefined && uploading.sure === begun) uploading.window = Math.max(1, uploading.window >> 2)
        if (handle !== undefined) closeQuietly(sftp, handle)
      }))
    )
  })

/** A piece of a file; `isEnd` if nothing comes after it. */
export interface Piece {
  readonly bytes: Buffer
  readonly isEnd: boolean
}

/** As much as can be on its way at once, and less when it was cut: then what came of it. */
const readWindow = async (sftp: SFTPWrapper, handle: Buffer, from: number, end = Infinity): Promise<Piece> => {
  const starts = Array.from({ length: window }, (_, index) => from + index * chunkBytes).filter((start) => start < end)
  const lengths = starts.map((start) => Math.min(chunkBytes, end - start))
  const answers = await Promise.allSettled(
    starts.map((start, index) => readAt(sftp, handle, start, lengths[index] ?? 0))
  )
  const parts: Array<Buffer> = []
  for (const [index, answer] of answers.entries()) {
    if (answer.status === "rejected") {
      if (parts.length === 0) throw answer.reason
      return { bytes: Buffer.concat(parts), isEnd: false }
    }
    parts.push(answer.value)
    if (answer.value.length < (lengths[index] ?? 0)) return { bytes: Buffer.concat(parts), isEnd: true }
  }
  return { bytes: Buffer.concat(parts), isEnd: false }
}

/** The next piece of `path` from `offset` on. */
export const readPiece = async (sftp: SFTPWrapper, path: string, offset: number): Promise<Piece> => {
  const handle = await open(sftp, path, "r")
  try {
    return await readWindow(sftp, handle, offset)
  } finally {
    closeQuietly(sftp, handle)
  }
}
