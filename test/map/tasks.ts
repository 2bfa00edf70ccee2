/**
 * What every cluster must do with many calls of one function, seen through the executor.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import type { JobSettings } from "../../core/config/Cluster.ts"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import { ClusterExecutor, type SubmitMapRequest, type TaskResult } from "../../core/cluster/ClusterExecutor.ts"
import * as PackageEntry from "../../core/archive/PackageEntry.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import * as sample from "../platform-node/runner/package.ts"

/** A module beside the sample's, whose functions leave traces in a directory. */
const traces = PackageEntry.text(
  "modules/src/traces.mjs",
  `import * as fs from "node:fs"
const trace = (place, name) => fs.appendFileSync(place + "/" + name, "x")
/** Runs until there is a file of the name \`go\`. */
export const gated = async (place, n) => { trace(place, "ran-" + n); while (n > 0 && fs.existsSync(place) && !fs.existsSync(place + "/go")) await new Promise((r) => setTimeout(r, 30)); return n }
export const quiet = (n) => n * 10
export const odd = (n) => { console.log("task " + n); if (n % 2 === 0) throw new RangeError("even " + n); return n * 10 }
export const flaky = (place, n) => { trace(place, "tries-" + n); if (fs.statSync(place + "/tries-" + n).size < 3) throw new Error("not yet"); return n }
export const dies = (n) => { if (n === 1) process.kill(process.pid, "SIGKILL"); return n }
`
)

export interface MapOptions extends Pick<SubmitMapRequest, "chunk" | "concurrency" | "retry"> {
  readonly config?: JobSettings
}

/** Submits calls of `name`, with these arguments. */
export const submitMap = (
  config: ClusterConfig,
  name: string,
  inputs: ReadonlyArray<ReadonlyArray<unknown>>,
  { config: job, ...options }: MapOptions = {}
) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const sealed = yield* sample.sealModule(traces.path, name, [traces])
    const whole = { ...config, ...job }
    const invocation = yield* Invocation.make({
      package: { packageId: sealed.packageId, digest: sealed.digest, functionName: name },
      cluster: whole,
      runtimeVersion: process.version
    })
    return yield* executor.submitMap({
      ...options,
      package: RandomAccess.fromBytes(sealed.bytes),
      invocation,
      job,
      inputs: yield* Effect.forEach(inputs, (args) => ValueCodec.encode(args, { subject: "The arguments" }))
    })
  })

export const outcomeOf = ({ index, outcome }: TaskResult): readonly [number, unknown] => [
  index,
  Either.match(outcome, { onLeft: ({ _tag }) => _tag, onRight: ({ value }) => value })
]

/** All results of a job, in the order in which they came. */
export const collect = (jobId: string, ordered = false) =>
  Effect.flatMap(ClusterExecutor, (executor) =>
    Effect.map(
      Stream.runCollect(executor.results(jobId, { ordered })),
      (results) => Chunk.toReadonlyArray(results).map(outcomeOf)
    ))

