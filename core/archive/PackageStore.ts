/**
 * Where finished packages lie, named by their digest.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Hasher from "./Hasher.ts"
import { blockBytes } from "./PackageEntry.ts"
import * as RandomAccess from "./RandomAccess.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Quotation from "../diagnostics/Quotation.ts"

export class PackageStoreError extends Schema.TaggedError<PackageStoreError>()("PackageStoreError", {
  reason: Schema.Literal("NotWritable", "DiskFull", "NotFound", "Corrupt", "InvalidName", "Unavailable"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A file that is written in the store's staging place and has not yet a name. It vanishes with its scope unless committed. */
export interface Staged {
  /** Appends; when it has ended, `bytes` are the caller's again. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PackageStoreError>
  /**
   * Gives the file its final `name` by an atomic rename (a file of that name is replaced) and returns its absolute path.
   * Called once, after the last `write`.
   */
  readonly commit: (name: string) => Effect.Effect<string, PackageStoreError>
}

/** A finished file of the store. */
export interface Stored {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

/** What all files of a store are called: `clustrix_package_<package ID>.zip`, `...<digest>.invocation.json`, `...lease...`. */
export const namePattern = /^clustrix_package_[A-Za-z0-9][A-Za-z0-9._-]*$/

/** The package ID in a file's name, if there is one. */
export const packageIdOf = (name: string): string | undefined => /^clustrix_package_([0-9a-f]{16})\./.exec(name)?.[1]

/** Whether the file is a lease (see {@link PackageStore} `lease`). */
export const isLease = (name: string): boolean => /^clustrix_package_[0-9a-f]{16}\.lease\./.test(name)

/** The error of a name that does not follow {@link namePattern}. */
export const invalidName = (name: string, location: string): PackageStoreError =>
  new PackageStoreError({
    reason: "InvalidName",
    path: location,
    what: `${Quotation.quoted(name)} is not a name of a package file`,
    remedy: "Names begin with `clustrix_package_` and go on with letters, digits, `.`, `_` and `-`."
  })

/** The error of a file that is not in the store. */
export const notFound = (name: string, location: string): PackageStoreError =>
  new PackageStoreError({
    reason: "NotFound",
    path: location,
    what: `There is no ${name} in ${location}`,
    remedy: "It may have been cleaned up: package the function again."
  })

export class PackageStore extends Context.Tag("clustrix/PackageStore")<PackageStore, {
  /** The directory (or name of the bucket) as the user knows it. */
  readonly location: string
  readonly stage: Effect.Effect<Staged, PackageStoreError, Scope.Scope>
  /** All finished files that follow {@link namePattern}, leases too, by UTF-16 code unit of the name. */
  readonly list: Effect.Effect<ReadonlyArray<Stored>, PackageStoreError>
  /** Removes the file, if it is there and was not modified after `unlessModifiedAfter`. Tells whether it did. */
  readonly remove: (
    name: string,
    options?: { readonly unlessModifiedAfter?: Date }
  ) => Effect.Effect<boolean, PackageStoreError>
  /** Marks the file as used just now, for clean-up by age. Its path; `undefined` when it is not there. */
  readonly refresh: (name: string) => Effect.Effect<string | undefined, PackageStoreError>
  /**
   * Optional, for stores that find it out faster than by {@link open}: as the function {@link verified}.
   */
  readonly verified?: (name: string, sha256: string) => Effect.Effect<string | undefined>
  /** The bytes of a finished file, while the scope lasts. */
  readonly open: (name: string) => Effect.Effect<RandomAccess.RandomAccess, PackageStoreError, Scope.Scope>
  /**
   * Protects every file of the package from clean-up while the scope lasts. A lease is a file
   * `clustrix_package_<packageId>.lease.<unique>` that is touched every {@link leaseRenewalMillis}; one that was not
   * touched for {@link leaseLifetimeMillis} belongs to a dead process and protects nothing.
   */
  readonly lease: (packageId: string) => Effect.Effect<void, PackageStoreError, Scope.Scope>
}>() {}

/**
 * The path of the file, if the store has it with bytes of this SHA-256 (hexadecimal); then it counts as used just now. `undefined`
 * where it is another, is gone or cannot be read: who makes it anew hears what is wrong.
 */
export const verified = (
  name: string,
  sha256: string
): Effect.Effect<string | undefined, never, Hasher.Hasher | PackageStore> =>
  Effect.gen(function*() {
    const store = yield* PackageStore
    if (store.verified !== undefined) return yield* store.verified(name, sha256)
    const file = yield* store.open(name)
    const hasher = yield* Hasher.Hasher
    const hash = yield* hasher.init
    for (let at = 0; at < file.sizeBytes; at += blockBytes) hash.update(yield* file.read(at, blockBytes))
    return hash.digest() === sha256 ? yield* store.refresh(name) : undefined
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => undefined)
  )

export const leaseRenewalMillis = 600_000
export const leaseLifetimeMillis = 3_600_000

/** A store in memory, empty at first: for pages and tests. Paths are `<location>/<name>`. */
export const makeMemory = (location = "memory:"): Context.Tag.Service<PackageStore> => {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly modifiedAt: Date }>()
  let leases = 0
  const put = (name: string, bytes: Uint8Array) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      files.set(name, { bytes, modifiedAt: new Date(now) })
    })
  const path = (name: string): string => `${location}/${name}`
  return {
    location,
    stage: Effect.sync(() => {
      let parts: Array<Uint8Array> = []
      return {
        write: (bytes) =>
          Effect.sync(() => {
            parts.push(bytes.slice())
          }),
        commit: (name) =>
          namePattern.test(name)
            ? Effect.suspend(() => {
              const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
              let at = 0
              for (const part of parts) {
                bytes.set(part, at)
                at += part.length
              }
              parts = []
              return Effect.as(put(name, bytes), path(name))
            })
            : Effect.fail(invalidName(name, location))
      }
    }),
    list: Effect.sync(() =>
      [...files].sort(([a], [b]) => Order.string(a, b)).map(([name, { bytes, modifiedAt }]) => ({
        name,
        path: path(name),
        sizeBytes: bytes.length,
        modifiedAt
      }))
    ),
    remove: (name, options) =>
      Effect.suspend(() => {
        if (!namePattern.test(name)) return Effect.fail(invalidName(name, location))
        const file = files.get(name)
        const limit = options?.unlessModifiedAfter
        if (file === undefined || (limit !== undefined && file.modifiedAt > limit)) {
          return Effect.succeed(false)
        }
        return Effect.succeed(files.delete(name))
      }),
    refresh: (name) =>
      Effect.suspend(() => {
        if (!namePattern.test(name)) return Effect.fail(invalidName(name, location))
        const file = files.get(name)
        return file === undefined ? Effect.succeed(undefined) : Effect.as(put(name, file.bytes), path(name))
      }),
    open: (name) =>
      Effect.suspend(() => {
        const file = files.get(name)
        return file === undefined
          ? Effect.fail(notFound(name, location))
          : Effect.succeed(RandomAccess.fromBytes(file.bytes, path(name)))
      }),
    lease: (packageId) =>
      Effect.suspend(() => {
        const name = `clustrix_package_${packageId}.lease.${++leases}`
        return packageIdOf(name) === undefined
          ? Effect.fail(invalidName(name, location))
          : Effect.zipRight(
            Effect.acquireRelease(put(name, new Uint8Array(0)), () => Effect.sync(() => files.delete(name))),
            keepRenewed(put(name, new Uint8Array(0)))
          )
      })
  }
}

/** Runs `renew` every {@link leaseRenewalMillis} in the background until the scope ends. */
export const keepRenewed = (renew: Effect.Effect<void>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.delay(renew, leaseRenewalMillis).pipe(Effect.forever, Effect.forkScoped, Effect.asVoid)

export const layerMemory: Layer.Layer<PackageStore> = Layer.sync(PackageStore, () => makeMemory())
