/**
 * A function that is packaged once and called often, as a program that is written with Effect uses it.
 */
import { assert, layer } from "@effect/vitest"
import { RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import { PackageStore } from "../../core/archive/PackageStore.ts"
import * as work from "./work.ts"

const file = fileURLToPath(new URL("./work.ts", import.meta.url))

layer(Cluster.layerTest(), { timeout: "2 minutes", excludeTestServices: true })("a remote function", (it) => {
  it.scoped("is packaged once, and gives what the function gives", () =>
    Effect.gen(function*() {
      const store = yield* PackageStore
      const before = (yield* store.list).length
      const double = yield* RemoteFunction.make(work.double)
      const made = (yield* store.list).length
      const values: ReadonlyArray<number> = yield* Effect.all([1, 2, 3].map((n) => double.call(n)), { concurrency: 3 })
      assert.deepStrictEqual(values, [2, 4, 6])
      assert.isAbove(made, before)
      // Neither a package nor an invocation for each call
      assert.strictEqual((yield* store.list).length, made)
    }), 60_000)

  it.scoped("is named by a reference, too", () =>
    Effect.gen(function*() {
      const scale = yield* RemoteFunction.make<typeof work.scale>(`${file}#scale`)
      const { scaled } = yield* scale.call(3, { factor: 5 })
      assert.strictEqual(scaled, 15)
    }), 60_000)

  it.scoped(
    "gives a job, whose output comes as a stream, and that others find by its ID",
    () =>
      Effect.gen(function*() {
        const later = yield* RemoteFunction.make(work.later)
        const job = yield* later.submit("text")
        const printed = yield* Stream.runCollect(job.logs)
        const text = (stream: string): string =>
          Chunk.toReadonlyArray(printed).filter((chunk) => chunk.stream === stream)
            .map(({ bytes }) => new TextDecoder().decode(bytes)).join("")
        assert.deepStrictEqual([text("stdout"), text("stderr")], ["got text\n", "and waited\n"])
        const value: string = yield* job.result
        assert.strictEqual(value, "TEXT")
        assert.strictEqual((yield* job.status).state, "succeeded")
        assert.strictEqual(yield* Effect.flatMap(later.attach(job.jobId), ({ result }) => result), "TEXT")
        assert.strictEqual(yield* Effect.flatMap(RemoteFunction.attach<string>(job.jobId), (it) => it.result), "TEXT")
        assert.strictEqual((yield* Effect.flip(later.attach("20200101T000000000-00000000")))._tag, "JobNotFoundError")
      }),
    60_000
  )

  it.scoped("cancels its job when it is interrupted", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const slow = yield* RemoteFunction.make(work.slow)
      const before = (yield* executor.list).length
      const running = yield* Effect.fork(slow.call(60))
      const jobs = yield* Effect.repeat(Effect.delay(executor.list, 20), { until: (all) => all.length > before })
      yield* Effect.sleep(200)
      yield* Fiber.interrupt(running)
      assert.strictEqual((yield* executor.status(jobs.at(-1)?.jobId ?? "")).state, "cancelled")
      const job = yield* slow.submit(60)
      yield* job.cancel
      assert.strictEqual((yield* Effect.flip(job.result))._tag, "JobCancelledError")
    }), 60_000)

  it.scoped(
    "streams what it prints while it runs, and cancels its job when nobody listens any more",
    () =>
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const slow = yield* RemoteFunction.make(work.slow)
        const all = Chunk.toReadonlyArray(yield* Stream.runCollect(slow.stream(0.1)))
        assert.deepStrictEqual([all[0]?._tag, all.at(-1)], ["Submitted", { _tag: "Returned", value: "done" }])
        const printed = all.map((event) => event._tag === "Printed" ? new TextDecoder().decode(event.bytes) : "").join(
          ""
        )
        assert.strictEqual(printed, "step 0\nstep 1\n")
        const begun = yield* slow.stream(60).pipe(
          Stream.takeUntil(({ _tag }) => _tag === "Printed"),
          Stream.runCollect
        )
        const [first] = begun
        assert.strictEqual(
          (yield* executor.status(first?._tag === "Submitted" ? first.jobId : "")).state,
          "cancelled"
        )
      }),
    60_000
  )

  it.scoped("fails by name: what it threw, what cannot be carried", () =>
    Effect.gen(function*() {
      const picky = yield* RemoteFunction.make(work.picky)
      const caught = yield* Effect.catchTags(picky.call(-1), {
        JobFailedError: (error) => Effect.succeed(error.message)
      })
      assert.include(String(caught), "-1 is below 0")
      const executor = yield* ClusterExecutor
      const before = (yield* executor.list).length
      const odd = yield* RemoteFunction.make((given: { readonly deep: ReadonlyArray<unknown> }) => given.deep.length)
      const error = yield* Effect.flip(odd.call({ deep: [1, () => 2] }))
      assert.strictEqual(error._tag, "ValueNotCarriedError")
      assert.include(error.message, "deep[1]")
      assert.strictEqual((yield* executor.list).length, before)
    }), 60_000)

  it.scoped("maps over inputs: each has an outcome of its own", () =>
    Effect.gen(function*() {
      const picky = yield* RemoteFunction.make(work.picky)
      const outcomes = yield* Stream.runCollect(picky.map([4, -1, 9], { ordered: true, chunk: 3 }))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(outcomes).map(({ index, outcome }) => [
          index,
          Either.getOrElse(outcome, ({ _tag }) => _tag)
        ]),
        [[0, 2], [1, "JobFailedError"], [2, 3]]
      )
    }), 60_000)

  it.scoped("is not mapped when it takes two arguments", () =>
    Effect.gen(function*() {
      const sum = yield* RemoteFunction.make((a: number, b: number) => a + b)
      // @ts-expect-error Each call gets one argument
      const error = yield* Effect.flip(Stream.runDrain(sum.map([1, 2])))
      assert.strictEqual(error._tag, "InputsError")
      assert.include(error.message, "has 2 parameters")
      assert.strictEqual(yield* sum.call(1, 2), 3)
    }), 60_000)

  it.scoped("cancels what still runs when its stream ends early", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const slow = yield* RemoteFunction.make(work.slow)
      const first = yield* Stream.runHead(slow.map([0, 60]))
      assert.strictEqual(first._tag, "Some")
      const job = (yield* executor.list).at(-1)
      const ends = yield* Stream.runCollect(executor.results(job?.jobId ?? "", { ordered: true }))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(ends).map(({ outcome }) =>
          Either.match(outcome, {
            onLeft: ({ _tag }) => _tag,
            onRight: ({ value }) => value
          })
        ),
        ["done", "JobCancelledError"]
      )
    }), 60_000)
})
