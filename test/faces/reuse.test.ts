/**
 * Results that need not be computed again: off by default, said on every hit, and never the result of another call.
 */
import { assert, layer } from "@effect/vitest"
import { ClusterExecutor, Counters, Pipeline, RemoteFunction, Transport } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as work from "./work.ts"
import { failing, noisy } from "./work.ts"

const jobs = Effect.flatMap(
  ClusterExecutor.ClusterExecutor,
  ({ list }) => Effect.map(list, (all) => all.length)
)

/** How many jobs `effect` made, with what it gave. */
const counted = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const before = yield* jobs
    const value = yield* effect
    return [value, (yield* jobs) - before] as const
  })

layer(Cluster.layerTest(), { excludeTestServices: true, timeout: "2 minutes" })("a result", (it) => {
  const reuse = { job: { reuse: true } }
  const call = (n: number, more: Partial<Pipeline.FunctionCall> = reuse) =>
    Effect.map(Pipeline.run({ fn: noisy, args: [n], ...more }), ({ job, result }) => ({
      value: result.value,
      reused: job.reused ?? false,
      because: job.notReused
    }))

  it.effect("is computed again by default", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* counted(Effect.zipRight(call(1, {}), call(1, {}))), [
        { value: 1, reused: false, because: undefined },
        2
      ])
    }), 60_000)

  it.effect(
    "is taken again for the same package and arguments, and no others, and says so",
    () =>
      Effect.gen(function*() {
        const said: Array<string> = []
        const hearing = Logger.replace(
          Logger.defaultLogger,
          Logger.make(({ logLevel, message }) => {
            said.push(`${logLevel.label} ${String(message)}`)
          })
        )
        const hits = yield* Metric.value(Counters.resultsReused)
        assert.deepStrictEqual(yield* counted(call(2)), [{ value: 2, reused: false, because: "first" }, 1])
        assert.deepStrictEqual(yield* counted(Effect.provide(call(2), hearing)), [
          { value: 2, reused: true, because: undefined },
          0
        ])
        assert.match(
          said.join("\n"),
          /^INFO Reused the result of job \S+, which called noisy with the same arguments$/m
        )
        assert.strictEqual((yield* Metric.value(Counters.resultsReused)).count - hits.count, 1)
        // Limits change nothing
        assert.deepStrictEqual(yield* counted(call(2, { job: { reuse: true, cores: 2, time: "5m" } })), [
          { value: 2, reused: true, because: undefined },
          0
        ])
        // Other arguments, another function, and who overrules
        assert.deepStrictEqual(yield* counted(call(3)), [{ value: 3, reused: false, because: "first" }, 1])
        assert.deepStrictEqual(yield* counted(call(2, { kwargs: { by: 5 }, ...reuse })), [
          { value: 10, reused: false, because: "first" },
          1
        ])
        assert.deepStrictEqual(yield* counted(call(2, { fn: work.double, ...reuse })), [
          { value: 4, reused: false, because: "first" },
          1
        ])
        assert.deepStrictEqual(yield* counted(call(2, { job: { reuse: false } })), [
          { value: 2, reused: false, because: undefined },
          1
        ])
      }),
    60_000
  )

  it.effect("is not taken from a job that failed, was removed, or had variables", () =>
    Effect.gen(function*() {
      const transport = yield* Transport.Transport
      yield* Effect.flip(call(1, { fn: failing, ...reuse }))
      let because: unknown
      yield* Effect.flip(Pipeline.run({ fn: failing, args: [1], ...reuse }, {
        submitted: (job) =>
          Effect.sync(() => {
            because = job.notReused
          })
      }))
      assert.strictEqual(because, "failed")
      const { job } = yield* Pipeline.run({ fn: noisy, args: [7], ...reuse })
      yield* transport.remove(job.directory)
      assert.deepStrictEqual(yield* call(7), { value: 7, reused: false, because: "removed" })
      assert.deepStrictEqual(yield* call(7), { value: 7, reused: true, because: undefined })
      process.env["CLUSTRIX_TEST_VARIABLE"] = "1"
      const withVariable = { job: { reuse: true, environmentVariables: ["CLUSTRIX_TEST_VARIABLE"] } }
      for (const _ of [1, 2]) {
        assert.deepStrictEqual(yield* call(7, withVariable), { value: 7, reused: false, because: "environment" })
      }
    }), 60_000)

  it.scoped("is taken again by a remote function and by many calls", () =>
    Effect.gen(function*() {
      const remote = yield* RemoteFunction.make(noisy, { reuse: true })
      assert.deepStrictEqual(yield* counted(Effect.all([remote.call(11), remote.call(12)])), [[11, 12], 2])
      assert.deepStrictEqual(yield* counted(Effect.all([remote.call(11), remote.call(12)])), [[11, 12], 0])
      const double = yield* RemoteFunction.make(work.double, { reuse: true })
      const all = Effect.map(
        Stream.runCollect(double.map([1, 2, 3], { ordered: true })),
        (outcomes) => Chunk.toReadonlyArray(outcomes).map(({ outcome }) => outcome._tag === "Right" ? outcome.right : 0)
      )
      assert.deepStrictEqual(yield* counted(all), [[2, 4, 6], 1])
      assert.deepStrictEqual(yield* counted(all), [[2, 4, 6], 0])
    }), 60_000)
})
