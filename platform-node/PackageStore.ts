/**
 * Packages as files of one directory.
 *
 * The directory is `CLUSTRIX_PACKAGE_DIR`, or by default the user's cache (packages can be made again at any time):
 * `$XDG_CACHE_HOME/clustrix/packages`, else `~/.cache/clustrix/packages`; on macOS `~/Library/Caches/clustrix/packages`,
 * on Windows `%LOCALAPPDATA%\clustrix\packages`. It is made when the first package is (0700, its files 0600).
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as RandomAccess from "../core/archive/RandomAccess.ts"
import { large } from "../core/packaging/memory/ask.ts"
import { digestLater, digestOf } from "./recall/answers.ts"
import { invalidName, keepRenewed, namePattern, notFound, packageIdOf, PackageStore, PackageStoreError, type Staged,
  type Stored } from "../core/archive/PackageStore.ts"

/** Files being written are called `.clustrix_package_staging.<host>.<process>.<unique>`. */
const stagingPrefix = ".clustrix_package_staging."

/** A new name for a file of this process that is being written; a store removes such files of processes that are gone. */
export const stagingName = (): string =>
  `${stagingPrefix}${Os.hostname().replaceAll(/[^A-Za-z0-9-]/g, "_")}.${process.pid}.${randomUUID()}`

/** Staging files of other hosts, whose processes cannot be asked for, are stale when nothing was written for so long. */
const foreignStagingMillis = 3_600_000

/** The system's own code of an error (`ENOSPC`, ...). */
const errnoOf = (cause: PlatformError): string => {
  const inner = cause.cause
  return typeof inner === "object" && inner !== null && "code" in inner ? String(inner.code) : ""
}

/** `doing` is what was tried, as the beginning of a sentence. */
const storeError = (directory: string, doing: string) => (cause: PlatformError): PackageStoreError => {
  const errno = errnoOf(cause)
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new PackageStoreError({
      reason: "DiskFull",
      path: directory,
      what: `${doing} failed: the disk of the package directory ${directory} is full`,
      why: cause.message,
      remedy: "Remove old packages with `clustrix clean`, or name a directory with more space in CLUSTRIX_PACKAGE_DIR.",
      cause
    })
  }
  return ["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EEXIST", "EISDIR", "ELOOP"].includes(errno)
    ? new PackageStoreError({
      reason: "NotWritable",
      path: directory,
      what: `${doing} failed: the package directory ${directory} cannot be written`,
      why: cause.message,
      remedy: "Name a directory in which this user may create files in CLUSTRIX_PACKAGE_DIR.",
      cause
    })
    : new PackageStoreError({
      reason: "Unavailable",
      path: directory,
      what: `${doing} failed in the package directory ${directory}`,
      why: cause.message,
      remedy: "Try again, or name another directory in CLUSTRIX_PACKAGE_DIR.",
      cause
    })
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it lives, and belongs to another user.
    return !(cause instanceof Error && "code" in cause && cause.code === "ESRCH")
  }
}

const isNotFound = (error: PlatformError): boolean => error._tag === "SystemError" && error.reason === "NotFound"

