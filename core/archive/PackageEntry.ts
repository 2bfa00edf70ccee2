/**
 * A file on its way into a package, and how its bytes are read.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

/** A file of the `FileSystem`, with the size it had when it was found. */
export interface FileContent {
  readonly _tag: "File"
  readonly file: string
  readonly sizeBytes: number
  /** The call that reads the file, named in errors. */
  readonly readAt?: SourceLocation | undefined
}

/** Where the bytes come from: memory, or a file. */
export type Content = { readonly _tag: "Bytes"; readonly bytes: Uint8Array } | FileContent

export interface PackageEntry {
  /** Within the package: relative, `/` between segments, NFC. */
  readonly path: string
  readonly content: Content
  /** Why it is there: the chain from the function, outermost first. Shown, never packaged. */
  readonly reason?: ReadonlyArray<string>
}

const encoder = new TextEncoder()

/** An entry with these bytes. */
export const bytes = (path: string, content: Uint8Array, reason?: ReadonlyArray<string>): PackageEntry => ({
  path,
  content: { _tag: "Bytes", bytes: content },
  ...(reason === undefined ? {} : { reason })
})

/** An entry with this text, as UTF-8. */
export const text = (path: string, content: string, reason?: ReadonlyArray<string>): PackageEntry =>
  bytes(path, encoder.encode(content), reason)

/** An entry with the bytes of the file at the absolute path `file`, which had `sizeBytes` bytes when it was found. */
export const file = (
  path: string,
  file: string,
  sizeBytes: number,
  reason?: ReadonlyArray<string>
): PackageEntry => ({
  path,
  content: { _tag: "File", file, sizeBytes },
  ...(reason === undefined ? {} : { reason })
})

/** The size that is announced, in bytes. */
export const sizeBytes = (content: Content): number =>
  content._tag === "Bytes" ? content.bytes.length : content.sizeBytes

/** A file whose bytes changed between its discovery and the end of packaging. */
export class FileChangedError extends Schema.TaggedError<FileChangedError>()("FileChangedError", {
  reason: Schema.Literal("Size", "Content"),
  path: Schema.String,
  file: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A file that was found, and cannot be read now. */
export class EntryReadError extends Schema.TaggedError<EntryReadError>()("EntryReadError", {
  reason: Schema.Literal("NotFound", "NotReadable", "NotAFile"),
  path: Schema.String,
  file: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

const readError = (path: string, { file, readAt }: FileContent) => (cause: PlatformError): EntryReadError =>
  cause._tag === "SystemError" && cause.reason === "NotFound"
    ? new EntryReadError({
      reason: "NotFound",
      path,
      file,
      location: readAt,
      what: `${file} is not there any more`,
      why: "It was found when the function was analysed, and was gone when it was packaged.",
      remedy: "Package again when nothing removes it meanwhile.",
      cause
    })
    : new EntryReadError({
      reason: "NotReadable",
      path,
      file,
      location: readAt,
      what: `${file} cannot be read`,
      why: cause.message,
      remedy: "Make the file readable for this user, or leave it out of the package.",
      cause
    })

/** The error of a file that is not as long as announced. */
export const sizeChanged = (path: string, { file, readAt, sizeBytes }: FileContent): FileChangedError =>
  new FileChangedError({
    reason: "Size",
    path,
    file,
    location: readAt,
    what: `${file} changed while it was packaged`,
    why: `It had ${sizeBytes} bytes when it was found, and has another size now.`,
    remedy: "Package again when nothing writes to it."
  })

/** The error of a file whose second reading differs from the first. */
export const contentChanged = (path: string, { file, readAt }: FileContent): FileChangedError =>
  new FileChangedError({
    reason: "Content",
    path,
    file,
    location: readAt,
    what: `${file} changed while it was packaged`,
    why: "Its bytes were others when they were digested than when they were written.",
    remedy: "Package again when nothing writes to it."
  })

/** Files are read in blocks of this many bytes; a multiple of the deflater's chunk. */
export const blockBytes = 1_048_576

/**
 * Calls `use` with all bytes of `content` in order, in blocks of {@link blockBytes} (the last may be shorter; there is
 * none for empty content). A block of a file is valid only until `use` ends, unless the file fits in one block: then it
 * may be kept. Fails with a {@link FileChangedError} when a file has not its announced size.
 */
export const forEachBlock = <E, R>(
  path: string,
  content: Content,
  use: (block: Uint8Array) => Effect.Effect<void, E, R>
): Effect.Effect<void, E | FileChangedError | EntryReadError, R | FileSystem.FileSystem> =>
  Effect.suspend(() => {
    if (content._tag === "File") return forEachBlockOfFile(path, content, use)
    const { bytes } = content
    if (bytes.length === 0) return Effect.void
    if (bytes.length <= blockBytes) return use(bytes)
    return Effect.iterate(0, {
      while: (position) => position < bytes.length,
      body: (position) => Effect.as(use(bytes.subarray(position, position + blockBytes)), position + blockBytes)
    })
  })

const forEachBlockOfFile = <E, R>(
  path: string,
  content: FileContent,
  use: (block: Uint8Array) => Effect.Effect<void, E, R>
): Effect.Effect<void, E | FileChangedError | EntryReadError, R | FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const { file, readAt, sizeBytes: expected } = content
    const fs = yield* FileSystem.FileSystem
    const failed = readError(path, content)
    const info = yield* Effect.mapError(fs.stat(file), failed)
    if (info.type !== "File") {
      return yield* new EntryReadError({
        reason: "NotAFile",
        path,
        file,
        location: readAt,
        what: `${file} is not a regular file`,
        why: `It is a ${info.type}; only regular files can be packaged.`,
        remedy: "Name the file itself."
      })
    }
    const handle = yield* Effect.mapError(fs.open(file, { flag: "r" }), failed)
    // One byte more than announced, where that fits: a file that has grown is found out with the same read.
    const buffer = new Uint8Array(Math.min(blockBytes, expected + 1))
    let total = 0
    for (;;) {
      let filled = 0
      while (filled < buffer.length) {
        const read = yield* Effect.uninterruptible(
          Effect.mapError(handle.read(buffer.subarray(filled)), failed)
        )
        if (read === BigInt(0)) break
        filled += Number(read)
      }
      total += filled
      if (total > expected) return yield* sizeChanged(path, content)
      if (filled > 0) yield* use(buffer.subarray(0, filled))
      if (filled < buffer.length) break
    }
    if (total !== expected) return yield* sizeChanged(path, content)
  }).pipe(Effect.scoped) as Effect.Effect<
    void,
    E | FileChangedError | EntryReadError,
    // `Effect.scoped` provides the Scope, which TypeScript cannot subtract from the open type R.
    R | FileSystem.FileSystem
  >
