/**
 * Bytes that can be read from anywhere: what the reader of packages works on.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Explanation from "../diagnostics/Explanation.ts"

/** A package that cannot be read at all. */
export class PackageReadError extends Schema.TaggedError<PackageReadError>()("PackageReadError", {
  reason: Schema.Literal("NotFound", "NotReadable"),
  package: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export interface RandomAccess {
  /** Named in errors. */
  readonly name: string
  readonly sizeBytes: number
  /** `length` bytes from `offset`; fewer only where the file ends. The bytes are the caller's to keep. */
  readonly read: (offset: number, length: number) => Effect.Effect<Uint8Array, PackageReadError>
}

export const fromBytes = (bytes: Uint8Array, name = "the package"): RandomAccess => ({
  name,
  sizeBytes: bytes.length,
  read: (offset, length) => Effect.sync(() => bytes.subarray(offset, offset + length))
})

const readError = (path: string) => (cause: PlatformError): PackageReadError =>
  cause._tag === "SystemError" && cause.reason === "NotFound"
    ? new PackageReadError({
      reason: "NotFound",
      package: path,
      what: `There is no file ${path}`,
      remedy: "Check the path, or package the function again.",
      cause
    })
    : notReadable(path, cause.message, cause)

const notReadable = (path: string, why: string, cause?: unknown): PackageReadError =>
  new PackageReadError({
    reason: "NotReadable",
    package: path,
    what: `${path} cannot be read`,
    why,
    remedy: "Check that it is a regular file that this user may read.",
    cause
  })

/** Reads of less are taken from a block of this many bytes, for an archive's entries are read in small steps, one behind the other. */
const blockBytes = 65_536

/** The file at `path`, open until the scope ends. */
export const fromFile = (
  path: string
): Effect.Effect<RandomAccess, PackageReadError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    // Asked first: opening a named pipe would wait for its writer.
    const { size, type } = yield* Effect.mapError(fs.stat(path), readError(path))
    if (type !== "File") return yield* notReadable(path, `It is a ${type}.`)
    const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), readError(path))
    const one = yield* Effect.makeSemaphore(1)
    const read = (offset: number, length: number): Effect.Effect<Uint8Array, PlatformError> =>
      Effect.gen(function*() {
        const buffer = new Uint8Array(Math.max(0, Math.min(length, Number(size) - offset)))
        yield* file.seek(BigInt(offset), "start")
        let filled = 0
        while (filled < buffer.length) {
          const count = Number(yield* file.read(buffer.subarray(filled)))
          if (count === 0) break
          filled += count
        }
        return buffer.subarray(0, filled)
      })
    let block: { readonly offset: number; readonly bytes: Uint8Array } = { offset: 0, bytes: new Uint8Array(0) }
    const readSmall = (offset: number, length: number): Effect.Effect<Uint8Array, PlatformError> =>
      Effect.gen(function*() {
        const end = Math.min(offset + length, Number(size))
        if (offset < block.offset || end > block.offset + block.bytes.length) {
          block = { offset, bytes: yield* read(offset, blockBytes) }
        }
        return block.bytes.slice(offset - block.offset, end - block.offset)
      })
    return {
      name: path,
      sizeBytes: Number(size),
      // Seek and read belong together, and an interrupted read would still run on a descriptor that is closed already.
      read: (offset: number, length: number) =>
        one.withPermits(1)(
          Effect.uninterruptible(
            Effect.mapError((length < blockBytes ? readSmall : read)(offset, length), readError(path))
          )
        )
    }
  })
