/**
 * The way to a cluster: commands and files there. This machine, a host over SSH, a memory in tests.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { PackageReadError, RandomAccess } from "../archive/RandomAccess.ts"
import type { FileSource } from "./filesystem/FileSource.ts"
import { MemoryFailure, MemoryFiles } from "./filesystem/MemoryFiles.ts"
import * as Explanation from "../diagnostics/Explanation.ts"

/** What went wrong on the way. `Connection`, `Authentication`, `HostKey` come from transports over a network only. */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  reason: Schema.Literal(
    "Connection",
    "Authentication",
    "HostKey",
    "TimedOut",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "DiskFull",
    "Unavailable"
  ),
  /** The path there that it was about, if any. */
  path: Schema.optional(Schema.String),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** How a command ended. A command that fails is no failure of the transport. */
export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  /** 128 + the signal's number when a signal ended it. */
  readonly exitCode: number
}

/** The most output that is read of a command, in bytes; a command that prints more is ended. */
export const mostOutputBytes = 134_217_728

/** `location`: where it ran, for people. */
export const tooMuchOutput = (location: string): TransportError =>
  new TransportError({
    reason: "Unavailable",
    what: `A command on ${location} prints without end`,
    why: `It was ended after ${mostOutputBytes} bytes.`,
    remedy: "Look at what a login prints there, and at what is in the directories that are listed."
  })

export interface CommandOptions {
  /** Absolute; by default wherever the transport starts commands. */
  readonly workingDirectory?: string | undefined
  readonly stdin?: string | undefined
  /** Whether running it twice does what running it once does: then it is run again when the connection was cut. */
  readonly idempotent?: boolean | undefined
}

export interface UploadOptions {
  /**
   * Where the bytes gather until all are there. A file of that name that an upload of the same bytes left is continued, and a
   * failure leaves it. By default a new name, and a failure leaves nothing.
   */
  readonly partial?: string | undefined
  /** Hears how many bytes are there. */
  readonly progress?: ((bytes: number) => void) | undefined
}

/** Paths are absolute, POSIX. Effects can be interrupted at any moment; a file being written then does not appear. */
export class Transport extends Context.Tag("clustrix/Transport")<Transport, {
  /** For people: `this machine`, `researcher@cluster.edu`. */
  readonly location: string
  /** Runs `script` with POSIX `sh`. */
  readonly exec: (script: string, options?: CommandOptions) => Effect.Effect<CommandResult, TransportError>
  /** The bytes of a file from `offset` (default 0) to its end, at most `length` of them. */
  readonly readFile: (path: string, offset?: number, length?: number) => Effect.Effect<Uint8Array, TransportError>
  /** Puts a whole file there, by a temporary name and a rename. `mode` default 0600. */
  readonly writeFile: (
    path: string,
    content: Uint8Array | string,
    mode?: number
  ) => Effect.Effect<void, TransportError>
  /** Writes the bytes of `source` to `to` there, by a rename. */
  readonly upload: (
    source: RandomAccess,
    to: string,
    options?: UploadOptions
  ) => Effect.Effect<void, TransportError | PackageReadError>
  /** The bytes of a file from its beginning, piece by piece. */
  readonly download: (from: string) => Stream.Stream<Uint8Array, TransportError>
  /** Makes a directory and those above it, with `mode` (default 0700). One that is there already is fine. */
  readonly makeDirectory: (path: string, mode?: number) => Effect.Effect<void, TransportError>
  /** Makes one directory that must not exist: fails with `AlreadyExists` otherwise. `mode` default 0700. */
  readonly makeNewDirectory: (path: string, mode?: number) => Effect.Effect<void, TransportError>
  /** Names in a directory, sorted by UTF-16 code unit. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string>, TransportError>
  /** The absolute path without links of a path; relative ones start where commands start, in the user's home directory. */
  readonly realPath: (path: string) => Effect.Effect<string, TransportError>
  readonly exists: (path: string) => Effect.Effect<boolean, TransportError>
  /** Removes a file or a whole directory; what is not there is removed already. */
  readonly remove: (path: string) => Effect.Effect<void, TransportError>
  /** The same files for the cluster file functions. */
  readonly files: FileSource
}>() {}

/** Of an upload and a download, at once. */
const pieceBytes = 1024 * 1024

/** Files in memory, empty at first. There is no shell: every command fails as `Unavailable`. */
const makeMemory = (now: () => number): Context.Tag.Service<Transport> => {
  const memory = new MemoryFiles(now)
  const attempt = <A>(what: string, path: string, act: () => A): Effect.Effect<A, TransportError> =>
    Effect.try({
      try: act,
      catch: (cause) =>
        new TransportError({
          reason: cause instanceof MemoryFailure ? cause.reason : "Unavailable",
          path,
          what: `${what} ${path}`,
          why: cause instanceof Error ? cause.message : String(cause),
          cause
        })
    })
  const replace = (path: string, bytes: Uint8Array, mode: number) =>
    attempt("Cannot write", path, () => memory.write(path, bytes, mode))
  return {
    location: "memory",
    exec: () =>
      Effect.fail(
        new TransportError({
          reason: "Unavailable",
          what: "A command cannot be run in memory",
          why: "There is no shell."
        })
      ),
    readFile: (path, offset = 0, length = Infinity) =>
      attempt("Cannot read", path, () => memory.read(path).slice(offset, offset + length)),
    writeFile: (path, content, mode = 0o600) =>
      replace(path, typeof content === "string" ? new TextEncoder().encode(content) : content.slice(), mode),
    upload: (source, to, { partial, progress } = {}) =>
      Effect.gen(function*() {
        const bytes = new Uint8Array(source.sizeBytes)
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          const piece = yield* source.read(at, Math.min(pieceBytes, bytes.length - at))
          bytes.set(piece, at)
          if (partial !== undefined) yield* replace(partial, bytes.slice(0, at + piece.length), 0o600)
          progress?.(at + piece.length)
        }
        yield* replace(to, bytes, 0o600)
        if (partial !== undefined) yield* Effect.sync(() => memory.remove(partial))
      }),
    download: (from) =>
      Stream.unwrap(
        Effect.map(
          attempt("Cannot read", from, () => memory.read(from)),
          (bytes) =>
            Stream.range(0, Math.ceil(bytes.length / pieceBytes) - 1).pipe(
              Stream.map((piece) => bytes.slice(piece * pieceBytes, (piece + 1) * pieceBytes))
            )
        )
      ),
    makeDirectory: (path, mode = 0o700) =>
      attempt("Cannot make the directory", path, () => memory.makeDirectory(path, mode, { isNew: false })),
    makeNewDirectory: (path, mode = 0o700) =>
      attempt("Cannot make the directory", path, () => memory.makeDirectory(path, mode, { isNew: true })),
    list: (path) => attempt("Cannot list", path, () => memory.list(path).sort(Order.string)),
    realPath: (path) => attempt("Cannot find", path, () => memory.realPath(path)),
    exists: (path) => Effect.sync(() => memory.exists(path)),
    remove: (path) => attempt("Cannot remove", path, () => memory.remove(path)),
    files: memory.source
  }
}

/** Files in memory and no shell, for tests of what only reads and writes on a cluster. */
export const layerMemory: Layer.Layer<Transport> = Layer.effect(
  Transport,
  Effect.map(Effect.clock, (clock) => makeMemory(() => clock.unsafeCurrentTimeMillis()))
)
