/**
 * What happens to jobs under Slurm while somebody waits for them. Each ends in a named state, and nobody waits for ever.
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
import * as SlurmScheduler from "../../core/cluster/execute/SlurmScheduler.ts"
import { Scheduler } from "../../core/cluster/Scheduler.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import { submit, type SubmitOptions } from "../contract/Scheduler.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as Slurm from "./Slurm.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-slurm-faults-")))
let slurm: Slurm.Slurm

beforeAll(async () => {
  if (Slurm.missing !== undefined) return
  slurm = await Slurm.make()
  process.env["SLURM_CONF"] = slurm.configFile
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

const live = <A, E>(title: string, body: Effect.Effect<A, E, ClusterExecutor | Scheduler | Transport>) =>
  it.live(title, () => Effect.provide(body, layer), 90_000)

/** Slurm's own name for a job. */
const idOf = (directory: string): string =>
  String(JSON.parse(fs.readFileSync(path.join(directory, "submitted.json"), "utf8")).schedulerId)

/** A job that runs, somebody who waits for its result, and its name in Slurm. */
const running = (name: string, options: SubmitOptions = {}) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const job = yield* submit(config, name, options)
    yield* Effect.repeat(Effect.delay(executor.status(job.jobId), 100), { until: ({ state }) => state === "running" })
    const waiting = yield* Effect.fork(Effect.flip(executor.result(job.jobId)))
    return { job, waiting, id: idOf(job.directory), status: executor.status(job.jobId) }
  })