/** The store in `directory`, which is made when it is needed. */
export const make = (
  directory: string
): Effect.Effect<Context.Tag.Service<PackageStore>, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const location = Path.resolve(directory)
    const host = Os.hostname().replaceAll(/[^A-Za-z0-9-]/g, "_")
    // Step by step: Node's recursive mkdir never ends where a parent refuses the entry (/proc)
    const makeDirectories = (directory: string): Effect.Effect<void, PlatformError> =>
      Effect.gen(function*() {
        if (yield* fs.exists(directory)) return
        const parent = Path.dirname(directory)
        if (parent !== directory) yield* makeDirectories(parent)
        yield* fs.makeDirectory(directory, { mode: 0o700 }).pipe(
          Effect.catchIf((error) => error._tag === "SystemError" && error.reason === "AlreadyExists", () => Effect.void)
        )
      })
    const ensured = Effect.mapError(makeDirectories(location), storeError(location, "Making the package directory"))
    const names = fs.readDirectory(location).pipe(
      Effect.catchIf(isNotFound, () => Effect.succeed<Array<string>>([])),
      Effect.mapError(storeError(location, "Listing the packages"))
    )

    const isStale = (name: string) =>
      Effect.gen(function*() {
        const [owner, pid] = name.slice(stagingPrefix.length).split(".")
        if (owner === host && !isAlive(Number(pid))) return true
        const info = yield* fs.stat(Path.join(location, name))
        const now = yield* Clock.currentTimeMillis
        // In a container every first process has the same number: one that had ours wrote before we began
        const most = owner === host && Number(pid) === process.pid ? process.uptime() * 1000 : foreignStagingMillis
        return Option.exists(info.mtime, (modified) => now - modified.getTime() > most)
      })
    // Once for each store; another process may remove the same file at the same time.
    const sweep = yield* Effect.cached(Effect.gen(function*() {
      for (const name of yield* names) {
        if (!name.startsWith(stagingPrefix)) continue
        yield* isStale(name).pipe(
          Effect.flatMap((stale) => stale ? fs.remove(Path.join(location, name), { force: true }) : Effect.void),
          Effect.catchAll((error) => Effect.logDebug(`Left the staging file ${name}: ${error.message}`))
        )
      }
    }))

    const stage = Effect.gen(function*() {
      yield* ensured
      yield* sweep
      const staging = Path.join(location, stagingName())
      const failed = Effect.mapError(storeError(location, "Writing a package"))
      let isCommitted = false
      yield* Effect.addFinalizer(() => isCommitted ? Effect.void : Effect.orDie(fs.remove(staging, { force: true })))
      // A scope of its own: the file is closed before it is renamed (Windows insists), and before it is removed.
      const opened = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
      const file = yield* failed(Scope.extend(fs.open(staging, { flag: "wx", mode: 0o600 }), opened))
      const staged: Staged = {
        // An interrupted write would go on, on a descriptor that may be another file's by then.
        write: (bytes) => bytes.length === 0 ? Effect.void : Effect.uninterruptible(failed(file.writeAll(bytes))),
        commit: (name) =>
          namePattern.test(name)
            ? Effect.gen(function*() {
              const path = Path.join(location, name)
              // Not flushed to the disk: after a power failure the file may be broken, which every reader finds out by
              // its digest, and the next packaging replaces it.
              yield* Scope.close(opened, Exit.void)
              yield* failed(fs.rename(staging, path))
              isCommitted = true
              return path
            }).pipe(Effect.uninterruptible)
            : Effect.fail(invalidName(name, location))
      }
      return staged
    })

    const stat = (name: string) =>
      fs.stat(Path.join(location, name)).pipe(
        Effect.map((info): Option.Option<Stored> =>
          info.type === "File"
            ? Option.some({
              name,
              path: Path.join(location, name),
              sizeBytes: Number(info.size),
              modifiedAt: Option.getOrElse(info.mtime, () => new Date(0))
            })
            : Option.none()
        ),
        Effect.catchIf(isNotFound, () => Effect.succeedNone),
        Effect.mapError(storeError(location, "Listing the packages"))
      )

    return {
      location,
      stage,
      list: Effect.gen(function*() {
        yield* sweep
        const found = (yield* names).filter((name) => namePattern.test(name)).sort()
        return (yield* Effect.forEach(found, stat, { concurrency: 16 })).flatMap(Option.toArray)
      }),
      remove: (name, options) =>
        Effect.gen(function*() {
          if (!namePattern.test(name)) return yield* invalidName(name, location)
          const stored = yield* stat(name)
          const limit = options?.unlessModifiedAfter
          if (Option.isNone(stored) || (limit !== undefined && stored.value.modifiedAt > limit)) return false
          return yield* fs.remove(stored.value.path).pipe(
            Effect.as(true),
            Effect.catchIf(isNotFound, () => Effect.succeed(false)),
            Effect.mapError(storeError(location, `Removing ${name}`))
          )
        }),
      refresh: (name) =>
        Effect.gen(function*() {
          if (!namePattern.test(name)) return yield* invalidName(name, location)
          const path = Path.join(location, name)
          const now = yield* Clock.currentTimeMillis
          return yield* fs.utimes(path, now / 1000, now / 1000).pipe(
            Effect.as(path),
            Effect.catchIf(isNotFound, () => Effect.succeed(undefined)),
            Effect.mapError(storeError(location, `Marking ${name} as used`))
          )
        }),
      verified: (name, sha256) =>
        Effect.gen(function*() {
          if (!namePattern.test(name)) return undefined
          const path = Path.join(location, name)
          const now = yield* Clock.currentTimeMillis
          const isIt = yield* Effect.tryPromise(async () =>
            // A large one is read in pieces, between which others have their turn
            (Fs.statSync(path).size > large ? await digestLater(path) : digestOf(path).sha256) === sha256
          )
          if (!isIt) return undefined
          yield* Effect.try(() => Fs.utimesSync(path, now / 1000, now / 1000))
          return path
        }).pipe(Effect.orElseSucceed(() => undefined)),
      open: (name) =>
        namePattern.test(name)
          ? RandomAccess.fromFile(Path.join(location, name)).pipe(
            Effect.provideService(FileSystem.FileSystem, fs),
            Effect.mapError((error) =>
              error.reason === "NotFound"
                ? notFound(name, location)
                : new PackageStoreError({
                  reason: "Unavailable",
                  path: location,
                  what: error.what,
                  why: error.why,
                  remedy: error.remedy,
                  cause: error
                })
            )
          )
          : Effect.fail(invalidName(name, location)),
      lease: (packageId) =>
        Effect.gen(function*() {
          const name = `clustrix_package_${packageId}.lease.${host}-${process.pid}-${randomUUID()}`
          if (packageIdOf(name) === undefined) return yield* invalidName(name, location)
          const path = Path.join(location, name)
          yield* ensured
          yield* Effect.acquireRelease(
            fs.writeFile(path, new Uint8Array(0), { flag: "wx", mode: 0o600 }).pipe(
              Effect.mapError(storeError(location, "Leasing a package"))
            ),
            () => Effect.orDie(fs.remove(path, { force: true }))
          )
          yield* keepRenewed(
            Effect.flatMap(Clock.currentTimeMillis, (now) => fs.utimes(path, new Date(now), new Date(now))).pipe(
              Effect.catchAll((error) => Effect.logWarning(`The lease ${path} was not renewed: ${error.message}`))
            )
          )
        })
    }
  })

