/**
 * Removes what is old and needed by nobody from a cluster's state directory: ended jobs, packages, npm packages (`envs/`),
 * runtimes that were sent, our own code (`tools/`), uploads, and what interrupted work left behind.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Order from "effect/Order"
import * as Random from "effect/Random"
import * as Quotation from "../../diagnostics/Quotation.ts"
import * as ClusterPath from "../filesystem/ClusterPath.ts"
import { FileFailure, type FileStatus } from "../filesystem/FileSource.ts"
import { ClusterExecutor, type Job } from "../ClusterExecutor.ts"
import * as Shell from "../deploy/Shell.ts"
import * as StateFolders from "../deploy/StateFolders.ts"
import { leaseLifetimeMillis } from "../../archive/PackageStore.ts"
import type { SchedulerError } from "../Scheduler.ts"
import { Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as JobName from "./JobName.ts"
import * as MapDirectory from "./MapDirectory.ts"
import { isFinal } from "./JobStatus.ts"

export type Kind = "job" | StateFolders.Kind

export interface Item {
  readonly kind: Kind
  readonly name: string
  /** Absolute, on the cluster. */
  readonly path: string
  /** Milliseconds since 1970, by the clock of the cluster. */
  readonly modifiedAt: number
}

export interface ClusterCleanup {
  /** Milliseconds since 1970, by the clock of the cluster. */
  readonly now: number
  readonly removed: ReadonlyArray<Item & { readonly sizeBytes: number | undefined }>
  /** Old, and kept all the same: an unfinished job, or a package that stays, refers to it; or it was used meanwhile. */
  readonly kept: ReadonlyArray<Item & { readonly because: "unfinished" | "referenced" | "not-understood" | "used" }>
}

export interface ClusterCleanupOptions {
  /** What was used within this time stays; so does what was used within the lifetime of a lease. */
  readonly olderThan: Duration.DurationInput
  /** Only tell what would be removed. */
  readonly dryRun?: boolean | undefined
}

export type ClusterCleanupError = TransportError | SchedulerError

/** Items at once. */
const atOnce = 8

interface Folder {
  readonly folder: string
  /** What a name in it is; `undefined` for what is not ours. */
  readonly kindOf: (name: string) => Kind | undefined
}

const folders: ReadonlyArray<Folder> = [
  {
    folder: "jobs",
    kindOf: (name) => JobName.pattern.test(name) ? "job" : StateFolders.isLeftover(name) ? "leftover" : undefined
  },
  ...StateFolders.folders.map((each): Folder => ({
    folder: each.folder,
    kindOf: (name) => StateFolders.kindOf(each, name)
  }))
]

const unreadable = (path: string, cause: unknown): TransportError =>
  cause instanceof FileFailure && cause.cause instanceof TransportError ? cause.cause : new TransportError({
    reason: cause instanceof FileFailure && cause.reason === "PermissionDenied" ? "PermissionDenied" : "Unavailable",
    path,
    what: `${path} cannot be read`,
    ...(cause instanceof Error ? { why: cause.message } : {}),
    remedy: "Check its permissions there."
  })

