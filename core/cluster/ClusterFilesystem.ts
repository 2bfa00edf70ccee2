/**
 * The cluster's files: the nine functions of user code, as Effects.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as ClusterFiles from "./filesystem/ClusterFiles.ts"
import type { FileSource } from "./filesystem/FileSource.ts"
import { FileFailure } from "./filesystem/FileSource.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import { Transport } from "./Transport.ts"

export type { DiskUsage, FileInfo } from "./filesystem/ClusterFiles.ts"

export class ClusterFilesystemError extends Schema.TaggedError<ClusterFilesystemError>()("ClusterFilesystemError", {
  reason: Schema.Literal("NotFound", "PermissionDenied", "NotADirectory", "TooManyLinks", "Unavailable"),
  /** Absolute, on the cluster. */
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

type Method<F> = F extends (...args: infer A) => Promise<infer B>
  ? (...args: A) => Effect.Effect<B, ClusterFilesystemError>
  : never

/** The same functions, defaults and answers as in user code ({@link ClusterFiles.ClusterFiles}). */
export type Methods = { readonly [K in keyof ClusterFiles.ClusterFiles]: Method<ClusterFiles.ClusterFiles[K]> }

export class ClusterFilesystem extends Context.Tag("clustrix/ClusterFilesystem")<
  ClusterFilesystem,
  Methods & {
    /** Where relative paths start: absolute, on the cluster. */
    readonly root: string
  }
>() {}

const remedies = {
  NotFound: "Check the path; relative ones start at the cluster's working directory.",
  PermissionDenied: "Ask the owner for access, or name a directory that you may read.",
  NotADirectory: "Name a directory.",
  TooManyLinks: "Remove one of the symbolic links.",
  Unavailable: "Try again; if it stays so, the file system or the connection is broken."
} as const

const toError = (failure: unknown, doing: string): ClusterFilesystemError => {
  const known = failure instanceof FileFailure ? failure : new FileFailure("Unavailable", "", failure)
  const { cause } = known
  return new ClusterFilesystemError({
    reason: known.reason,
    path: known.path,
    what: `${doing}: ${known.message}`,
    ...(cause instanceof Error ? { why: cause.message } : {}),
    remedy: remedies[known.reason],
    cause: known
  })
}

/** The service over the files of `source`, relative paths from `root`. */
export const make = (source: FileSource, root: string): typeof ClusterFilesystem.Service => {
  const files = ClusterFiles.make(source, root)
  const effect =
    <Args extends ReadonlyArray<unknown>, A>(name: string, call: (...args: Args) => Promise<A>) =>
    (...args: Args): Effect.Effect<A, ClusterFilesystemError> =>
      Effect.withSpan(
        Effect.tryPromise({ try: () => call(...args), catch: (failure) => toError(failure, name) }),
        `ClusterFilesystem.${name}`
      )
  return {
    root,
    ls: effect("ls", files.ls),
    find: effect("find", files.find),
    stat: effect("stat", files.stat),
    exists: effect("exists", files.exists),
    isdir: effect("isdir", files.isdir),
    isfile: effect("isfile", files.isfile),
    glob: effect("glob", files.glob),
    du: effect("du", files.du),
    countFiles: effect("countFiles", files.countFiles)
  }
}

/** The files behind the {@link Transport}, relative paths from `root`. */
export const layer = (root: string): Layer.Layer<ClusterFilesystem, never, Transport> =>
  Layer.effect(ClusterFilesystem, Effect.map(Transport, ({ files }) => make(files, root)))

/** What {@link Methods.find} gives, as a stream. */
export const findStream = (
  pattern?: string,
  path?: string
): Stream.Stream<string, ClusterFilesystemError, ClusterFilesystem> =>
  Stream.unwrap(Effect.map(ClusterFilesystem, (files) => Stream.fromIterableEffect(files.find(pattern, path))))