/** Where packages are kept when `CLUSTRIX_PACKAGE_DIR` does not say. */
export const defaultDirectory: Config.Config<string> = Config.all({
  xdg: Config.option(Config.string("XDG_CACHE_HOME")),
  local: Config.option(Config.string("LOCALAPPDATA"))
}).pipe(
  Config.map(({ local, xdg }) => {
    const parts = ["clustrix", "packages"]
    // The XDG specification: a relative path is invalid and to be ignored.
    if (Option.isSome(xdg) && Path.isAbsolute(xdg.value)) return Path.join(xdg.value, ...parts)
    const home = Os.homedir()
    if (process.platform === "darwin") return Path.join(home, "Library", "Caches", ...parts)
    if (process.platform === "win32") {
      return Path.join(Option.getOrElse(local, () => Path.join(home, "AppData", "Local")), ...parts)
    }
    return Path.join(home, ".cache", ...parts)
  })
)

/** `CLUSTRIX_PACKAGE_DIR` (empty counts as unset; relative to the current directory), else {@link defaultDirectory}. */
export const directory: Config.Config<string> = Config.option(Config.nonEmptyString("CLUSTRIX_PACKAGE_DIR")).pipe(
  Config.orElse(() => Config.succeed(Option.none<string>())),
  Config.zip(defaultDirectory),
  Config.map(([chosen, standard]) => Path.resolve(Option.getOrElse(chosen, () => standard)))
)

/** The store in `directory`. */
export const layer = (directory: string): Layer.Layer<PackageStore, never, FileSystem.FileSystem> =>
  Layer.effect(PackageStore, make(directory))

/** The store where {@link directory} says. */
export const layerConfig: Layer.Layer<PackageStore, ConfigError.ConfigError, FileSystem.FileSystem> = Layer.effect(
  PackageStore,
  Effect.flatMap(directory, make)
)
