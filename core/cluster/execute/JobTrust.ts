/**
 * Whether what lies in a job's directory may be believed: nobody but the owner of all jobs could have written it.
 */
import * as Effect from "effect/Effect"
import { FileFailure, type FileStatus } from "../filesystem/FileSource.ts"
import { type Transport, TransportError } from "../Transport.ts"

/** Write permission of the group and of everybody. */
const writableByOthers = 0o022

/** Of the path itself; `undefined` when it is not there. */
const statusOf = (
  transport: typeof Transport.Service,
  path: string
): Effect.Effect<FileStatus | undefined, TransportError> =>
  Effect.tryPromise({ try: () => transport.files.lstat(path), catch: (cause) => cause }).pipe(
    Effect.catchAll((cause) =>
      cause instanceof FileFailure && cause.reason === "NotFound" ? Effect.succeed(undefined) : Effect.fail(
        cause instanceof FileFailure && cause.cause instanceof TransportError ? cause.cause : new TransportError({
          reason: cause instanceof FileFailure && cause.reason === "PermissionDenied" ? "PermissionDenied"
            : "Unavailable",
          path,
          what: `${path} cannot be read`,
          ...(cause instanceof Error ? { why: cause.message } : {}),
          remedy: "Check its permissions there."
        })
      )
    )
  )

const flawOf = (
  { mode, owner, type }: Pick<FileStatus, "mode" | "owner" | "type">,
  wanted: FileStatus["type"],
  ownerOfAll: number | undefined
): string | undefined =>
  type !== wanted ? `It is not a ${wanted}, but a ${type}.`
    : (mode & writableByOthers) !== 0
    ? `Others may write there (mode ${(mode & 0o7777).toString(8).padStart(4, "0")}).`
    : owner !== ownerOfAll ? `It belongs to another user (uid ${owner}) than the other jobs (uid ${ownerOfAll}).`
    : undefined

const refuse = (path: string, why: string): TransportError =>
  new TransportError({
    reason: "PermissionDenied",
    path,
    what: `${path} is not believed`,
    why,
    remedy:
      "If it is yours, take the permission from others (chmod go-w) and look at what is in it; otherwise remove it."
  })

/**
 * Fails where the directory of a job, or one of `files` in it, could have been written by somebody else than the owner of `jobs`, the
 * directory of all jobs. What is not there is fine.
 */
export const check = (
  transport: typeof Transport.Service,
  jobs: string,
  directory: string,
  files: ReadonlyArray<string> = []
): Effect.Effect<void, TransportError> =>
  Effect.gen(function*() {
    const places = [jobs, directory, ...files.map((name) => `${directory}/${name}`)]
    const [all, ...others] = yield* Effect.forEach(places, (path) => statusOf(transport, path), {
      concurrency: "unbounded"
    })
    for (const [index, status] of others.entries()) {
      const flaw = status === undefined ? undefined : flawOf(status, index === 0 ? "directory" : "file", all?.owner)
      if (flaw !== undefined) return yield* refuse(places[index + 1] ?? directory, flaw)
    }
  })

const types: Readonly<Record<string, FileStatus["type"]>> = { d: "directory", l: "symlink", "-": "file" }

/** `rwxr-x---` as a number. */
const modeOf = (letters: string): number =>
  [...letters].reduce((mode, letter, index) => mode | (/[rwxst]/.test(letter) ? 0o400 >> index : 0), 0)

/**
 * The same for a directory as `ls -ldn` shows it. `mode`: `drwx------`; `owner` and `ownerOfAll`: the numbers of the users whom it and
 * the directory of all jobs belong to.
 */
export const checkListed = (
  directory: string,
  mode: string,
  owner: number,
  ownerOfAll: number
): Effect.Effect<void, TransportError> => {
  const status = { type: types[mode[0] ?? ""] ?? "other", mode: modeOf(mode.slice(1, 10)), owner }
  const flaw = flawOf(status, "directory", ownerOfAll)
  return flaw === undefined ? Effect.void : Effect.fail(refuse(directory, flaw))
}
