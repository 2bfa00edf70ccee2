/**
 * What every PackageStore must do.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Hasher from "../../core/archive/Hasher.ts"
import * as PackageStore from "../../core/archive/PackageStore.ts"
import { layer as plainHasher } from "../../platform-browser/Hasher.ts"

const encoder = new TextEncoder()
const id = "0123456789abcdef"
const zip = `clustrix_package_${id}.zip`

const put = (name: string, text: string) =>
  Effect.scoped(Effect.gen(function*() {
    const staged = yield* (yield* PackageStore.PackageStore).stage
    yield* staged.write(encoder.encode(text))
    return yield* staged.commit(name)
  }))

const get = (name: string) =>
  Effect.scoped(Effect.gen(function*() {
    const access = yield* (yield* PackageStore.PackageStore).open(name)
    return new TextDecoder().decode(yield* access.read(0, access.sizeBytes))
  }))

/** `layer` gives a new, empty store each time. */
export const suite = <E>(name: string, layer: Layer.Layer<PackageStore.PackageStore, E>) =>
  describe(`PackageStore (${name})`, () => {
    it.effect("keeps what is committed, under its name", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        assert.deepStrictEqual(yield* store.list, [])
        const path = yield* Effect.scoped(Effect.gen(function*() {
          const staged = yield* store.stage
          const bytes = encoder.encode("one")
          yield* staged.write(bytes)
          // The bytes are the caller's again.
          bytes.fill(0)
          yield* staged.write(encoder.encode(", two"))
          return yield* staged.commit(zip)
        }))
        assert.isTrue(path.endsWith(zip))
        assert.strictEqual(yield* get(zip), "one, two")
        const [stored, ...others] = yield* store.list
        assert.deepStrictEqual([stored?.name, stored?.path, stored?.sizeBytes, others.length], [zip, path, 8, 0])
      }).pipe(Effect.provide(layer)))

    it.effect("reads at random, and no further than the end", () =>
      Effect.scoped(Effect.gen(function*() {
        yield* put(zip, "0123456789")
        const access = yield* (yield* PackageStore.PackageStore).open(zip)
        const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
        const parts = yield* Effect.forEach([[7, 2], [0, 3], [8, 5], [20, 1]] as const, ([offset, length]) =>
          Effect.map(access.read(offset, length), text), { concurrency: "unbounded" })
        assert.deepStrictEqual(parts, ["78", "012", "89", ""])
      })).pipe(Effect.provide(layer)))

    it.effect("shows nothing of what is not committed", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        yield* Effect.scoped(Effect.gen(function*() {
          const staged = yield* store.stage
          yield* staged.write(encoder.encode("half"))
          assert.deepStrictEqual(yield* store.list, [])
        }))
        assert.deepStrictEqual(yield* store.list, [])
        const exit = yield* Effect.exit(get(zip))
        assert.isTrue(Exit.isFailure(exit))
      }).pipe(Effect.provide(layer)))

    it.effect("replaces a file of the same name", () =>
      Effect.gen(function*() {
        yield* put(zip, "old and long")
        yield* put(zip, "new")
        assert.strictEqual(yield* get(zip), "new")
      }).pipe(Effect.provide(layer)))

    it.effect("lets many write at once, also under one name", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        yield* Effect.forEach(Array.from({ length: 20 }), () => put(zip, "same"), { concurrency: "unbounded" })
        assert.strictEqual(yield* get(zip), "same")
        assert.lengthOf(yield* store.list, 1)
      }).pipe(Effect.provide(layer)))

    it.effect("lists by name", () =>
      Effect.gen(function*() {
        const names = ["b", "a", "c"].map((letter) => `clustrix_package_${letter.repeat(16)}.zip`)
        yield* Effect.forEach(names, (name) => put(name, ""))
        const store = yield* PackageStore.PackageStore
        assert.deepStrictEqual((yield* store.list).map((stored) => stored.name), [...names].sort())
      }).pipe(Effect.provide(layer)))

    it.effect("marks a file as used, and tells where it is", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        assert.isUndefined(yield* store.refresh(zip))
        const path = yield* put(zip, "one")
        // The clock of these tests begins in 1970
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* store.refresh(zip), path)
        const [stored] = yield* store.list
        assert.strictEqual(stored?.modifiedAt.getTime(), 3_600_000)
        assert.strictEqual(yield* get(zip), "one")
        assert.strictEqual((yield* Effect.flip(store.refresh("../passwd"))).reason, "InvalidName")
      }).pipe(Effect.provide(layer)))

    it.effect("removes, and says whether it did", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        yield* put(zip, "x")
        assert.isFalse(yield* store.remove(zip, { unlessModifiedAfter: new Date(-1) }))
        assert.isTrue(yield* store.remove(zip))
        assert.isFalse(yield* store.remove(zip))
        assert.deepStrictEqual(yield* store.list, [])
        const error = yield* Effect.flip(Effect.scoped(store.open(zip)))
        assert.strictEqual(error.reason, "NotFound")
      }).pipe(Effect.provide(layer)))

    it.effect("tells whether a file has the bytes of a digest, of any size, and takes it as used then", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        const digest = (text: string) => Effect.provide(Hasher.digest(text), plainHasher)
        const verified = (text: string) =>
          Effect.flatMap(digest(text), (sha256) => Effect.provide(PackageStore.verified(zip, sha256), plainHasher))
        for (const text of ["", "one", "y".repeat(5_000_000)]) {
          assert.isUndefined(yield* verified(text))
          const path = yield* put(zip, text)
          assert.isUndefined(yield* verified(`${text}.`))
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(yield* verified(text), path)
          const [stored] = yield* store.list
          assert.strictEqual(stored?.modifiedAt.getTime(), yield* Clock.currentTimeMillis)
          yield* store.remove(zip)
        }
        assert.isUndefined(yield* Effect.provide(PackageStore.verified("../passwd", ""), plainHasher))
      }).pipe(Effect.provide(layer)))

    it.effect("refuses names that are not a package's", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        for (const name of ["../x", "clustrix_package_/x", "clustrix_package_../../x", "other", "clustrix_package_"]) {
          const error = yield* Effect.flip(put(name, "x"))
          assert.deepInclude(error, { _tag: "PackageStoreError", reason: "InvalidName" })
          assert.strictEqual((yield* Effect.flip(store.remove(name))).reason, "InvalidName")
        }
        assert.deepStrictEqual(yield* store.list, [])
      }).pipe(Effect.provide(layer)))

    it.effect("shows a lease while its scope lasts", () =>
      Effect.gen(function*() {
        const store = yield* PackageStore.PackageStore
        yield* Effect.scoped(Effect.gen(function*() {
          yield* store.lease(id)
          yield* store.lease(id)
          const names = (yield* store.list).map((stored) => stored.name)
          assert.lengthOf(names, 2)
          for (const name of names) {
            assert.isTrue(PackageStore.isLease(name))
            assert.strictEqual(PackageStore.packageIdOf(name), id)
          }
        }))
        assert.deepStrictEqual(yield* store.list, [])
      }).pipe(Effect.provide(layer)))
  })
