import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { cleanupPackages } from "../../../core/archive/PackageCleanup.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"

const id = (digit: string): string => digit.repeat(16)
const zip = (digit: string): string => `clustrix_package_${id(digit)}.zip`
const invocation = (digit: string): string => `clustrix_package_${id(digit)}.${"f".repeat(64)}.invocation.json`

const put = (name: string) =>
  Effect.scoped(Effect.gen(function*() {
    const staged = yield* (yield* PackageStore.PackageStore).stage
    yield* staged.commit(name)
  }))

const names = Effect.map(
  Effect.flatMap(PackageStore.PackageStore, (store) => store.list),
  (list) => list.map((stored) => stored.name)
)

describe("cleanupPackages", () => {
  it.effect("removes packages with all their files once the newest is old enough", () =>
    Effect.gen(function*() {
      yield* put(zip("a"))
      yield* put(invocation("a"))
      yield* put(zip("b"))
      yield* TestClock.adjust("2 hours")
      yield* put(invocation("b"))
      yield* put(zip("c"))
      const { kept, removed } = yield* cleanupPackages({ olderThan: "1 hour" })
      assert.deepStrictEqual(removed.map((stored) => stored.name), [invocation("a"), zip("a")])
      assert.deepStrictEqual(kept, [])
      assert.deepStrictEqual(yield* names, [invocation("b"), zip("b"), zip("c")])
    }).pipe(Effect.provide(PackageStore.layerMemory)))

  it.effect("keeps what a lease or an unfinished job refers to", () =>
    Effect.gen(function*() {
      const store = yield* PackageStore.PackageStore
      for (const digit of ["a", "b", "c"]) yield* put(zip(digit))
      yield* Effect.scoped(Effect.gen(function*() {
        yield* store.lease(id("a"))
        // Far longer than a lease lives without renewal.
        yield* TestClock.adjust("10 hours")
        const { kept, removed } = yield* cleanupPackages({
          olderThan: "1 hour",
          references: Effect.succeed(new Set([id("b")]))
        })
        assert.deepStrictEqual(removed.map((stored) => stored.name), [zip("c")])
        assert.deepStrictEqual(kept.map(({ because, stored }) => [stored.name, because]), [
          [zip("a"), "leased"],
          [zip("b"), "referenced"]
        ])
      }))
      yield* cleanupPackages({ olderThan: "1 hour" })
      assert.deepStrictEqual(yield* names, [])
    }).pipe(Effect.provide(PackageStore.layerMemory)))

  it.effect("does not mind the lease of a dead process", () =>
    Effect.gen(function*() {
      yield* put(zip("a"))
      yield* put(`clustrix_package_${id("a")}.lease.dead`)
      yield* TestClock.adjust("59 minutes")
      assert.lengthOf((yield* cleanupPackages({ olderThan: "1 minute" })).removed, 0)
      yield* TestClock.adjust("2 minutes")
      assert.lengthOf((yield* cleanupPackages({ olderThan: "1 minute" })).removed, 2)
      assert.deepStrictEqual(yield* names, [])
    }).pipe(Effect.provide(PackageStore.layerMemory)))

  it.effect("keeps a package that is sealed anew while it cleans", () =>
    Effect.gen(function*() {
      const store = yield* PackageStore.PackageStore
      yield* put(zip("a"))
      yield* TestClock.adjust("2 hours")
      const { removed } = yield* cleanupPackages({
        olderThan: "1 hour",
        references: Effect.as(
          Effect.provideService(Effect.orDie(put(zip("a"))), PackageStore.PackageStore, store),
          new Set<string>()
        )
      })
      assert.deepStrictEqual(removed, [])
      assert.deepStrictEqual(yield* names, [zip("a")])
    }).pipe(Effect.provide(PackageStore.layerMemory)))
})
