import { afterAll, assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../../core/cluster/ClusterExecutor.ts"
import * as PackageDeployer from "../../core/cluster/deploy/PackageDeployer.ts"
import * as LocalHost from "../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import { Scheduler } from "../../core/cluster/Scheduler.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as tasks from "./tasks.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's 'many'-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

tasks.suite(
  ClusterConfig.local,
  () => scratch,
  () =>
    ClusterExecutor.layer({ stateDirectory: path.join(scratch, "state") }).pipe(
      Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
      Layer.provide(sample.local)
    )
)

/** What the scheduler was asked. */
const asked = { submissions: 0, questions: 0, atOnce: 0, mostAtOnce: 0, jobs: 0 }

const counting = Layer.map(LocalScheduler.layer, (context) => {
  const scheduler = Context.get(context, Scheduler)
  return Context.make(Scheduler, {
    ...scheduler,
    pollMillis: 300,
    submit: (job) => {
      asked.submissions += 1
      return scheduler.submit(job)
    },
    poll: (jobs) =>
      Effect.acquireUseRelease(
        Effect.sync(() => {
          asked.questions += 1
          asked.atOnce += 1
          asked.mostAtOnce = Math.max(asked.mostAtOnce, asked.atOnce)
          asked.jobs = Math.max(asked.jobs, jobs.length)
        }),
        () => scheduler.poll(jobs),
        () =>
          Effect.sync(() => {
            asked.atOnce -= 1
          })
      )
  })
})

it.live("many calls are one submission, and all who wait ask the scheduler one question", () =>
  Effect.gen(function*() {
    const inputs = Array.from({ length: 30 }, (_, n) => [2 * n + 1])
    const first = yield* tasks.submitMap(ClusterConfig.local, "odd", inputs.slice(0, 15), { chunk: 5 })
    const second = yield* tasks.submitMap(ClusterConfig.local, "odd", inputs.slice(15), { chunk: 5 })
    assert.strictEqual(asked.submissions, 2)
    const results = yield* Effect.all([tasks.collect(first.jobId, true), tasks.collect(second.jobId, true)], {
      concurrency: 2
    })
    assert.deepStrictEqual(results.flat().map(([, value]) => value), inputs.map(([n = 0]) => 10 * n))
    assert.isAbove(asked.questions, 0)
    assert.deepStrictEqual([asked.mostAtOnce, asked.jobs], [1, 2])
  }).pipe(Effect.provide(
    ClusterExecutor.layer({ stateDirectory: path.join(scratch, "counted") }).pipe(
      Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, counting)),
      Layer.provide(sample.local)
    )
  )), 90_000)

it.live(
  "calls whose files on the cluster name variables that the configuration does not are not resumed",
  () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const place = path.join(scratch, "foreign")
      fs.mkdirSync(place)
      process.env["CLUSTRIX_TEST_WANTED"] = "wanted"
      const job = yield* tasks.submitMap(ClusterConfig.local, "gated", [[place, 0], [place, 1]], { concurrency: 1 })
      yield* Effect.repeat(Effect.delay(Effect.sync(() => fs.existsSync(path.join(place, "ran-1"))), 50), {
        until: (ran) => ran
      })
      yield* executor.cancel(job.jobId)
      assert.deepStrictEqual(yield* tasks.collect(job.jobId, true), [[0, 0], [1, "JobCancelledError"]])
      const file = path.join(job.directory, "invocation.json")
      const invocation: object = JSON.parse(fs.readFileSync(file, "utf8"))
      fs.writeFileSync(file, JSON.stringify({ ...invocation, environmentVariables: ["CLUSTRIX_TEST_WANTED"] }))
      const error = yield* Effect.flip(executor.resume(job.jobId))
      assert.deepInclude(error, { _tag: "JobEnvironmentError", variable: "CLUSTRIX_TEST_WANTED" })
      fs.writeFileSync(path.join(place, "go"), "")
      assert.strictEqual(yield* executor.resume(job.jobId, { environmentVariables: ["CLUSTRIX_TEST_WANTED"] }), 1)
      assert.deepStrictEqual(yield* tasks.collect(job.jobId, true), [[0, 0], [1, 1]])
      delete process.env["CLUSTRIX_TEST_WANTED"]
    }).pipe(Effect.provide(
      ClusterExecutor.layer({ stateDirectory: path.join(scratch, "foreign-state") }).pipe(
        Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
        Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
        Layer.provide(sample.local)
      )
    )),
  60_000
)

it.live("calls whose client was killed while it made an attempt are resumed by the next", () =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor.ClusterExecutor
    const place = path.join(scratch, "half-made")
    fs.mkdirSync(place)
    const job = yield* tasks.submitMap(ClusterConfig.local, "gated", [[place, 0], [place, 1]], { concurrency: 1 })
    yield* Effect.repeat(Effect.delay(Effect.sync(() => fs.existsSync(path.join(place, "ran-1"))), 50), {
      until: (ran) => ran
    })
    yield* executor.cancel(job.jobId)
    assert.deepStrictEqual(yield* tasks.collect(job.jobId, true), [[0, 0], [1, "JobCancelledError"]])
    fs.mkdirSync(path.join(job.directory, "attempts", `${job.jobId}.2`))
    fs.writeFileSync(path.join(place, "go"), "")
    assert.strictEqual(yield* executor.resume(job.jobId), 1)
    assert.deepStrictEqual(yield* tasks.collect(job.jobId, true), [[0, 0], [1, 1]])
    assert.strictEqual(fs.readFileSync(path.join(place, "ran-0"), "utf8"), "x")
  }).pipe(Effect.provide(
    ClusterExecutor.layer({ stateDirectory: path.join(scratch, "half-made-state") }).pipe(
      Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
      Layer.provide(sample.local)
    )
  )), 60_000)