/** `fresh` builds the executor anew over the same state directory: another client. `place`: a directory of the cluster. */
export const suite = <E>(
  config: ClusterConfig,
  place: () => string,
  fresh: () => Layer.Layer<ClusterExecutor | Transport, E>
): void => {
  const effect = <A, E2>(title: string, body: Effect.Effect<A, E2, ClusterExecutor | Transport>) =>
    it.live(title, () => Effect.provide(body, fresh()), 60_000)
  const elsewhere = <A, E2>(body: Effect.Effect<A, E2, ClusterExecutor | Transport>) => Effect.provide(body, fresh())

  describe("many calls of a function", () => {
    effect(
      "give each its own value or error, and their own logs",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const job = yield* submitMap(config, "odd", [[1], [2], [3], [4], [5]], { chunk: 2 })
        assert.strictEqual(job.tasks, 5)
        assert.deepStrictEqual(yield* collect(job.jobId, true), [
          [0, 10],
          [1, "JobFailedError"],
          [2, 30],
          [3, "JobFailedError"],
          [4, 50]
        ])
        const again = yield* elsewhere(collect(job.jobId))
        assert.sameDeepMembers([...again], [...yield* collect(job.jobId, true)])
        const status = yield* executor.status(job.jobId)
        assert.deepStrictEqual([status.state, status.reason, status.tasks], ["failed", "2 of 5 tasks failed", {
          total: 5,
          queued: 0,
          running: 0,
          succeeded: 3,
          failed: 2
        }])
        const logs = yield* Stream.runCollect(executor.logs(job.jobId, { task: 3 }))
        assert.strictEqual(Buffer.concat(Chunk.toReadonlyArray(logs).map(({ bytes }) => bytes)).toString(), "task 4\n")
        assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "JobFailedError")
        assert.strictEqual(yield* executor.resume(job.jobId), 0)
      })
    )

    effect(
      "stream: what has ended arrives while others run",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const transport = yield* Transport
        const traces = `${place()}/stream`
        yield* transport.makeDirectory(traces)
        const job = yield* submitMap(config, "gated", [[traces, 1], [traces, 0]], { concurrency: 2 })
        const first = yield* Stream.runHead(executor.results(job.jobId))
        assert.deepStrictEqual(first._tag === "Some" ? outcomeOf(first.value) : undefined, [1, 0])
        assert.strictEqual((yield* executor.status(job.jobId)).state, "running")
        yield* transport.writeFile(`${traces}/go`, "")
        assert.deepStrictEqual((yield* executor.result(job.jobId)).value, [1, 0])
        assert.strictEqual((yield* executor.status(job.jobId)).state, "succeeded")
      })
    )

    effect(
      "are run again as often as was said, and their tries are no results",
      Effect.gen(function*() {
        const transport = yield* Transport
        const traces = `${place()}/flaky`
        yield* transport.makeDirectory(traces)
        const job = yield* submitMap(config, "flaky", [[traces, 1], [traces, 2]], { retry: 2 })
        assert.deepStrictEqual(yield* collect(job.jobId, true), [[0, 1], [1, 2]])
        const few = `${place()}/few`
        yield* transport.makeDirectory(few)
        const failing = yield* submitMap(config, "flaky", [[few, 1]], { retry: 1 })
        assert.deepStrictEqual(yield* collect(failing.jobId), [[0, "JobFailedError"]])
        assert.strictEqual((yield* transport.readFile(`${few}/tries-1`)).length, 2)
      })
    )

    effect(
      "survive one that kills itself",
      Effect.gen(function*() {
        const job = yield* submitMap(config, "dies", [[0], [1], [2]], { chunk: 3 })
        assert.deepStrictEqual(yield* collect(job.jobId, true), [[0, 0], [1, "JobEndedError"], [2, 2]])
      })
    )

    effect(
      "are cancelled together, and resumed without running again what has ended",
      Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const transport = yield* Transport
        const traces = `${place()}/resumed`
        yield* transport.makeDirectory(traces)
        const job = yield* submitMap(config, "gated", [[traces, 0], [traces, 1], [traces, 2]], { concurrency: 1 })
        yield* Effect.repeat(Effect.delay(transport.exists(`${traces}/ran-1`), 50), { until: (ran) => ran })
        yield* elsewhere(Effect.flatMap(ClusterExecutor, (other) => other.cancel(job.jobId)))
        assert.deepStrictEqual(yield* collect(job.jobId, true), [
          [0, 0],
          [1, "JobCancelledError"],
          [2, "JobCancelledError"]
        ])
        assert.isFalse(yield* transport.exists(`${traces}/ran-2`))
        yield* transport.writeFile(`${traces}/go`, "")
        assert.isAtLeast(yield* elsewhere(Effect.flatMap(ClusterExecutor, (other) => other.resume(job.jobId))), 1)
        assert.deepStrictEqual(yield* collect(job.jobId, true), [[0, 0], [1, 1], [2, 2]])
        assert.strictEqual((yield* transport.readFile(`${traces}/ran-0`)).length, 1)
        assert.strictEqual((yield* executor.status(job.jobId)).state, "succeeded")
      })
    )

    effect(
      "end in a named state when the job's directory is removed",
      Effect.gen(function*() {
        const transport = yield* Transport
        const executor = yield* ClusterExecutor
        const traces = `${place()}/removed`
        yield* transport.makeDirectory(traces)
        const job = yield* submitMap(config, "gated", [[traces, 1]])
        const waiting = yield* Effect.fork(Effect.flip(collect(job.jobId)))
        yield* Effect.repeat(Effect.delay(transport.exists(`${traces}/ran-1`), 50), { until: (ran) => ran })
        yield* transport.remove(`${job.directory}/job.json`)
        assert.strictEqual((yield* waiting)._tag, "JobNotFoundError")
        yield* transport.writeFile(`${traces}/go`, "")
        assert.strictEqual((yield* Effect.flip(executor.attach(job.jobId)))._tag, "JobNotFoundError")
      })
    )
  })
}
