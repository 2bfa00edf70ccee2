/**
 * Jobs under a real Grid Engine: the contract, and what happens to them while somebody waits. Each ends in a named state.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as contract from "../contract/Scheduler.ts"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as tasks from "../map/tasks.ts"
import * as Sshd from "../ssh/Sshd.ts"
import * as GridEngine from "./GridEngine.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix 'sge'-")))
const missing = GridEngine.missing ?? Sshd.missing
let bench: Workbench
let gridEngine: GridEngine.GridEngine
let sshd: Sshd.Sshd

beforeAll(async () => {
  if (missing !== undefined) return
  bench = await makeWorkbench()
  gridEngine = await GridEngine.make()
  sshd = await Sshd.make([`SetEnv PATH=${gridEngine.commands}:${process.env["PATH"]}`])
  process.env["PATH"] = `${gridEngine.commands}:${process.env["PATH"]}`
})
afterAll(async () => {
  sshd?.stop()
  bench?.remove()
  await gridEngine?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config: ClusterConfig = {
  clusterType: "sge",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}
const fresh = () => Layer.provide(Layer.suspend(() => ClusterServices.layer(config)), sample.platform)

describe.skipIf(missing !== undefined)("under Grid Engine", () => {
  contract.suite("sge", config, fresh)
  contract.arraySuite("sge", fresh)
  tasks.suite(config, () => scratch, fresh)

  const live = <A, E>(title: string, body: Effect.Effect<A, E, ClusterExecutor>) =>
    it.live(title, () => Effect.provide(body, fresh()), 90_000)

  /** Grid Engine's own name for a job. */
  const idOf = (directory: string): string =>
    String(JSON.parse(fs.readFileSync(path.join(directory, "submitted.json"), "utf8")).schedulerId)

  const until = (jobId: string, state: string) =>
    Effect.flatMap(
      ClusterExecutor,
      (executor) =>
        Effect.repeat(Effect.delay(executor.status(jobId), 200), { until: (status) => status.state === state })
    )

  live(
    "gives jobs the cores, the memory, the time, the queue and the further options that were asked for",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* contract.submit(config, "echo", {
        config: {
          cores: 2,
          memory: "300M",
          time: "90s",
          queue: "main.q",
          schedulerOptions: ["-h", "-ac mine=it"],
          environmentVariables: ["HOME"]
        }
      })
      const shown = gridEngine.run("qstat", "-j", idOf(job.directory))
      for (const words of ["mem_free=307200K", "h_rt=90", "main.q", "smp range: 2", "mine=it"]) {
        assert.include(shown, words)
      }
      const home = process.env["HOME"] ?? "none"
      assert.notMatch(shown, new RegExp(`env_list:.*HOME=${home}[,\\s]`), "everybody can read this")
      const status = yield* executor.status(job.jobId)
      assert.deepStrictEqual([status.state, status.reason], ["queued", "hqw (held)"])
      yield* executor.cancel(job.jobId)
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "JobCancelledError")
    })
  )

  live(
    "refuses in its own words, and nothing is left",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const before = yield* executor.list
      const error = yield* Effect.flip(contract.submit(config, "echo", { config: { queue: "nowhere.q" } }))
      assert.strictEqual(error._tag === "SchedulerError" ? error.reason : error._tag, "Rejected")
      assert.include(error.message, "job requests unknown queue \"nowhere.q\"")
      assert.deepStrictEqual(yield* executor.list, before)
    })
  )

  live(
    "says why a job cannot start",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* contract.submit(config, "echo", { config: { schedulerOptions: ["-o /dev/null/none"] } })
      const error = yield* Effect.flip(executor.result(job.jobId))
      assert.strictEqual(error._tag, "JobNotStartedError")
      assert.match(error.message, /Eqw .*\/dev\/null\/none/)
      assert.strictEqual((yield* executor.status(job.jobId)).state, "failed")
      gridEngine.run("qdel", idOf(job.directory))
    })
  )

  live(
    "ends jobs by name: from outside, at its own limit, at that of their memory",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const limited = yield* contract.submit(config, "slow", { config: { schedulerOptions: ["-l h_rt=3"] } })
      const full = yield* contract.submit(config, "exhausts", { config: { memory: "50MB" } })
      const outside = yield* contract.submit(config, "slow")
      yield* until(outside.jobId, "running")
      const waiting = yield* Effect.fork(Effect.flip(executor.result(outside.jobId)))
      gridEngine.run("qdel", idOf(outside.directory))
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "JobCancelledError")
      assert.strictEqual((yield* Effect.flip(executor.result(limited.jobId)))._tag, "TimeLimitError")
      assert.strictEqual((yield* Effect.flip(executor.result(full.jobId)))._tag, "OutOfMemoryError")
    })
  )

  it("runs by the command, from elsewhere over SSH", async () => {
    bench.write("package.json", JSON.stringify({ name: "site", type: "module" }))
    bench.write("main.ts", `export const works = (name: string) => [name, process.env["QUEUE"] ?? null]\n`)
    bench.write(
      "clustrix.yml",
      `cluster_type: sge
cluster_host: 127.0.0.1
cluster_port: ${sshd.port}
username: ${Sshd.user}
key_file: ${path.join(sshd.directory, "id")}
known_hosts_file: ${sshd.known}
ssh_config_file: none
agent: false
remote_node_path: ${process.execPath}
remote_work_dir: ${path.join(scratch, "far")}
`
    )
    const ran = await bench.run(["run", "main.ts#works", "--args", "[\"far\"]"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.match(ran.stdout, /far[^]*main\.q/)
  })

  // Its execd takes a while to find it again
  live(
    "is waited for while its master is started anew",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* contract.submit(config, "prints")
      yield* until(job.jobId, "running")
      yield* Effect.promise(() => gridEngine.stopMaster())
      const waiting = yield* Effect.fork(executor.result(job.jobId))
      yield* Effect.sleep(1000)
      yield* Effect.promise(() => gridEngine.startMaster())
      assert.strictEqual((yield* Fiber.join(waiting)).value, 1)
    })
  )
})
