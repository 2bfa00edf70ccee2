/**
 * Whole files over SFTP: pipelined, so that a far host is as fast as its link, and continued after a cut.
 */
import * as Effect from "effect/Effect"
import type { SFTPWrapper } from "ssh2"
import type { PackageReadError, RandomAccess } from "../../core/archive/RandomAccess.ts"
import type { TransportError } from "../../core/Transport.ts"
import * as Sftp from "./Sftp.ts"

const chunkBytes = 128 * 1024
/** Chunks that are on their way at once: what a link of 1 Gbit/s and 50 ms holds. */
const window = 48

const open = (sftp: SFTPWrapper, path: string, flags: "r" | "w" | "r+" | "a", mode?: number): Promise<Buffer> =>
  Sftp.call((done) => mode === undefined ? sftp.open(path, flags, done) : sftp.open(path, flags, { mode }, done))

const close = (sftp: SFTPWrapper, handle: Buffer): Promise<void> => Sftp.done((done) => sftp.close(handle, done))

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

/** Everything from `offset` on; a file that grows meanwhile is read as far as it went when it was opened. */
export const read = async (sftp: SFTPWrapper, path: string, offset: number): Promise<Uint8Array> => {
  const handle = await open(sftp, path, "r")
  try {
    // Most files of jobs are small: asked for together, one answer is enough
    const [stats, first] = await Promise.all([
      Sftp.call<{ readonly size: number }>((done) => sftp.fstat(handle, done)),
      readAt(sftp, handle, offset, 32 * 1024)
    ])
    const end = Math.max(offset, stats.size)
    const starts: Array<number> = []
    for (let at = offset + first.length; first.length === 32 * 1024 && at < end; at += chunkBytes) starts.push(at)
    const parts: Array<Buffer> = [first]
    for (let index = 0; index < starts.length; index += window) {
      const batch = starts.slice(index, index + window)
      const read = await Promise.all(batch.map((at) => readAt(sftp, handle, at, Math.min(chunkBytes, end - at))))
      parts.push(...read)
    }
    return Buffer.concat(parts)
  } finally {
    await close(sftp, handle)
  }
}

/** Writes a small file whole. */
export const write = async (sftp: SFTPWrapper, path: string, bytes: Uint8Array, mode: number): Promise<void> => {
  const handle = await open(sftp, path, "w", mode)
  try {
    const writes: Array<Promise<void>> = []
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      writes.push(writeAt(sftp, handle, bytes.subarray(at, at + chunkBytes), at))
    }
    // Not left to the umask
    await Promise.all([...writes, Sftp.done((done) => sftp.fchmod(handle, mode, done))])
  } finally {
    await close(sftp, handle)
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

/**
 * Brings `path` there to the bytes of `source`, and continues what an earlier call began: a cut leaves the beginning, except
 * for the chunks that were on their way. `progress` hears how many bytes are there.
 */
export const upload = (
  sftp: SFTPWrapper,
  source: RandomAccess,
  path: string,
  progress: (bytes: number) => void
): Effect.Effect<void, TransportError | PackageReadError> => {
  const failed = (cause: unknown): Effect.Effect<never, TransportError> =>
    Effect.flatMap(Effect.promise(() => Sftp.toError(sftp, cause, "Cannot write", path)), Effect.fail)
  const attempt = <A>(act: () => Promise<A>): Effect.Effect<A, TransportError> =>
    Effect.catchAll(Effect.tryPromise({ try: act, catch: (cause) => cause }), failed)
  const begin = async (): Promise<{ readonly handle: Buffer; readonly offset: number }> => {
    const before = await Sftp.stat(sftp, path).catch(() => undefined)
    const sure = Math.max(0, Math.min(before?.size ?? 0, source.sizeBytes) - window * chunkBytes)
    return before === undefined || before.size > source.sizeBytes
      ? { handle: await open(sftp, path, "w", 0o600), offset: 0 }
      : { handle: await open(sftp, path, "r+"), offset: sure - sure % chunkBytes }
  }
  return Effect.acquireUseRelease(
    attempt(begin),
    ({ handle, offset }) => {
      const starts: Array<number> = []
      for (let at = offset; at < source.sizeBytes; at += chunkBytes) starts.push(at)
      let written = offset
      return Effect.forEach(
        starts,
        (at) =>
          Effect.flatMap(source.read(at, chunkBytes), (bytes) =>
            Effect.map(
              attempt(() => writeAt(sftp, handle, bytes, at)),
              () => {
                written += bytes.length
                progress(written)
              }
            )),
        { concurrency: window, discard: true }
      )
    },
    ({ handle }) => Effect.promise(() => close(sftp, handle).catch(() => undefined))
  )
}

/** The next piece of `path` from `offset` on: as much as can be on its way at once. Fewer bytes only where the file ends. */
export const readPiece = async (sftp: SFTPWrapper, path: string, offset: number): Promise<Uint8Array> => {
  const handle = await open(sftp, path, "r")
  try {
    const parts = await Promise.all(
      Array.from({ length: window }, (_, index) => readAt(sftp, handle, offset + index * chunkBytes, chunkBytes))
    )
    return Buffer.concat(parts)
  } finally {
    await close(sftp, handle)
  }
}

export const pieceBytes = window * chunkBytes
