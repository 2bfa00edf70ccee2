/**
 * What every Scheduler must do with a job, seen through the executor: the states, the limits, cancelling, and that
 * everything is known from the job's directory alone.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { ClusterExecutor } from "../../core/ClusterExecutor.ts"
import type { ClusterConfig } from "../../core/ClusterConfig.ts"
import type { PackageEntry } from "../../core/archive/PackageEntry.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import type { SourceMapDocument } from "../../core/runtime/SourceMapDocument.ts"
import * as sample from "../platform-node/runner/package.ts"

export interface SubmitOptions {
  readonly args?: ReadonlyArray<unknown>
  readonly config?: Partial<ClusterConfig>
  readonly entries?: ReadonlyArray<PackageEntry>
  readonly nodeModules?: string
  readonly sourceMap?: SourceMapDocument
  readonly filesystemRoot?: string
}

/** Submits the sample package's function `name`. */
export const submit = (config: ClusterConfig, name: string, options: SubmitOptions = {}) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const sealed = yield* sample.seal(name, options.entries)
    const whole = { ...config, ...options.config }
    const invocation = yield* Invocation.make({
      package: { packageId: sealed.packageId, digest: sealed.digest, functionName: name },
      arguments: options.args,
      cluster: whole,
      runtimeVersion: process.version
    })
    return yield* executor.submit({
      package: RandomAccess.fromBytes(sealed.bytes),
      invocation,
      config: whole,
      nodeModules: options.nodeModules,
      sourceMap: options.sourceMap,
      filesystemRoot: options.filesystemRoot
    })
  })

export const text = (
  chunks: Chunk.Chunk<{ readonly stream: string; readonly bytes: Uint8Array }>,
  stream: string
): string =>
  Buffer.concat(Chunk.toReadonlyArray(chunks).filter((chunk) => chunk.stream === stream).map((chunk) => chunk.bytes))
    .toString("utf8")

/** `fresh` builds the executor anew over the same state directory: another client. */
export const suite = <E>(name: string, config: ClusterConfig, fresh: () => Layer.Layer<ClusterExecutor, E>): void => {
  describe(`Scheduler (${name})`, () => {
    const effect = <A, E2>(title: string, body: Effect.Effect<A, E2, ClusterExecutor>) =>
      it.live(title, () => Effect.provide(body, fresh()), 60_000)
    const elsewhere = <A, E2>(body: Effect.Effect<A, E2, ClusterExecutor>) => Effect.provide(body, fresh())

    effect(
      "runs a job and brings its value back",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const args = [new Map([[1n, new Date(5)]])]
        const job = yield* submit(config, "echo", { args })
        const result = yield* executor.result(job.jobId)
        assert.deepStrictEqual(result.value, args)
        const status = yield* executor.status(job.jobId)
        assert.deepStrictEqual([status.state, status.exitCode], ["succeeded", 0])
        assert.isAtLeast(status.finishedAt ?? 0, status.startedAt ?? Number.NaN)
      })
    )

    effect(
      "streams the logs while the job runs",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submit(config, "prints")
        const first = yield* Stream.runHead(executor.logs(job.jobId))
        assert.isTrue(first._tag === "Some")
        assert.isFalse((yield* executor.status(job.jobId)).state === "succeeded", "the first line came before the end")
        const all = yield* Stream.runCollect(executor.logs(job.jobId))
        assert.deepStrictEqual([text(all, "stdout"), text(all, "stderr")], ["out 1\nout 2", "err ☃\n"])
        assert.strictEqual((yield* executor.result(job.jobId)).value, 1)
        const again = yield* Stream.runCollect(executor.logs(job.jobId, { follow: false }))
        assert.strictEqual(text(again, "stdout"), "out 1\nout 2")
      })
    )

    effect(
      "fails with the function's own error",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submit(config, "fails")
        const error = yield* Effect.flip(executor.result(job.jobId))
        assert.strictEqual(error._tag, "JobFailedError")
        if (error._tag !== "JobFailedError") return
        assert.deepStrictEqual([error.errorName, error.errorMessage], ["RangeError", "too far"])
        assert.instanceOf(error.cause, RangeError)
        assert.strictEqual(Reflect.get(error.cause as Error, "code"), "E_FAR")
        assert.instanceOf((error.cause as Error).cause, TypeError)
        assert.include(error.message, "fails threw RangeError: too far")
        assert.strictEqual((yield* executor.status(job.jobId)).state, "failed")
      })
    )

    effect(
      "keeps the time limit",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submit(config, "slow", { config: { time: "1s" } })
        assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "TimeLimitError")
        assert.strictEqual((yield* executor.status(job.jobId)).state, "timed-out")
      })
    )

    effect(
      "cancels",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submit(config, "slow")
        yield* Effect.repeat(executor.status(job.jobId), { until: ({ state }) => state === "running" })
        const waiting = yield* Effect.fork(Effect.flip(executor.result(job.jobId)))
        // By another client than the one that waits.
        yield* elsewhere(Effect.flatMap(ClusterExecutor, (other) => other.cancel(job.jobId)))
        assert.strictEqual((yield* Fiber.join(waiting))._tag, "JobCancelledError")
        assert.strictEqual((yield* executor.status(job.jobId)).state, "cancelled")
        yield* executor.cancel(job.jobId)
      })
    )

    effect(
      "is known to any client: list, attach, result",
      Effect.gen(function*() {
        const job = yield* submit(config, "echo", { args: ["for later"] })
        yield* elsewhere(Effect.gen(function*() {
          const executor = yield* ClusterExecutor
          assert.deepStrictEqual(yield* executor.attach(job.jobId), job)
          assert.strictEqual((yield* executor.list).at(-1)?.jobId, job.jobId)
          assert.deepStrictEqual((yield* executor.result(job.jobId)).value, ["for later"])
        }))
      })
    )

    effect(
      "knows no job that is not there",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        for (const name of ["20200101T000000-00000000", "../jobs", ""]) {
          for (
            const ask of [executor.attach(name), executor.status(name), executor.result(name), executor.cancel(name)]
          ) {
            assert.strictEqual((yield* Effect.flip(Effect.asVoid(ask)))._tag, "JobNotFoundError")
          }
        }
      })
    )

    effect(
      "gives jobs the commands before, and says when one of them fails",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const fine = yield* submit(config, "environment", {
          config: { preExecutionCommands: ["WANTED=\"it's set\"", "export WANTED"] }
        })
        assert.deepStrictEqual((yield* executor.result(fine.jobId)).value, { wanted: "it's set", unwanted: null })
        const broken = yield* submit(config, "echo", {
          config: { preExecutionCommands: ["echo no >&2; false", "echo never"] }
        })
        const error = yield* Effect.flip(executor.result(broken.jobId))
        assert.strictEqual(error._tag, "JobNotStartedError")
        assert.include(error.message, "before the function was called")
        const logs = yield* Stream.runCollect(executor.logs(broken.jobId))
        assert.deepStrictEqual([text(logs, "stdout"), text(logs, "stderr")], ["", "no\n"])
      })
    )

    effect(
      "runs many at once",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const values = yield* Effect.forEach(
          [1, 2, 3, 4, 5, 6],
          (n) =>
            Effect.flatMap(
              submit(config, "echo", { args: [n] }),
              (job) => Effect.map(executor.result(job.jobId), ({ value }) => value)
            ),
          { concurrency: 6 }
        )
        assert.deepStrictEqual(values, [[1], [2], [3], [4], [5], [6]])
      })
    )
  })
}