const make = Effect.gen(function*() {
  const transport = yield* Transport
  const executor = yield* ClusterExecutor

  /** Of the path itself; `undefined` when it is not there. */
  const statusOf = (path: string): Effect.Effect<FileStatus | undefined, TransportError> =>
    Effect.tryPromise({ try: () => transport.files.lstat(path), catch: (cause) => cause }).pipe(
      Effect.catchAll((cause) =>
        cause instanceof FileFailure && cause.reason === "NotFound"
          ? Effect.succeed(undefined)
          : Effect.fail(unreadable(path, cause))
      )
    )

  const itemsIn = ({ folder, kindOf }: Folder) =>
    Effect.gen(function*() {
      const directory = `${executor.stateDirectory}/${folder}`
      const names = yield* transport.list(directory).pipe(
        Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed<ReadonlyArray<string>>([]))
      )
      const items = yield* Effect.forEach(names, (name) =>
        Effect.gen(function*() {
          const what = kindOf(name)
          const path = `${directory}/${name}`
          const status = what === undefined ? undefined : yield* statusOf(path)
          return what === undefined || status === undefined ? []
            : [{ kind: what, name, path, modifiedAt: status.modified * 1000 }]
        }), { concurrency: atOnce })
      return items.flat()
    })

  /** Times of files are by the clock of the host. */
  const clock = Effect.flatMap(transport.exec("date +%s", { idempotent: true }), ({ stdout }) => {
    const seconds = stdout.split("\n").findLast((line) => /^\d{9,}$/.test(line))
    return seconds === undefined
      ? Effect.fail(
        new TransportError({
          reason: "Unavailable",
          what: `${transport.location} does not tell the time`,
          why: Quotation.lastLines(stdout, 3),
          remedy: "Check that `ssh HOST date +%s` prints a number."
        })
      )
      : Effect.succeed(Number(seconds) * 1000)
  })

  /** Jobs that have not ended, and those of which nobody knows. */
  const unfinished = (ids: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const described = yield* Effect.forEach(ids, (id) => Effect.either(executor.attach(id)), { concurrency: atOnce })
      const jobs = described.flatMap((each) => Either.isRight(each) ? [each.right] : [])
      const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
      return {
        running: jobs.filter((_job, index) => {
          const status = statuses[index]
          return status === undefined || Either.isLeft(status) || !isFinal(status.right.state)
        }),
        // Without a description it was never submitted, for that is written first
        notUnderstood: ids.filter((_id, index) => {
          const each = described[index]
          return each === undefined || (Either.isLeft(each) && each.left._tag !== "JobNotFoundError")
        })
      }
    })

  /** The names in `runtimes/` that the scripts of a job mention: it may not have begun. */
  const runtimesOf = ({ directory, tasks }: Job) =>
    Effect.map(
      JobDirectory.readText(
        transport,
        directory,
        tasks === undefined ? JobDirectory.files.script : MapDirectory.files.task
      ),
      (text = "") => text.split("/runtimes/").slice(1).flatMap((rest) => /^[^/'"\s]+/.exec(rest)?.[0] ?? [])
    )

  /** The name of what `node_modules` of a package leads to, if that lies in `envs/`. */
  const environmentOf = (environments: string, packageDirectory: string) =>
    transport.realPath(`${packageDirectory}/node_modules`).pipe(
      Effect.map((path) =>
        path.startsWith(`${environments}/`) ? path.slice(environments.length + 1).split("/")[0] : ""
      ),
      Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(""))
    )

  const sizes = (paths: ReadonlyArray<string>) =>
    paths.length === 0 ? Effect.succeed(new Map<string, number>()) : Effect.map(
      transport.exec("while IFS= read -r path; do du -sk \"$path\"; done 2>/dev/null", {
        idempotent: true,
        stdin: paths.map((path) => `${path}\n`).join("")
      }),
      ({ stdout }) =>
        new Map(
          stdout.split("\n").flatMap((line) => {
            const [, kibibytes, path] = /^(\d+)\s+(\/.*)$/.exec(line) ?? []
            return path === undefined ? [] : [[path, Number(kibibytes) * 1024] as const]
          })
        )
    )

  const move = (from: string, to: string) =>
    Effect.map(
      transport.exec(`if [ -e ${Shell.quote(to)} ]; then exit 1; fi; mv ${Shell.quote(from)} ${Shell.quote(to)}`),
      ({ exitCode }) => exitCode === 0
    )

  /**
   * Takes its name away first, and looks at its age once more: whoever uses it touches it before he looks whether it is whole.
   * Tells whether it went.
   */
  const remove = (item: Item, limit: number) =>
    Effect.gen(function*() {
      const isOld = (path: string) =>
        Effect.map(statusOf(path), (status) => status !== undefined && status.modified * 1000 <= limit)
      if (!(yield* isOld(item.path))) return false
      if (item.kind === "leftover" || item.kind === "upload") {
        yield* transport.remove(item.path)
        return true
      }
      const unique = (yield* Random.nextIntBetween(0, 2 ** 31 - 1)).toString(16).padStart(8, "0")
      const aside = `${item.path.slice(0, -item.name.length)}.removed.${unique}.${item.name}`
      if (!(yield* move(item.path, aside))) return false
      if (!(yield* isOld(aside)) && (yield* move(aside, item.path))) return false
      yield* transport.remove(aside)
      return true
    })

  return { itemsIn, clock, unfinished, environmentOf, runtimesOf, sizes, remove, transport, executor }
})

/**
 * Removes what was not used for `olderThan`, by the clock of the cluster. Never what an unfinished job refers to: its directory,
 * its package, the npm packages that this leads to, and the runtime; nor anything that was used within the lifetime of a lease. When a job
 * cannot be understood (another version may have made it), all packages stay.
 */
