/**
 * What a function says of its own progress, from `progress` in a job to whoever asks for the job.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import { progress, RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { ClusterExecutor, type TaskCounts } from "../../core/cluster/ClusterExecutor.ts"
import { submitMap } from "../../core/Pipeline.ts"
import * as LogEvent from "../../core/http/LogEvent.ts"
import type * as work from "./progressing.ts"

const file = fileURLToPath(new URL("./progressing.ts", import.meta.url))

/** Asks until `is` holds of the answer. */
const until = <A, E, R>(ask: Effect.Effect<A, E, R>, is: (answer: A) => boolean) =>
  Effect.repeat(ask, { until: is, schedule: Schedule.spaced("50 millis") }).pipe(
    Effect.zipRight(ask),
    Effect.timeout("40 seconds")
  )

layer(Cluster.layerTest(), { timeout: "2 minutes", excludeTestServices: true })("progress", (it) => {
  it.scoped("is in the status while the function runs, and not of a job that succeeded", () =>
    Effect.gen(function*() {
      const place = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-progress-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(place, { recursive: true, force: true })))
      const gated = yield* RemoteFunction.make<typeof work.gated>(`${file}#gated`)
      const job = yield* gated.submit(place, 3, 10)
      const status = yield* until(job.status, ({ progress }) => progress !== undefined)
      assert.strictEqual(status.state, "running")
      assert.deepInclude(status.progress, { done: 3, total: 10, note: "waiting" })
      fs.writeFileSync(path.join(place, "go"), "")
      assert.strictEqual(yield* job.result, 3)
      const ended = yield* job.status
      assert.deepStrictEqual([ended.state, ended.progress], ["succeeded", undefined])
      // What was said last is there, although it came within the pause between two writes
      const executor = yield* ClusterExecutor
      assert.deepInclude(yield* executor.progress(job.jobId), { done: 10, total: 10, note: "" })
    }), 60_000)

  it.scoped("is told of a job that failed, and costs little in an inner loop", () =>
    Effect.gen(function*() {
      const eager = yield* RemoteFunction.make<typeof work.eager>(`${file}#eager`)
      const job = yield* eager.submit(200_000)
      const error = yield* Effect.flip(job.result)
      assert.include(String(error), "after all")
      const [, millis = "", written = ""] = /took (\d+) ms, (\d+) files/.exec(String(error)) ?? []
      assert.isBelow(Number(millis), 5_000)
      // One for each quarter of a second, and the first
      assert.isAtMost(Number(written), 2 + Number(millis) / 250)
      assert.deepInclude((yield* job.status).progress, { done: 200_000, total: 200_000 })
    }), 60_000)

  it.scoped("refuses what is no progress, and takes no harm from a file that is none", () =>
    Effect.gen(function*() {
      const wrong = yield* RemoteFunction.make<typeof work.wrong>(`${file}#wrong`)
      const job = yield* wrong.submit()
      assert.deepStrictEqual(yield* job.result, [
        "TypeError: progress(done, total, note?): `done` must be a finite number of at least 0. Received NaN",
        "TypeError: progress(done, total, note?): `total` must be a finite number of at least 0. Received undefined",
        "TypeError: progress(done, total, note?): `note` must be a string. Received object"
      ])
      const executor = yield* ClusterExecutor
      assert.isUndefined(yield* executor.progress(job.jobId))
    }), 60_000)

  it.scoped("of many calls is in the counts, with several tasks in one element", () =>
    Effect.gen(function*() {
      const place = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-progress-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(place, { recursive: true, force: true })))
      const executor = yield* ClusterExecutor
      const { jobId } = yield* submitMap({
        fn: `${file}#task`,
        inputs: [0, 1, 2, 3].map((n) => ({ place, n })),
        chunk: 2,
        concurrency: 2
      })
      const heard: Array<TaskCounts> = []
      const progress = (counts: TaskCounts) =>
        Effect.sync(() => {
          heard.push(counts)
          if (counts.runningDone === 0.75) fs.writeFileSync(path.join(place, "go"), "")
        })
      yield* Stream.runForEach(executor.results(jobId, { progress }), ({ outcome }) =>
        Effect.sync(() => assert.isTrue(Either.isRight(outcome))))
      // Tasks 0 and 2 are a quarter and a half through, those behind them have not begun
      const both = heard.find(({ runningDone }) =>
        runningDone === 0.75
      )
      assert.deepStrictEqual(both, { total: 4, queued: 2, running: 2, succeeded: 0, failed: 0, runningDone: 0.75 })
      assert.deepStrictEqual((yield* executor.status(jobId)).tasks, {
        total: 4,
        queued: 0,
        running: 0,
        succeeded: 4,
        failed: 0
      })
    }), 90_000)
})

describe("progress", () => {
  it("does nothing outside of a job but check what it is given", () => {
    progress(1, 2, "half")
    assert.throws(() => progress(-1, 2), TypeError)
  })

  it("goes through the events of the logs and back", () => {
    const event = LogEvent.ofProgress({ stdout: 3, stderr: 4 }, { done: 1, total: 4, note: "a\nb" })
    const [, name, id, data = ""] = /^event: (.*)\nid: (.*)\ndata: (.*)\n\n$/.exec(LogEvent.encode(event)) ?? []
    assert.deepStrictEqual(LogEvent.decode(name, id, data), event)
    for (const broken of ["[]", "{\"done\":-1,\"total\":2}", "{\"done\":1}", "no"]) {
      assert.isUndefined(LogEvent.decode("progress", id, broken))
    }
  })
})
