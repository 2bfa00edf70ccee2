/**
 * The `PackageStore` of a page: IndexedDB, which every origin has, and which commits a file as a whole. What is staged is in
 * memory until then, so what is not committed leaves nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Order from "effect/Order"
import type * as Scope from "effect/Scope"
import * as RandomAccess from "../core/archive/RandomAccess.ts"
import { invalidName, keepRenewed, namePattern, notFound, packageIdOf, PackageStore,
  PackageStoreError } from "../core/archive/PackageStore.ts"

interface StoredFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

const files = "files"

const storeError = (location: string) => (cause: unknown): PackageStoreError => {
  const name = cause instanceof DOMException ? cause.name : ""
  return new PackageStoreError({
    reason: name === "QuotaExceededError" ? "DiskFull" : "Unavailable",
    path: location,
    what: name === "QuotaExceededError" ? `There is no room left in ${location}` : `${location} cannot be used`,
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: name === "QuotaExceededError" ? "Remove old packages, or allow the page more storage."
      : "Allow the page to store data; private windows may forbid it."
  })
}

const answered = <A>(request: IDBRequest<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result))
    request.addEventListener("error", () => reject(request.error))
  })

const openDatabase = (name: string): Promise<IDBDatabase> => {
  const request = indexedDB.open(name, 1)
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(files, { keyPath: "name" }))
  return answered(request)
}

/** Resolves with what `use` gives when the transaction has been committed. */
const transact = <A>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => Promise<A>
): Promise<A> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(files, mode, { durability: "strict" })
    let result: { readonly value: A } | undefined
    transaction.addEventListener("complete", () => {
      if (result !== undefined) resolve(result.value)
    })
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("the transaction was aborted")))
    use(transaction.objectStore(files)).then((value) => {
      result = { value }
    }, (error: unknown) => {
      reject(error)
      // A request that failed has aborted it already
      if (transaction.error === null) transaction.abort()
    })
  })

// IndexedDB gives what `put` below was given
const fileOf = (value: unknown): StoredFile | undefined => value as StoredFile | undefined

const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A store in the database `name` of this origin. It is closed with the scope. */
export const make = (
  name = "clustrix-packages"
): Effect.Effect<typeof PackageStore.Service, PackageStoreError, Scope.Scope> =>
  Effect.gen(function*() {
    const location = `indexeddb:${name}`
    const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: storeError(location) })
    const database = yield* Effect.acquireRelease(
      attempt(() => openDatabase(name)),
      (opened) => Effect.sync(() => opened.close())
    )
    const path = (file: string): string => `${location}/${file}`
    const checked = <A>(file: string, then: Effect.Effect<A, PackageStoreError>) =>
      namePattern.test(file) ? then : Effect.fail(invalidName(file, location))
    const put = (file: string, bytes: Uint8Array) =>
      Effect.flatMap(Clock.currentTimeMillis, (modifiedAt) =>
        attempt(() =>
          transact(database, "readwrite", (store) =>
            answered(store.put({ name: file, bytes, modifiedAt })))
        ))
    const get = (file: string) =>
      attempt(() =>
        transact(database, "readonly", async (store) => fileOf(await answered(store.get(file))))
      )
    const remove = (file: string, limit?: Date) =>
      attempt(() =>
        transact(database, "readwrite", async (store) => {
          const found = fileOf(await answered(store.get(file)))
          if (found === undefined || (limit !== undefined && found.modifiedAt > limit.getTime())) return false
          await answered(store.delete(file))
          return true
        })
      )
    return PackageStore.of({
      location,
      stage: Effect.sync(() => {
        let parts: Array<Uint8Array> = []
        return {
          write: (bytes) =>
            Effect.sync(() => {
              parts.push(bytes.slice())
            }),
          commit: (file) =>
            checked(
              file,
              Effect.suspend(() => {
                const bytes = concat(parts)
                parts = []
                return Effect.as(put(file, bytes), path(file))
              })
            )
        }
      }),
      list: Effect.map(
        attempt(() => transact(database, "readonly", (store) => answered(store.getAll()))),
        (all) =>
          all.flatMap((value) => fileOf(value) ?? []).sort((a, b) => Order.string(a.name, b.name)).map((file) => ({
            name: file.name,
            path: path(file.name),
            sizeBytes: file.bytes.length,
            modifiedAt: new Date(file.modifiedAt)
          }))
      ),
      remove: (file, options) => checked(file, remove(file, options?.unlessModifiedAfter)),
      refresh: (file) =>
        checked(
          file,
          Effect.flatMap(Clock.currentTimeMillis, (modifiedAt) =>
            attempt(() =>
              transact(database, "readwrite", async (store) => {
                const found = fileOf(await answered(store.get(file)))
                if (found === undefined) return undefined
                await answered(store.put({ ...found, modifiedAt }))
                return path(file)
              })
            ))
        ),
      open: (file) =>
        Effect.flatMap(get(file), (found) =>
          found === undefined ? Effect.fail(notFound(file, location))
            : Effect.succeed(RandomAccess.fromBytes(found.bytes, path(file)))),
      lease: (packageId) =>
        Effect.suspend(() => {
          // Other pages of the origin share the database
          const file = `clustrix_package_${packageId}.lease.${crypto.randomUUID()}`
          if (packageIdOf(file) === undefined) {
            return Effect.fail(invalidName(file, location))
          }
          const touch = put(file, new Uint8Array(0))
          return Effect.zipRight(
            Effect.acquireRelease(touch, () =>
              Effect.ignore(remove(file))),
            keepRenewed(Effect.ignore(touch))
          )
        })
    })
  })

/** A store in the database `name` of this origin. */
export const layer = (name?: string): Layer.Layer<PackageStore, PackageStoreError> =>
  Layer.scoped(PackageStore, make(name))
