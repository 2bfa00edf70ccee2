/**
 * How often a cluster is spoken to for one call of a package that is there: every exchange takes a far host's round trip.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import { submit } from "../contract/Scheduler.ts"
import * as tasks from "../map/tasks.ts"
import * as sample from "../platform-node/runner/package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-exchanges-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const config: ClusterConfig = {
  clusterType: "ssh",
  clusterHost: "far.example.org",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}

const exchanges: Array<string> = []
/** This machine as a far one, which writes down what is asked of it. */
const counting = new Proxy(LocalTransport.make, {
  get: (transport, name, receiver) => {
    const member: unknown = Reflect.get(transport, name, receiver)
    if (typeof member !== "function") return member
    return (...args: ReadonlyArray<unknown>) => {
      exchanges.push(String(name))
      return Reflect.apply(member, transport, args)
    }
  }
})
const layer = Layer.provide(
  Layer.suspend(() => ClusterServices.layer(config, { given: Context.make(Transport, counting) })),
  sample.platform
)

const since = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.zipRight(
    Effect.sync(() => exchanges.splice(0)),
    Effect.map(effect, (value) => ({ value, exchanges: exchanges.splice(0) }))
  )

describe("one call of a package that is there", () => {
  it.live("is submitted by one command, and its end and result are one more", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const first = yield* submit(config, "echo", { args: [1] })
      yield* executor.result(first.jobId)
      const { exchanges: submitting, value: job } = yield* since(submit(config, "echo", { args: [2] }))
      assert.deepStrictEqual(submitting, ["exec"])
      const { exchanges: waiting, value: result } = yield* since(executor.result(job.jobId))
      assert.deepStrictEqual(result.value, [2])
      // A loaded machine may take longer than one command waits; then it is asked whether the process lives
      assert.isAtMost(waiting.filter((name) => name === "exec").length, 4)
      assert.deepStrictEqual(waiting.filter((name) => name !== "exec" && name !== "readFile"), [])
      // It printed nothing, which is known
      const rest = yield* since(
        Stream.runCollect(executor.logs(job.jobId, { follow: false, from: { stdout: 0, stderr: 0 } }))
      )
      assert.deepStrictEqual(rest.exchanges, [])
    }).pipe(Effect.provide(layer)), 60_000)

  it.live("is one of many that wait by the same commands", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      yield* Effect.flatMap(submit(config, "echo", { args: [0] }), ({ jobId }) => executor.result(jobId))
      const jobs = yield* Effect.forEach(Array.from({ length: 12 }, (_, n) => n), (n) =>
        submit(config, "echo", { args: [n] }))
      const { exchanges: all, value } = yield* since(
        Effect.forEach(jobs, ({ jobId }) =>
          executor.result(jobId), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(value.map((each) => each.value), jobs.map((_, n) => [n]))
      assert.isBelow(all.filter((name) => name === "exec").length, 12)
    }).pipe(Effect.provide(layer)), 60_000)

  it.live(
    "of many is looked at once a second at most, and leaves its result and no other file",
    () =>
      Effect.gen(function*() {
        const inputs = Array.from({ length: 30 }, (_, n) => [2 * n + 1])
        const began = Date.now()
        const { exchanges: all, value: job } = yield* since(Effect.gen(function*() {
          const submitted = yield* tasks.submitMap(config, "quiet", inputs, { chunk: 5 })
          assert.deepStrictEqual(yield* tasks.collect(submitted.jobId, true), inputs.map(([n = 0], at) => [at, 10 * n]))
          return submitted
        }))
        const seconds = (Date.now() - began) / 1000
        // Deploying takes some, submitting one, and now and then the processes are looked for
        assert.isBelow(all.filter((name) => name === "exec").length, 8 + 2 * seconds)
        for (const [n] of inputs.entries()) {
          assert.deepStrictEqual(fs.readdirSync(path.join(job.directory, "tasks", String(n))), ["result"])
        }
      }).pipe(Effect.provide(layer)),
    120_000
  )

  it.live("is deployed again where its package was removed meanwhile", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const first = yield* submit(config, "echo", { args: [1] })
      yield* executor.result(first.jobId)
      fs.rmSync(first.packageDirectory, { recursive: true, force: true })
      const job = yield* submit(config, "echo", { args: [2] })
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, [2])
    }).pipe(Effect.provide(layer)), 60_000)
})
