/**
 * The files that a function left in its working directory on the cluster: which there are, and bringing them here.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import * as ClusterPath from "../filesystem/ClusterPath.ts"
import { type DirectoryEntry, FileFailure } from "../filesystem/FileSource.ts"
import * as Pattern from "../filesystem/Pattern.ts"
import * as Walk from "../filesystem/Walk.ts"
import type { Job } from "../ClusterExecutor.ts"
import * as Explanation from "../../diagnostics/Explanation.ts"
import * as Hasher from "../../archive/Hasher.ts"
import * as Manifest from "../../archive/Manifest.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { Transport } from "../Transport.ts"
import { TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"

/** A file that is not written here. `Exists`: something has its name; `Outside`: a link leads out of the directory. */
export class FilesNotWrittenError extends Schema.TaggedError<FilesNotWrittenError>()("FilesNotWrittenError", {
  reason: Schema.Literal("Exists", "Outside", "NotWritable", "DiskFull"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The function left no file that was asked for. */
export class FilesNotFoundError extends Schema.TaggedError<FilesNotFoundError>()("FilesNotFoundError", {
  jobId: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A file below a job's `work/`. */
export interface JobFile {
  /** Relative to `work/`, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  readonly isExecutable: boolean
  /** SHA-256 of the packaged data file that was put in this place; a copy that was not changed is not the function's work. */
  readonly packaged: string | undefined
}

export interface FetchOptions {
  /** Which files, by patterns of their paths; a directory stands for all that is in it. By default every file. */
  readonly globs?: ReadonlyArray<string> | undefined
  /** Whether files that are here already are replaced. */
  readonly force?: boolean | undefined
  /** Hears how many bytes of how many are here. */
  readonly progress?: ((bytes: number, total: number) => void) | undefined
}

/** A file that was brought here. */
export interface FetchedFile {
  /** Relative to `work/`, and to the directory here. */
  readonly path: string
  readonly sizeBytes: number
}

const everything = "**/*"

const parseManifest = ForeignJson.decoder(Manifest.Manifest, Manifest.unpackedLimits)
const decoder = new TextDecoder()

/** Digests of the packaged data files by their place in `work/`; none when the package is not there any more. */
const packagedData = (transport: typeof Transport.Service, job: Job) =>
  transport.readFile(`${job.packageDirectory}/${Manifest.path}`).pipe(
    Effect.flatMap((bytes) => parseManifest(decoder.decode(bytes))),
    Effect.map(({ entries }) =>
      new Map(
        entries.flatMap(({ path, sha256, size }) =>
          path.startsWith("data/") ? [[path.slice("data/".length), { sha256, size }] as const] : []
        )
      )
    ),
    Effect.catchTag("ForeignJsonError", () => Effect.succeed(new Map<string, never>())),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(new Map<string, never>()))
  )

/** What an honest host calls no file of its own. */
const isImpossible = (name: string): boolean => name === "" || name === "." || name === ".." || /[/\0]/.test(name)

/** The other side says what its files are called, and some names are not UTF-8. */
const oddName = (path: string): TransportError =>
  new TransportError({
    reason: "Unavailable",
    path,
    what: `${Quotation.quoted(path)} has a name that no file here can have`,
    remedy: "Rename it there, or fetch others by a pattern."
  })

const unreadable = (directory: string, cause: unknown): TransportError =>
  cause instanceof FileFailure && cause.cause instanceof TransportError ? cause.cause : new TransportError({
    reason: cause instanceof FileFailure && cause.reason === "PermissionDenied" ? "PermissionDenied" : "Unavailable",
    path: cause instanceof FileFailure ? cause.path : directory,
    what: `The files in ${directory} cannot be read`,
    ...(cause instanceof Error ? { why: cause.message } : {}),
    remedy: "Check the permissions of what the function left there."
  })

const matcher = (globs: ReadonlyArray<string>): (path: string) => boolean => {
  const patterns = (globs.length === 0 ? [everything] : globs).map((glob) =>
    glob.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "")
  ).flatMap((glob) => [
    Pattern.compile(glob, { dot: true }),
    Pattern.compile(`${glob}/**`, { dot: true })
  ])
  return (path) => patterns.some((matches) => matches(path))
}

/**
 * The regular files below `work/` that match, sorted by path; names that begin with a dot are like any other. Links are not
 * among them, for that is what packaged data files are, and where others lead nobody knows.
 */
export const list = (
  transport: typeof Transport.Service,
  job: Job,
  globs: ReadonlyArray<string> = []
): Effect.Effect<ReadonlyArray<JobFile>, TransportError> =>
  Effect.gen(function*() {
    const root = `${job.directory}/${JobDirectory.files.work}`
    const matches = matcher(globs)
    const data = yield* packagedData(transport, job)
    const { files } = transport
    const walk = async (): Promise<ReadonlyArray<JobFile>> => {
      const found: Array<JobFile> = []
      let level: ReadonlyArray<string> = [""]
      while (level.length > 0) {
        const listed = await Walk.inParallel(level, async (directory) => {
          const entries = await Walk.ifThere(files.readDirectory(directory === "" ? root : `${root}/${directory}`))
          return (entries ?? []).map((entry) => ({ entry, path: directory + entry.name }))
        })
        const entries: ReadonlyArray<{ readonly entry: DirectoryEntry; readonly path: string }> = listed.flat()
        const odd = entries.find(({ entry: { name, type }, path }) =>
          isImpossible(name) || (name.includes("\uFFFD") && matches(type === "directory" ? `${path}/*` : path))
        )
        if (odd !== undefined) throw oddName(`${root}/${odd.path}`)
        const wanted = entries.filter(({ entry, path }) => entry.type === "file" && matches(path))
        const looked = await Walk.inParallel(wanted, async ({ entry, path }): Promise<ReadonlyArray<JobFile>> => {
          const status = entry.status ?? await Walk.ifThere(files.lstat(`${root}/${path}`))
          if (status?.type !== "file") return []
          const packaged = data.get(path)
          return [{
            path,
            sizeBytes: status.size,
            isExecutable: (status.mode & 0o100) !== 0,
            packaged: packaged?.size === status.size ? packaged.sha256 : undefined
          }]
        })
        found.push(...looked.flat())
        level = entries.flatMap(({ entry, path }) => entry.type === "directory" ? [`${path}/`] : [])
      }
      return found.sort((a, b) => ClusterPath.byCodeUnit(a.path, b.path))
    }
    return yield* Effect.tryPromise({
      try: walk,
      catch: (cause) => cause instanceof TransportError ? cause : unreadable(root, cause)
    })
  }).pipe(Effect.withSpan("JobFiles.list"))

const codeOf = (error: PlatformError): unknown =>
  typeof error.cause === "object" && error.cause !== null && "code" in error.cause ? error.cause.code : undefined

const notWritten = (path: string) => (cause: PlatformError): FilesNotWrittenError =>
  codeOf(cause) === "ENOSPC" || codeOf(cause) === "EDQUOT"
    ? new FilesNotWrittenError({
      reason: "DiskFull",
      path,
      what: `${path} cannot be written: the disk is full`,
      why: cause.message,
      remedy: "Free some space, or name a directory on another disk.",
      cause
    })
    : new FilesNotWrittenError({
      reason: "NotWritable",
      path,
      what: `${path} cannot be written`,
      why: cause.message,
      remedy: "Name a directory in which this user may create files.",
      cause
    })

const mostNamed = 5

const exist = (paths: ReadonlyArray<string>): FilesNotWrittenError =>
  new FilesNotWrittenError({
    reason: "Exists",
    path: paths[0] ?? "",
    what: paths.length === 1 ? `${paths[0]} is there already` : `${paths.length} of the files are there already`,
    ...(paths.length === 1 ? {} : {
      why: [...paths.slice(0, mostNamed), ...(paths.length > mostNamed ? ["..."] : [])].join("\n  ")
    }),
    remedy: "Name another directory, or replace what is there with --force (`force: true`). Nothing was fetched."
  })

/** Files at once: on a far host most of the time is spent waiting. */
const atOnce = 4
/** Up to here one answer is enough. */
const smallBytes = 1024 * 1024

/**
 * Brings the files that match into `directory` here, at the paths that they have below `work/`. Each appears complete or not at
 * all, by a temporary name and a rename; none that is here already is touched without `force`, and nothing is written through a
 * link that leads out of `directory`. Gives what was brought.
 */
export const fetch = (
  transport: typeof Transport.Service,
  job: Job,
  directory: string,
  options: FetchOptions = {}
): Effect.Effect<
  ReadonlyArray<FetchedFile>,
  FilesNotFoundError | FilesNotWrittenError | TransportError,
  FileSystem.FileSystem | Path.Path | Hasher.Hasher
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const hasher = yield* Hasher.Hasher
    const { force = false, globs = [], progress = () => undefined } = options
    const wanted = yield* list(transport, job, globs)
    if (wanted.length === 0 && globs.length > 0) {
      return yield* new FilesNotFoundError({
        jobId: job.jobId,
        what: `The job ${job.jobId} left no file that matches ${globs.join(" or ")}`,
        remedy: "Patterns are matched against paths below its work/; `**/*` means all of them."
      })
    }
    const target = path.resolve(directory)
    const at = (file: JobFile): string => path.join(target, ...file.path.split("/"))
    // `a\\b` is one name there, and may be two here
    const odd = wanted.find((file) => file.path.split("/").some((name) => path.basename(name) !== name))
    if (odd !== undefined) return yield* oddName(odd.path)

    /** Whether anything has that name, a link to nothing included. */
    const isTaken = (place: string) =>
      Effect.orElse(Effect.as(fs.readLink(place), true), () => Effect.orElseSucceed(fs.exists(place), () => false))
    const taken = force ? [] : yield* Effect.filter(wanted, (file) => isTaken(at(file)), { concurrency: 16 })
    if (taken.length > 0) return yield* exist(taken.map(at))

    const total = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    let bytes = 0

    /** Makes the directories above a file; each must be where its path says. */
    const enter = (file: JobFile) =>
      Effect.gen(function*() {
        let place = yield* Effect.mapError(fs.realPath(target), notWritten(target))
        for (const name of file.path.split("/").slice(0, -1)) {
          place = path.join(place, name)
          // Another file's directories may be made at the same time
          yield* Effect.mapError(fs.makeDirectory(place, { recursive: true }), notWritten(place))
          if ((yield* Effect.mapError(fs.realPath(place), notWritten(place))) !== place) {
            return yield* new FilesNotWrittenError({
              reason: "Outside",
              path: place,
              what: `${place} is a link that leads elsewhere`,
              remedy: `Files are only written below ${target}: remove the link, or name another directory.`
            })
          }
        }
        return place
      })

    const bring = (file: JobFile) =>
      Effect.gen(function*() {
        const from = `${job.directory}/${JobDirectory.files.work}/${file.path}`
        const place = at(file)
        const failed = Effect.mapError(notWritten(place))
        const parent = yield* enter(file)
        const unique = (yield* Random.nextIntBetween(0, 2 ** 31 - 1)).toString(16).padStart(8, "0")
        // Not from the file's own name, which may be as long as names can be
        const temporary = path.join(parent, `.clustrix-${unique}.part`)
        yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(temporary, { force: true })))
        const hash = yield* hasher.init
        let size = 0
        yield* Effect.scoped(Effect.gen(function*() {
          const handle = yield* failed(fs.open(temporary, { flag: "wx", mode: file.isExecutable ? 0o777 : 0o666 }))
          const take = (piece: Uint8Array) =>
            Effect.zipRight(
              Effect.uninterruptible(failed(handle.writeAll(piece))),
              Effect.sync(() => {
                if (file.packaged !== undefined) hash.update(piece)
                size += piece.length
                bytes += piece.length
                progress(bytes, total)
              })
            )
          yield* file.sizeBytes <= smallBytes
            ? Effect.flatMap(transport.readFile(from), take)
            : Stream.runForEach(transport.download(from), take)
        }))
        // A copy of packaged data which the function left as it was
        if (file.packaged !== undefined && hash.digest() === file.packaged) return []
        if (!force && (yield* isTaken(place))) return yield* exist([place])
        yield* failed(fs.rename(temporary, path.join(parent, path.basename(place))))
        return [{ path: file.path, sizeBytes: size }]
      }).pipe(Effect.scoped)

    if (wanted.length === 0) return []
    yield* Effect.mapError(fs.makeDirectory(target, { recursive: true }), notWritten(target))
    return (yield* Effect.forEach(wanted, bring, { concurrency: atOnce })).flat()
  }).pipe(Effect.withSpan("JobFiles.fetch"))
