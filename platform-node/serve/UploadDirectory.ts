/**
 * Packages that were uploaded: files of the package directory. A file gets its name when every byte of it was verified.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import { type OpenPackage, openPackage, verifyPackage } from "../../core/archive/OpenPackage.ts"
import type { PackageFormatError } from "../../core/archive/PackageFormatError.ts"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import * as Hasher from "../../core/Hasher.ts"
import * as Manifest from "../../core/Manifest.ts"
import { PackageStore } from "../../core/PackageStore.ts"
import { ClusterFailed, PackageMissing, PackageRefused, TooLarge } from "../../core/serve/ApiError.ts"
import { stagingName } from "../PackageStore.ts"
import type { Limits } from "./ServeOptions.ts"

const missing = (digest: string): PackageMissing =>
  new PackageMissing({
    digest,
    what: `There is no package ${Manifest.packageId(digest)} on the server`,
    remedy: "Upload it first: PUT the bytes of the ZIP to this address."
  })

const tooLarge = (limitBytes: number): TooLarge =>
  new TooLarge({
    limitBytes,
    what: `The package is larger than the ${limitBytes} bytes that this server takes`,
    remedy:
      "Leave out what the function does not need (`clustrix explain` shows what there is), or ask who runs the server."
  })

const refused = (error: PackageFormatError | RandomAccess.PackageReadError): PackageRefused =>
  new PackageRefused({
    reason: error.reason,
    what: "What was sent is not the package that it is said to be",
    // The server's own path of it is nobody's business
    why: error._tag === "PackageFormatError" ? error.why ?? error.reason : error.reason,
    remedy: "Package the function again, and send the bytes of the ZIP as they are."
  })

const failed = (cause: PlatformError): ClusterFailed =>
  new ClusterFailed({
    reason: cause._tag,
    what: "The server cannot keep the package",
    why: cause._tag === "SystemError" ? cause.reason : cause.message,
    remedy: "Ask who runs the server to look at the space in its package directory."
  })

export const make = (limits: Limits) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const hasher = yield* Hasher.Hasher
    const store = yield* PackageStore
    const withServices = Effect.provideService(Hasher.Hasher, hasher)
    // Looking through the directory removes what a server that was killed had half received
    yield* Effect.catchAll(store.list, (error) => Effect.logWarning(error.message))
    const pathOf = (digest: string): string => Path.join(store.location, Manifest.fileName(Manifest.packageId(digest)))

    /** The package, open while the scope lasts. */
    const open = (digest: string) =>
      RandomAccess.fromFile(pathOf(digest)).pipe(
        Effect.provideService(FileSystem.FileSystem, fs),
        Effect.flatMap((access) =>
          Effect.map(withServices(openPackage(access, { expectedDigest: digest })), (opened) => ({ access, opened }))
        ),
        // Whoever is told that it is here uses it next: not the moment to clean it up
        Effect.tap(() => store.refresh(Manifest.fileName(Manifest.packageId(digest)))),
        // Not there, or damaged since: uploading it again repairs that
        Effect.mapError(() => missing(digest))
      )

    const receive = (bytes: Stream.Stream<Uint8Array, ClusterFailed>, temporary: string) =>
      Effect.scoped(Effect.gen(function*() {
        const file = yield* Effect.mapError(fs.open(temporary, { flag: "wx", mode: 0o600 }), failed)
        let received = 0
        yield* Stream.runForEach(bytes, (piece): Effect.Effect<void, ClusterFailed | TooLarge> => {
          received += piece.length
          return received > limits.packageBytes
            ? Effect.fail(tooLarge(limits.packageBytes))
            // An interrupted write would go on, on a descriptor that may be another file's by then
            : Effect.uninterruptible(Effect.mapError(file.writeAll(piece), failed))
        })
      }))

    const verify = (digest: string, path: string): Effect.Effect<OpenPackage, PackageRefused> =>
      Effect.scoped(Effect.flatMap(
        RandomAccess.fromFile(path),
        (access) => verifyPackage(access, { expectedDigest: digest, limits: { totalBytes: limits.unpackedBytes } })
      )).pipe(Effect.provideService(FileSystem.FileSystem, fs), withServices, Effect.mapError(refused))

    /** Keeps the package that `bytes` are, if its digest is `digest`. */
    const save = (digest: string, bytes: Stream.Stream<Uint8Array, ClusterFailed>) =>
      Effect.gen(function*() {
        yield* Effect.mapError(fs.makeDirectory(store.location, { recursive: true, mode: 0o700 }), failed)
        const temporary = Path.join(store.location, stagingName())
        return yield* Effect.gen(function*() {
          yield* receive(bytes, temporary)
          const opened = yield* verify(digest, temporary)
          yield* Effect.mapError(fs.rename(temporary, pathOf(digest)), failed)
          return opened
        }).pipe(Effect.ensuring(Effect.ignore(fs.remove(temporary, { force: true }))))
      })

    return { open, save, tooLarge: tooLarge(limits.packageBytes) }
  })

export type UploadDirectory = Effect.Effect.Success<ReturnType<typeof make>>
