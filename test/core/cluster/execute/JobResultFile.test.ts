/**
 * Results larger than anybody wants to read just to learn how a job ended.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ClusterConfig from "../../../../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../../../../core/cluster/ClusterExecutor.ts"
import * as PackageDeployer from "../../../../core/cluster/deploy/PackageDeployer.ts"
import * as JobResultFile from "../../../../core/cluster/execute/JobResultFile.ts"
import { Transport } from "../../../../core/cluster/Transport.ts"
import * as LocalHost from "../../../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../../../platform-node/LocalTransport.ts"
import * as contract from "../../../contract/Scheduler.ts"
import * as sample from "../../../platform-node/runner/package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-results-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

let bytesOfResults = 0
const counting = Layer.map(LocalTransport.layer, (context) => {
  const transport = Context.get(context, Transport)
  return Context.make(Transport, {
    ...transport,
    readFile: (...given) =>
      Effect.tap(transport.readFile(...given), (bytes) =>
        Effect.sync(() => {
          if (path.basename(given[0]) === "result") bytesOfResults += bytes.length
        }))
  })
})
const cluster = ClusterExecutor.layer({ stateDirectory: path.join(scratch, "state") }).pipe(
  Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
  Layer.provideMerge(Layer.mergeAll(LocalScheduler.layer, counting)),
  Layer.provide(sample.local)
)

describe("the result of a job", () => {
  it.live("is not read by who only asks for the state", () =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const text = "\\\"value\":".repeat(300_000)
      const { jobId } = yield* contract.submit(ClusterConfig.local, "echo", { args: [text] })
      assert.deepStrictEqual((yield* executor.result(jobId)).value, [text])
      bytesOfResults = 0
      assert.strictEqual((yield* executor.status(jobId)).state, "succeeded")
      yield* executor.statuses([jobId])
      assert.isBelow(bytesOfResults, 200_000)
      const refused = yield* Effect.flip(executor.result(jobId, { limitBytes: 1_000_000 }))
      assert.strictEqual(refused._tag, "ResultTooLargeError")
      assert.include(refused.message, "1000000 bytes")
      assert.isBelow(bytesOfResults, 2_000_000)
    }).pipe(Effect.provide(cluster)), 60_000)

  it.live("is read whole where its value does not come last, or where it is an error", () =>
    Effect.gen(function*() {
      const transport = yield* Transport
      const rest = {
        format: "clustrix-result",
        formatVersion: 1,
        startedAt: 1,
        finishedAt: 2,
        host: "h",
        exitCode: 0,
        runtime: { name: "node", version: "v20" }
      }
      const long = "é,\"value\":\"".repeat(1000)
      const error = { type: "error", name: "Error", message: long }
      for (
        const [index, envelope] of [
          { value: JSON.stringify([long]), status: "returned", ...rest },
          { ...rest, status: "threw", error },
          { ...rest, status: "threw", error: { type: "value", printed: "x", value: JSON.stringify([long]) } }
        ].entries()
      ) {
        const directory = path.join(scratch, String(index))
        fs.mkdirSync(directory)
        fs.writeFileSync(path.join(directory, "result"), `${JSON.stringify(envelope)}\n`)
        for (const limit of [10, 200, 300, 1000, undefined]) {
          const found = yield* JobResultFile.read(transport, directory, limit)
          assert.deepStrictEqual(found, { envelope, isHead: false } as unknown as JobResultFile.ResultFile)
        }
      }
      assert.isUndefined(yield* JobResultFile.read(transport, path.join(scratch, "nowhere"), 10))
    }).pipe(Effect.provide(cluster)))
})