describe.skipIf(Slurm.missing !== undefined)("jobs under Slurm", () => {
  // Slurm takes half a minute to see either
  let lost = ""
  let limited = ""
  live(
    "begin on the nodes that were asked for",
    Effect.gen(function*() {
      const first = yield* running("slow", { config: { schedulerOptions: ["--nodelist=node1"] } })
      const second = yield* running("slow", { config: { schedulerOptions: ["--nodelist=node0"] } })
      yield* Effect.promise(() => slurm.killNode(1))
      slurm.run("scontrol", "update", `JobId=${second.id}`, "EndTime=now+1")
      lost = first.job.jobId
      limited = second.job.jobId
    })
  )

  live(
    "get the cores, the memory, the time, the partition and the further options that were asked for",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* submit(config, "echo", {
        config: {
          cores: 3,
          memory: "300M",
          time: "90s",
          partition: "other",
          schedulerOptions: ["--comment=mine", "--hold"]
        }
      })
      const shown = slurm.run("scontrol", "show", "job", idOf(job.directory))
      for (
        const words of ["CPUs/Task=3", "MinMemoryNode=300M", "TimeLimit=00:02:00", "Partition=other", "Comment=mine"]
      ) assert.include(shown, words)
      const status = yield* executor.status(job.jobId)
      assert.deepStrictEqual([status.state, status.reason], ["queued", "JobHeldUser"])
      // One that waits leaves nothing behind that could say so
      yield* executor.cancel(job.jobId)
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "JobCancelledError")
    })
  )

  live(
    "are refused in Slurm's own words, and leave nothing",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const before = yield* executor.list
      const error = yield* Effect.flip(submit(config, "echo", { config: { partition: "nowhere" } }))
      assert.strictEqual(error._tag, "SchedulerError")
      if (error._tag === "SchedulerError") assert.strictEqual(error.reason, "Rejected")
      assert.include(error.message, "invalid partition specified: nowhere")
      assert.deepStrictEqual(yield* executor.list, before)
    })
  )

  live(
    "load modules",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      fs.mkdirSync(path.join(scratch, "modules/init"), { recursive: true })
      fs.writeFileSync(path.join(scratch, "modules/init/sh"), `module() { WANTED="$1 $2"; export WANTED; }\n`)
      process.env["MODULESHOME"] = path.join(scratch, "modules")
      const job = yield* submit(config, "environment", { config: { moduleLoads: ["tool/1.2"] } })
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, { wanted: "load tool/1.2", unwanted: null })
    })
  )

  live(
    "are warned by signals, which open no debugger",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* submit(config, "warned", {
        args: [3],
        config: { schedulerOptions: ["--signal=B:USR1@30"], time: "1m" }
      })
      const listening = path.join(job.directory, "work/listening")
      yield* Effect.promise(() => Slurm.until("the function", () => fs.existsSync(listening)))
      const warn = (...words: ReadonlyArray<string>): string => slurm.run("scancel", ...words, idOf(job.directory))
      warn("--batch", "--signal=USR1")
      warn("--batch", "--signal=USR2")
      warn("--full", "--signal=ALRM")
      const { value } = yield* executor.result(job.jobId)
      assert.deepStrictEqual(Array.isArray(value) ? value.sort() : value, ["SIGALRM", "SIGUSR1", "SIGUSR2"])
      assert.strictEqual(fs.readFileSync(path.join(job.directory, "stderr.log"), "utf8"), "")
    })
  )

  live(
    "do not get what the client happens to have",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      process.env["UNWANTED"] = "a secret of the client"
      process.env["WANTED"] = "a secret of the job"
      const job = yield* submit(config, "echo", { config: { environmentVariables: ["WANTED"] } })
      const other = yield* submit(config, "environment")
      assert.deepStrictEqual((yield* executor.result(other.jobId)).value, { wanted: undefined, unwanted: null })
      yield* executor.result(job.jobId)
      const files = fs.readdirSync(job.directory, { recursive: true, encoding: "utf8" })
        .map((name) => path.join(job.directory, name)).filter((file) => fs.statSync(file).isFile())
      assert.isNotEmpty(files)
      assert.deepStrictEqual(files.filter((file) => fs.readFileSync(file, "utf8").includes("a secret of")), [])
    })
  )

  live(
    "end by name when somebody cancels them outside",
    Effect.gen(function*() {
      const { id, status, waiting } = yield* running("slow")
      slurm.run("scancel", id)
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "JobCancelledError")
      assert.strictEqual((yield* status).state, "cancelled")
    })
  )

  live(
    "end by name at the limit of their memory",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* submit(config, "exhausts", { config: { memory: "50MB" } })
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "OutOfMemoryError")
      assert.strictEqual((yield* executor.status(job.jobId)).state, "out-of-memory")
    })
  )

  live(
    "are submitted again where the controller did not answer, and not twice where its answer was lost",
    Effect.gen(function*() {
      const away = yield* Transport
      let times = 0
      const losing: typeof Transport.Service = {
        ...away,
        // The answer to the first command is lost, and the command is run again
        exec: (script, options) =>
          Effect.suspend(() => {
            times += 1
            return times === 1
              ? Effect.zipRight(away.exec(script, options), away.exec(script, options))
              : away.exec(script, options)
          })
      }
      const directory = path.join(scratch, "work/.clustrix/jobs/once")
      fs.mkdirSync(directory, { recursive: true })
      yield* Effect.gen(function*() {
        const scheduler = yield* Scheduler
        const script = ["#!/bin/sh", ...scheduler.directives("once", {}), "echo ran >> ran", "sleep 60", ""]
        fs.writeFileSync(path.join(directory, "job.sh"), script.join("\n"))
        const job = { jobId: "once", directory, limits: {}, environment: new Map<string, never>() }
        const { schedulerId: id } = yield* scheduler.submit(job)
        assert.strictEqual(times, 1)
        // The client was killed, and so was the command, before either could write the answer down
        fs.rmSync(path.join(directory, "submitted.json"))
        fs.mkdirSync(path.join(directory, "submission"))
        fs.writeFileSync(path.join(directory, "submission/by"), "999999999\n")
        assert.strictEqual((yield* scheduler.submit(job)).schedulerId, id)
        assert.strictEqual(slurm.run("squeue", "-h", "-t", "all", "-n", "clustrix-once", "-o", "%A").trim(), id)
        const states = yield* scheduler.poll([{ directory, schedulerId: "" }])
        assert.include(["Pending", "Running"], states.get("")?._tag)
        yield* scheduler.cancel({ directory, schedulerId: "" })
        yield* Effect.repeat(Effect.delay(scheduler.poll([{ directory, schedulerId: id }]), 200), {
          until: (polled) => polled.get(id)?._tag === "Ended"
        })
        // Many that Slurm does not know, and one that it does
        const strangers = Array.from({ length: 900 }, (_, n) => ({ directory, schedulerId: String(100_000 + n) }))
        const before = times
        const polled = yield* scheduler.poll([...strangers, { directory, schedulerId: id }])
        assert.strictEqual(times, before + 1)
        assert.deepStrictEqual([polled.get("100001")?._tag, polled.get(id)?._tag], ["Unknown", "Ended"])
      }).pipe(Effect.provide(Layer.provide(SlurmScheduler.layer, Layer.succeed(Transport, losing))))
    })
  )

  live(
    "run again when Slurm starts them anew, over what the first run left",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const { id, job, waiting } = yield* running("slow", { config: { schedulerOptions: ["--requeue"] } })
      slurm.run("scontrol", "requeue", id)
      // It was told to end, and says so; but that is not the end
      const result = path.join(job.directory, "result")
      yield* Effect.repeat(Effect.delay(Effect.sync(() => fs.existsSync(result)), 50), { until: (there) => there })
      const seen = yield* executor.status(job.jobId)
      assert.include(["queued", "running"], seen.state)
      slurm.run("scancel", id)
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "JobCancelledError")
    })
  )

  live(
    "vanish by name when their directory is removed",
    Effect.gen(function*() {
      const { id, job, waiting } = yield* running("slow")
      yield* Effect.sleep(500)
      fs.rmSync(job.directory, { recursive: true, force: true })
      slurm.run("scancel", id)
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error._tag, "JobVanishedError")
      assert.include(error.message, job.jobId)
    })
  )

  live(
    "end by name at a limit that is Slurm's own, and when their node is lost, though all that they see is a signal, or nothing",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      assert.strictEqual((yield* Effect.flip(executor.result(limited)))._tag, "TimeLimitError")
      assert.strictEqual((yield* executor.status(limited)).state, "timed-out")
      const error = yield* Effect.flip(executor.result(lost))
      assert.strictEqual(error._tag, "NodeFailedError")
      assert.include(error.message, "NODE_FAIL")
      assert.strictEqual((yield* executor.status(lost)).state, "node-failed")
    })
  )

  live(
    "are waited for while the controller is started anew",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const job = yield* submit(config, "prints")
      yield* Effect.sleep(300)
      yield* Effect.promise(() => slurm.stopController("SIGTERM"))
      const waiting = yield* Effect.fork(executor.result(job.jobId))
      yield* Effect.sleep(2500)
      yield* Effect.promise(() => slurm.startController())
      assert.strictEqual((yield* Fiber.join(waiting)).value, 1)
    })
  )
})
