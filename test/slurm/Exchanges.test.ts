/**
 * How often the cluster is spoken to for one call, and what is said of calls that Slurm ended, with a busy login node: `squeue` that
 * takes long, `sbatch` whose controller does not answer.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import type { Transport } from "../../core/cluster/Transport.ts"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import { submit } from "../contract/Scheduler.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as Slurm from "./Slurm.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-slurm-exchanges-")))
const bin = path.join(scratch, "bin")
const searched = process.env["PATH"]
let slurm: Slurm.Slurm

/** Puts a command of this name in front of Slurm's own, which goes on with `exec "$real" "$@"`. */
const inFront = (name: string, text: string): void =>
  fs.writeFileSync(
    path.join(bin, name),
    `#!/bin/sh\nreal=$(PATH='${searched}' command -v ${name})\n${text}\nexec "$real" "$@"\n`,
    { mode: 0o755 }
  )

beforeAll(async () => {
  fs.mkdirSync(bin)
  if (Slurm.missing !== undefined) return
  slurm = await Slurm.make()
  process.env["SLURM_CONF"] = slurm.configFile
  process.env["PATH"] = `${bin}:${searched}`
})
afterAll(async () => {
  process.env["PATH"] = searched
  await slurm?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config: ClusterConfig = {
  clusterType: "slurm",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}
const layer = Layer.provide(Layer.suspend(() => ClusterServices.layer(config)), sample.platform)

const live = <A, E>(title: string, body: Effect.Effect<A, E, ClusterExecutor | Transport>) =>
  it.live(title, () => Effect.provide(body, layer), 120_000)

describe.skipIf(Slurm.missing !== undefined)("one call under Slurm", () => {
  live(
    "that is killed has ended, and was started, however long squeue takes; it has no exit code of its own",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      inFront("squeue", "sleep 2")
      const job = yield* submit(config, "dies", { args: [500] })
      const error = yield* Effect.flip(executor.result(job.jobId))
      fs.rmSync(path.join(bin, "squeue"))
      assert.strictEqual(error._tag, "JobEndedError")
      const status = yield* executor.status(job.jobId)
      assert.strictEqual(status.state, "failed")
      assert.notStrictEqual(status.exitCode, 0)
    })
  )

  live(
    "is submitted again while sbatch gives no answer, and once",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const tries = path.join(scratch, "tries")
      inFront(
        "sbatch",
        `echo x >> '${tries}'\nif [ "$(wc -l < '${tries}')" -le 2 ]; then
echo 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2; exit 1; fi`
      )
      const job = yield* submit(config, "echo", { args: [7] })
      fs.rmSync(path.join(bin, "sbatch"))
      assert.strictEqual(fs.readFileSync(tries, "utf8"), "x\nx\nx\n")
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, [7])
      assert.strictEqual(
        slurm.run("squeue", "-h", "-t", "all", "-n", `clustrix-${job.jobId}`, "-o", "%A").trim().split("\n").length,
        1
      )
    })
  )

  live(
    "whose directory is removed while it runs is said to run still, by Slurm's number",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* submit(config, "slow")
      yield* Effect.repeat(Effect.delay(executor.status(job.jobId), 100), { until: ({ state }) => state === "running" })
      const { schedulerId } = JSON.parse(fs.readFileSync(path.join(job.directory, "submitted.json"), "utf8"))
      const waiting = yield* Effect.fork(Effect.flip(executor.result(job.jobId)))
      yield* Effect.sleep(300)
      fs.rmSync(job.directory, { recursive: true, force: true })
      const error = yield* Fiber.join(waiting)
      slurm.run("scancel", schedulerId)
      assert.strictEqual(error._tag, "JobVanishedError")
      assert.match(error.message, new RegExp(`removed[^]*${schedulerId} still runs`))
      assert.notInclude(error.message, "never submitted")
      assert.notInclude(error.message, "stderr.log")
    })
  )
})
