/**
 * Packages that were uploaded: files of the package directory. A file gets its name when every byte of it was verified.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import * as Manifest from "../../core/archive/Manifest.ts"
import { PackageStore } from "../../core/archive/PackageStore.ts"
import { ClusterFailed, PackageMissing, PackageRefused, TooLarge } from "../../core/http/ApiError.ts"
import type { ApiPackage } from "../../core/http/ApiJob.ts"
import { stagingName } from "../PackageStore.ts"
import type { Failure } from "./cpu/Task.ts"
import type { Cpu } from "./Cpu.ts"
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

const refused = (failure: Failure): PackageRefused => new PackageRefused(failure)

const failed = (cause: PlatformError): ClusterFailed =>
  new ClusterFailed({
    reason: cause._tag,
    what: "The server cannot keep the package",
    why: cause._tag === "SystemError" ? cause.reason : cause.message,
    remedy: "Ask who runs the server to look at the space in its package directory."
  })

/** Packages of which it is remembered what they are. */
const mostRemembered = 10_000

/** A file that was looked at is that file as long as these stay. */
const stampOf = ({ ino, mtime, size }: FileSystem.File.Info): string =>
  [size, Option.getOrElse(ino, () => 0), Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() })]
    .join(" ")

export const make = (limits: Limits, cpu: Cpu) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const store = yield* PackageStore
    // Looking through the directory removes what a server that was killed had half received
    yield* Effect.catchAll(store.list, (error) => Effect.logWarning(error.message))
    const pathOf = (digest: string): string => Path.join(store.location, Manifest.fileName(Manifest.packageId(digest)))
    const remembered = new Map<string, { readonly stamp: string; readonly seen: ApiPackage }>()

    const look = (client: string | undefined, digest: string, path: string, everyByte: boolean) =>
      Effect.map(
        cpu.run("package", client, { path, digest, everyByte, unpackedBytes: limits.unpackedBytes }),
        (seen): ApiPackage => ({ digest, ...seen })
      )

    const remember = (digest: string, stamp: string, seen: ApiPackage): void => {
      remembered.delete(digest)
      remembered.set(digest, { stamp, seen })
      const [oldest] = remembered.keys()
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest)
    }

    /** What the package is, if it is here. Nothing of it is read that was read before. */
    const find = (client: string | undefined, digest: string): Effect.Effect<ApiPackage, PackageMissing> =>
      Effect.gen(function*() {
        const path = pathOf(digest)
        const before = stampOf(yield* fs.stat(path))
        const known = remembered.get(digest)
        const seen = known?.stamp === before ? known.seen : yield* look(client, digest, path, false)
        // Whoever is told that it is here uses it next: not the moment to clean it up
        yield* store.refresh(Manifest.fileName(Manifest.packageId(digest)))
        remember(digest, stampOf(yield* fs.stat(path)), seen)
        return seen
        // Not there, or damaged since: uploading it again repairs that
      }).pipe(Effect.mapError(() => missing(digest)))

    const receive = <E>(bytes: Stream.Stream<Uint8Array, E>, temporary: string) =>
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

    /** Keeps the package that `bytes` are, if its digest is `digest`. */
    const save = <E>(client: string | undefined, digest: string, bytes: Stream.Stream<Uint8Array, E>) =>
      Effect.gen(function*() {
        yield* Effect.mapError(fs.makeDirectory(store.location, { recursive: true, mode: 0o700 }), failed)
        const temporary = Path.join(store.location, stagingName())
        return yield* Effect.gen(function*() {
          yield* receive(bytes, temporary)
          const seen = yield* Effect.mapError(look(client, digest, temporary, true), refused)
          yield* Effect.mapError(fs.rename(temporary, pathOf(digest)), failed)
          remember(digest, stampOf(yield* Effect.mapError(fs.stat(pathOf(digest)), failed)), seen)
          return seen
        }).pipe(Effect.ensuring(Effect.ignore(fs.remove(temporary, { force: true }))))
      })

    return { find, pathOf, save, tooLarge: tooLarge(limits.packageBytes) }
  })

export type UploadDirectory = Effect.Effect.Success<ReturnType<typeof make>>
