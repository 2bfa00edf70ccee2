/**
 * Many calls under a real Slurm: what it is asked, and how large an array may be.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as tasks from "../map/tasks.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as Slurm from "./Slurm.ts"
import { watchCommands, type WatchedCommands } from "./watchCommands.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-slurm-arrays-")))
let slurm: Slurm.Slurm
let commands: WatchedCommands

beforeAll(async () => {
  if (Slurm.missing !== undefined) return
  slurm = await Slurm.make({ lines: ["MaxArraySize=101"] })
  commands = watchCommands(path.join(scratch, "bin"))
  process.env["SLURM_CONF"] = slurm.configFile
  process.env["PATH"] = commands.path
})
afterAll(async () => {
  await slurm?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config: ClusterConfig = {
  clusterType: "slurm",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}
const layer = Layer.provide(Layer.suspend(() => ClusterServices.layer(config)), sample.platform)

const live = <A, E>(title: string, body: Effect.Effect<A, E, ClusterExecutor>) =>
  it.live(title, () => Effect.provide(body, layer), 120_000)

describe.skipIf(Slurm.missing !== undefined)("arrays under Slurm", () => {
  live(
    "are submitted at once, asked for together, and come in order, each call once",
    Effect.gen(function*() {
      const count = 120
      const inputs = Array.from({ length: count }, (_, n) => [n === 45 ? 2 : 2 * n + 1])
      commands.calls()
      const job = yield* tasks.submitMap(config, "odd", inputs, { chunk: 10 })
      const results = yield* tasks.collect(job.jobId, true)
      assert.deepStrictEqual(
        results,
        inputs.map(([n = 0], index) => [index, index === 45 ? "JobFailedError" : 10 * n])
      )
      const { counts, mostOfOneShell } = commands.calls()
      assert.strictEqual(counts["sbatch"], 1)
      assert.isAtMost(mostOfOneShell, 1)
    })
  )

  live(
    "that are larger than Slurm allows are refused with what to do, and leave nothing",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const before = yield* executor.list
      const inputs = Array.from({ length: 102 }, (_, n) => [2 * n + 1])
      const error = yield* Effect.flip(tasks.submitMap(config, "odd", inputs, { chunk: 1 }))
      assert.deepInclude(error, { _tag: "SchedulerError", reason: "Rejected" })
      assert.match(error.message, /array.*chunk/s)
      assert.deepStrictEqual(yield* executor.list, before)
    })
  )
})