export const cleanupCluster = (
  options: ClusterCleanupOptions
): Effect.Effect<ClusterCleanup, ClusterCleanupError, Transport | ClusterExecutor> =>
  Effect.gen(function*() {
    const { clock, environmentOf, executor, itemsIn, remove, runtimesOf, sizes, transport, unfinished } = yield* make
    const now = yield* clock
    const limit = now - Math.max(Duration.toMillis(options.olderThan), leaseLifetimeMillis)
    const all = (yield* Effect.forEach(folders, itemsIn)).flat()
    const isOld = (item: Item): boolean => item.modifiedAt <= limit
    const kept: Array<ClusterCleanup["kept"][number]> = []
    const removed: Array<Item> = []
    // Then nobody need be asked for the states of all jobs
    if (!all.some(isOld)) return { now, removed: [], kept }

    const jobs = all.filter(({ kind }) => kind === "job")
    const { notUnderstood, running } = yield* unfinished(jobs.map(({ name }) => name))
    const runningIds = new Set(running.map(({ jobId }) => jobId))
    const packageNames = new Set(running.map(({ packageDirectory }) => ClusterPath.basename(packageDirectory)))

    const consider = (
      items: ReadonlyArray<Item>,
      needed: (item: Item) => ClusterCleanup["kept"][number]["because"] | undefined
    ) =>
      Effect.gen(function*() {
        const old = items.filter(isOld)
        const outcomes = yield* Effect.forEach(old, (item) => {
          const because = needed(item)
          if (because !== undefined) return Effect.succeed(because)
          return options.dryRun === true
            ? Effect.succeed(undefined)
            : Effect.map(remove(item, limit), (gone) => gone ? undefined : "used" as const)
        }, { concurrency: atOnce })
        old.forEach((item, index) => {
          const because = outcomes[index]
          if (because === undefined) removed.push(item)
          else kept.push({ ...item, because })
        })
      })

    // Sizes while everything is still there; of what is kept in the end, nobody asks
    const bytes = yield* sizes(all.filter(isOld).map(({ path }) => path))

    yield* consider(jobs, ({ name }) =>
      runningIds.has(name) ? "unfinished" : notUnderstood.includes(name) ? "not-understood" : undefined)
    const packages = all.filter(({ kind }) =>
      kind === "package"
    )
    yield* consider(packages, ({ name }) =>
      packageNames.has(name) ? "unfinished" : notUnderstood.length > 0 ? "not-understood" : undefined)

    // What stays may be used at any moment, and then its npm packages too
    const gone = new Set(removed.map(({ path }) =>
      path
    ))
    const environments = `${executor.stateDirectory}/envs`
    const real = yield* Effect.catchIf(
      transport.realPath(environments),
      (error) => error.reason === "NotFound",
      () => Effect.succeed(environments)
    )
    const staying = packages.filter(({ path }) => !gone.has(path))
    const used = yield* Effect.forEach(staying, ({ path }) => environmentOf(real, path), { concurrency: atOnce })
    const usedByUnfinished = new Set(used.filter((_name, index) => packageNames.has(staying[index]?.name ?? "")))
    const usedNames = new Set(used)
    yield* consider(all.filter(({ kind }) => kind === "environment"), ({ name }) =>
      usedByUnfinished.has(name) ? "unfinished"
        : usedNames.has(name) ? "referenced"
        : notUnderstood.length > 0 ? "not-understood"
        : undefined)
    const runtimes = all.filter(({ kind }) =>
      kind === "runtime"
    )
    const runtimesInUse = runtimes.some(isOld)
      ? new Set((yield* Effect.forEach(running, runtimesOf, { concurrency: atOnce })).flat())
      : new Set<string>()
    yield* consider(runtimes, ({ name }) =>
      runtimesInUse.has(name) ? "unfinished" : notUnderstood.length > 0 ? "not-understood" : undefined)
    // What uses a tool has read it already
    yield* consider(
      all.filter(({ kind }) =>
        ["tool", "upload", "leftover"].includes(kind)
      ),
      () => undefined
    )

    const byPath = Order.mapInput(Order.string, ({ path }: Item) => path)
    return {
      now,
      removed: removed.map((item) => ({ ...item, sizeBytes: bytes.get(item.path) })).sort(byPath),
      kept: kept.sort(byPath)
    }
  }).pipe(Effect.withSpan("cleanupCluster"))
