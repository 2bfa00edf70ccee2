/**
 * What every Scheduler must do with a job, seen through the executor: the states, the limits, cancelling, and that
 * everything is known from the job's directory alone.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import type { JobSettings } from "../../core/config/Cluster.ts"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as Shell from "../../core/cluster/deploy/Shell.ts"
import * as Scheduling from "../../core/cluster/Scheduler.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import type { PackageEntry } from "../../core/archive/PackageEntry.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import type { SourceMapDocument } from "../../core/runtime/SourceMapDocument.ts"
import * as sample from "../platform-node/runner/package.ts"

export interface SubmitOptions {
  readonly args?: ReadonlyArray<unknown>
  readonly config?: JobSettings
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
      job: options.config,
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

/** Hands an array to the scheduler whose elements run `lines` in the job's directory. */
const submitArray = (jobId: string, lines: ReadonlyArray<string>, array: Scheduling.JobArray) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const { stateDirectory } = yield* ClusterExecutor
    const scheduler = yield* Scheduling.Scheduler
    const directory = `${stateDirectory}/jobs/${jobId}`
    yield* transport.makeDirectory(directory)
    const script = [
      "#!/bin/sh",
      ...scheduler.directives(jobId, { cores: 1, memoryBytes: 50 * 1024 ** 2, timeSeconds: 300 }, array),
      `cd ${Shell.quote(directory)} || exit`,
      `element=${scheduler.elementIndex}`,
      ...lines,
      ""
    ]
    yield* transport.writeFile(`${directory}/array.sh`, script.join("\n"), 0o700)
    const { schedulerId } = yield* scheduler.submit({
      jobId,
      directory,
      script: "array.sh",
      array,
      limits: {},
      environment: new Map([["WANTED", Redacted.make("it's\na secret, \"quoted\" $HOME")]])
    })
    const job: Scheduling.SubmittedJob = { directory, schedulerId, array }
    const ask = Effect.map(
      scheduler.poll([job]),
      (answers): Scheduling.SchedulerAnswer => answers.get(schedulerId) ?? { _tag: "Unknown" }
    )
    return { job, ask, directory }
  })

const isOver = ({ _tag }: Scheduling.SchedulerState): boolean => _tag === "Ended" || _tag === "Unknown"

/** What every Scheduler must do with an array. */
export const arraySuite = <E>(
  name: string,
  fresh: () => Layer.Layer<ClusterExecutor | Scheduling.Scheduler | Transport, E>
): void => {
  describe(`Arrays of the Scheduler (${name})`, () => {
    const until = <A, E2, R>(effect: Effect.Effect<A, E2, R>, holds: (value: A) => boolean) =>
      Effect.repeat(Effect.delay(effect, 200), { until: holds })

    it.live("runs each element once, with its number and the variables", () =>
      Effect.gen(function*() {
        const transport = yield* Transport
        const { ask, directory } = yield* submitArray(
          "array-each",
          [`printf '%s|%s' "$element" "$WANTED" > "element-$element"`, "echo out", "echo err >&2"],
          { size: 5, concurrency: 2 }
        )
        const answer = yield* until(ask, (each) => [0, 1, 2, 3, 4].every((n) => isOver(Scheduling.ofElement(each, n))))
        for (const n of [0, 1, 2, 3, 4]) {
          const bytes = yield* transport.readFile(`${directory}/element-${n}`)
          assert.strictEqual(new TextDecoder().decode(bytes), `${n}|it's\na secret, "quoted" $HOME`)
          const state = Scheduling.ofElement(answer, n)
          if (state._tag === "Ended") assert.strictEqual(state.outcome, "completed")
        }
        assert.deepStrictEqual(Scheduling.ofElement(answer, 5)._tag, "Unknown")
        for (const [file, line] of [["stdout.log", "out\n"], ["stderr.log", "err\n"]] as const) {
          assert.strictEqual(
            new TextDecoder().decode(yield* transport.readFile(`${directory}/${file}`)),
            line.repeat(5)
          )
        }
      }).pipe(Effect.provide(fresh())), 60_000)

    it.live(
      "lets no more elements run at once than was said, and ends all of them on request",
      () =>
        Effect.gen(function*() {
          const scheduler = yield* Scheduling.Scheduler
          const transport = yield* Transport
          const { ask, directory, job } = yield* submitArray(
            "array-cancelled",
            ["touch \"began-$element\"", "sleep 300"],
            { size: 4, concurrency: 1 }
          )
          yield* until(transport.exists(`${directory}/began-0`), (begun) => begun)
          const running = yield* until(ask, (each) => Scheduling.ofElement(each, 0)._tag === "Running")
          assert.deepStrictEqual(
            [1, 2, 3].filter((n) => Scheduling.ofElement(running, n)._tag === "Running" && running._tag === "Array"),
            []
          )
          yield* scheduler.cancel(job)
          yield* until(ask, (each) => [0, 1, 2, 3].every((n) => isOver(Scheduling.ofElement(each, n))))
          assert.isFalse(yield* transport.exists(`${directory}/began-3`))
          yield* scheduler.cancel(job)
        }).pipe(Effect.provide(fresh())),
      60_000
    )
  })
}

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
      "says how far the function is while it runs",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submit(config, "progresses")
        const status = yield* Effect.repeat(Effect.delay(executor.status(job.jobId), 100), {
          until: ({ progress }) => progress !== undefined
        })
        assert.strictEqual(status.state, "running")
        assert.deepInclude(status.progress, { done: 1, total: 4, note: "a first part" })
        assert.strictEqual((yield* executor.result(job.jobId)).value, "done")
        assert.deepInclude(yield* executor.progress(job.jobId), { done: 4, total: 4 })
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
      "gives jobs the values of the variables that are named",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const value = "it's\na secret, \"quoted\" $HOME"
        const job = yield* submit(config, "environment", { config: { environmentVariables: ["WANTED"] } }).pipe(
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["WANTED", value]])))
        )
        assert.deepStrictEqual((yield* executor.result(job.jobId)).value, { wanted: value, unwanted: null })
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
