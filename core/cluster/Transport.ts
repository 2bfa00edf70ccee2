/**
 * The way to a cluster: commands and files there. This machine, a host over SSH, a memory in tests.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { PackageReadError, RandomAccess } from "../archive/RandomAccess.ts"
import type { FileSource } from "./filesystem/FileSource.ts"
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
