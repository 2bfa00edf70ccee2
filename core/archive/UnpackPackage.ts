/**
 * Puts a package on a file system: complete or not at all.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type * as Hasher from "./Hasher.ts"
import * as Manifest from "./Manifest.ts"
import * as OpenPackage from "./OpenPackage.ts"
import type { PackageFormatError } from "./PackageFormatError.ts"
import type { PackageReadError, RandomAccess } from "./RandomAccess.ts"
import * as UnpackedPackage from "./UnpackedPackage.ts"

/** A package that cannot be unpacked there. `Occupied`: something else is there already. */
export class UnpackError extends Schema.TaggedError<UnpackError>()("UnpackError", {
  reason: Schema.Literal("NotWritable", "DiskFull", "Occupied"),
  directory: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export interface UnpackOptions extends OpenPackage.OpenOptions {
  /** Whether nobody else writes where `directory` is: then what is there and is not the package was damaged, and is replaced. */
  readonly isOurs?: boolean
}

export interface Unpacked {
  readonly package: OpenPackage.OpenPackage
  /** As given. */
  readonly directory: string
  /** Whether this call made it; else it was complete already. */
  readonly created: boolean
}

const code = (error: PlatformError): unknown => {
  const { cause } = error
  return typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
}

const unpackError = (directory: string) => (cause: PlatformError): UnpackError =>
  code(cause) === "ENOSPC" || code(cause) === "EDQUOT"
    ? new UnpackError({
      reason: "DiskFull",
      directory,
      what: `The package cannot be unpacked into ${directory}: the disk is full`,
      why: cause.message,
      remedy: "Free some space (`clustrix clean` removes old packages), then try again. Nothing was left behind.",
      cause
    })
    : new UnpackError({
      reason: "NotWritable",
      directory,
      what: `The package cannot be unpacked into ${directory}`,
      why: cause.message,
      remedy: "Choose a directory in which this user may create files.",
      cause
    })

/** Takes what is damaged out of the way. Somebody else may have done so already. */
const setAside = (target: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const aside = yield* fs.makeTempDirectory({ directory: path.dirname(target), prefix: `.${path.basename(target)}.` })
    yield* Effect.ignore(fs.rename(target, path.join(aside, "damaged")))
    yield* fs.remove(aside, { recursive: true, force: true })
  })

/**
 * Unpacks into `directory`, which must not exist or hold this very package (whose damaged files are replaced if `isOurs`): writes a directory beside it, checks every
 * byte on the way, makes the files read-only (0444, programs 0555; directories 0755, so that whoever owns them can remove
 * them), and renames it. Any number of unpackers may run at once. On failure or interruption nothing is left behind.
 */
export const unpackPackage = (
  access: RandomAccess,
  directory: string,
  options: UnpackOptions = {}
): Effect.Effect<
  Unpacked,
  PackageFormatError | PackageReadError | UnpackError,
  Hasher.Hasher | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const opened = yield* OpenPackage.openPackage(access, options)
    const target = path.resolve(directory)
    const parent = path.dirname(target)
    const failed = Effect.mapError(unpackError(directory))

    /** A directory under the final name was complete once, for it got it by a rename; what became of it since, its bytes say. */
    const condition = UnpackedPackage.check(target, opened.digest)
    const before = yield* condition
    if (before._tag === "Whole") return { package: opened, directory, created: false }

    yield* failed(fs.makeDirectory(parent, { recursive: true }))
    const temporary = yield* Effect.acquireRelease(
      failed(fs.makeTempDirectory({ directory: parent, prefix: `.${path.basename(target)}.` })),
      // After the rename there is nothing of that name.
      (made) => Effect.orDie(fs.remove(made, { recursive: true, force: true }))
    )
    const folders = new Set<string>()
    /** Makes the directories above `name`. */
    const makeFolders = (name: string) =>
      Effect.gen(function*() {
        for (let end = name.indexOf("/"); end !== -1; end = name.indexOf("/", end + 1)) {
          const folder = path.join(temporary, ...name.slice(0, end).split("/"))
          if (folders.has(folder)) continue
          folders.add(folder)
          yield* failed(fs.makeDirectory(folder))
          // Not left to the umask.
          yield* failed(fs.chmod(folder, 0o755))
        }
      })
    for (const name of Manifest.directories(opened.manifest)) yield* makeFolders(`${name}/`)
    for (const { mode, path: name } of [...opened.entries, { path: Manifest.path, mode: "0644" as const }]) {
      const file = path.join(temporary, ...name.split("/"))
      yield* makeFolders(name)
      yield* Effect.scoped(Effect.gen(function*() {
        const handle = yield* failed(fs.open(file, { flag: "wx", mode: 0o600 }))
        yield* opened.forEachChunk(name, (bytes) => Effect.uninterruptible(failed(handle.writeAll(bytes))))
      }))
      yield* failed(fs.chmod(file, mode === "0755" ? 0o555 : 0o444))
    }
    yield* failed(fs.chmod(temporary, 0o755))
    if (before._tag === "Damaged" && options.isOurs === true) yield* failed(setAside(target))
    const renamed = yield* Effect.either(fs.rename(temporary, target))
    if (renamed._tag === "Right") return { package: opened, directory, created: true }
    // Another unpacker was faster, or something else is in the way.
    if ((yield* condition)._tag === "Whole") return { package: opened, directory, created: false }
    const occupied = yield* Effect.orElseSucceed(fs.exists(target), () => false)
    return yield* occupied
      ? new UnpackError({
        reason: "Occupied",
        directory,
        what: `The package cannot be unpacked into ${directory}: something else is there`,
        remedy: "Name a directory that does not exist yet.",
        cause: renamed.left
      })
      : unpackError(directory)(renamed.left)
  }).pipe(Effect.scoped, Effect.withSpan("unpackPackage"))
