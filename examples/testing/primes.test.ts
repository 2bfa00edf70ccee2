/**
 * How a program that uses a cluster is tested without one: `Cluster.layerTest` packages functions as ever and runs them in child
 * processes. Packages stay in memory, jobs lie in a temporary directory that is removed in the end.
 */
import { assert, layer } from "@effect/vitest"
import { RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { countPrimes } from "../http-service/primes.ts"

// Real time: jobs are real processes
layer(Cluster.layerTest({ cores: 1 }), { excludeTestServices: true, timeout: "1 minute" })("counting primes", (it) => {
  it.scoped("gives their number", () =>
    Effect.gen(function*() {
      const primes = yield* RemoteFunction.make(countPrimes)
      assert.strictEqual(yield* primes.call({ limit: 1000 }), 168)
    }))

  it.scoped("counts for many limits at once", () =>
    Effect.gen(function*() {
      const primes = yield* RemoteFunction.make(countPrimes)
      const outcomes = yield* Stream.runCollect(primes.map([{ limit: 10 }, { limit: 100 }], { ordered: true }))
      assert.deepStrictEqual(Chunk.toReadonlyArray(outcomes).map(({ outcome }) => Either.getOrThrow(outcome)), [4, 25])
    }))
})
