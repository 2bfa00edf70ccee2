/**
 * PBS from its documents: there is no server that could be installed here. Its commands are scripts that print what the manuals of PBS
 * Professional and of Torque show, and remember how they were called.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as PbsScheduler from "../../core/cluster/execute/PbsScheduler.ts"
import * as Scheduling from "../../core/cluster/Scheduler.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix 'pbs'-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

let made = 0

/** Commands that print what is given, each with a log of its words; `qsub` numbers jobs from 1234. */
const server = (outputs: Readonly<Record<string, string>>) => {
  const directory = path.join(scratch, `server-${made += 1}`)
  fs.mkdirSync(path.join(directory, "bin"), { recursive: true })
  for (const [name, lines] of Object.entries(outputs)) {
    const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> "${directory}/${name}.log"\n${lines}\n`
    fs.writeFileSync(path.join(directory, "bin", name), script, { mode: 0o755 })
  }
  const job = path.join(directory, "jobs/20260131T235959123-0123abcd")
  fs.mkdirSync(job, { recursive: true })
  const transport: typeof Transport.Service = {
    ...LocalTransport.make,
    exec: (script, options) =>
      LocalTransport.make.exec(`PATH="${directory}/bin:$PATH"; export PATH\n${script}`, options)
  }
  return {
    directory: job,
    log: (name: string): string => fs.readFileSync(path.join(directory, `${name}.log`), "utf8"),
    layer: Layer.provide(PbsScheduler.layer, Layer.succeed(Transport, transport))
  }
}

const pro = "if [ \"$1\" = --version ]; then echo 'pbs_version = 19.1.3'; exit; fi\n"
const torque =
  "if [ \"$1\" = --version ]; then echo 'Version: 6.1.2'; echo 'Commit: 661e092552de43a785c15d39a3634a541d86898e'; exit; fi\n"

/** From the reference guide of PBS Professional, shortened. */
const json = (jobs: object): string =>
  pro +
  `cat <<'JSON'\n${
    JSON.stringify({ timestamp: 1544083563, pbs_version: "19.1.3", pbs_server: "pbs", Jobs: jobs }, null, 4)
  }\nJSON\nexit 153`

const limits: Scheduling.JobLimits = { cores: 4, memoryBytes: 3 * 1024 ** 3, timeSeconds: 89.5, queue: "workq" }
const jobId = "20260131T235959123-0123abcd"
const jobs = (directory: string, ...ids: ReadonlyArray<string>) =>
  ids.map((schedulerId) => ({ directory, schedulerId }))

describe("PBS", () => {
  it.effect("submits to PBS Pro with its own words for resources and arrays", () => {
    const { directory, layer, log } = server({
      qstat: pro,
      qsub: "echo '1234[].pbs'",
      qselect: ""
    })
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      const environment = new Map([["TOKEN", Redacted.make("it's secret")]])
      const job = { jobId, directory, limits, environment, array: { size: 10, concurrency: 3 } }
      assert.strictEqual((yield* scheduler.submit(job)).schedulerId, "1234[].pbs")
      assert.strictEqual(
        log("qsub"),
        "-l select=1:ncpus=4:mem=3145728kb -J 0-9%3 -l walltime=90 -q workq ./job.sh\n"
      )
      assert.strictEqual(fs.readFileSync(`${directory}/environment`, "utf8"), "TOKEN='it'\\''s secret'\nexport TOKEN\n")
      assert.strictEqual(fs.statSync(`${directory}/environment`).mode & 0o777, 0o600)
      // The answer was lost: nothing is submitted again
      assert.strictEqual((yield* scheduler.submit(job)).schedulerId, "1234[].pbs")
      assert.strictEqual(log("qsub").split("\n").length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("submits to Torque with its own words", () => {
    const { directory, layer, log } = server({ qstat: torque, qsub: "echo 1234.torque", qselect: "" })
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      const job = { jobId, directory, limits, environment: new Map(), array: { size: 1 }, script: "array.sh" }
      assert.strictEqual((yield* scheduler.submit(job)).schedulerId, "1234.torque")
      assert.strictEqual(
        log("qsub"),
        "-l nodes=1:ppn=4 -l mem=3145728kb -t 0-0 -l walltime=90 -q workq ./array.sh\n"
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("finds a job again by its name and directory, and tells refusals from silence", () => {
    const { directory, layer } = server({
      qstat: pro +
        "echo 'Job Id: 77.pbs'; echo '    Variable_List = PBS_O_HOME=/root,'; printf '\\tPBS_O_WORKDIR=%s,\\n' \"$PWD\"",
      qsub: "echo 'qsub: cannot connect to server pbs (errno=111)' >&2; exit 1",
      qselect: "echo 77.pbs"
    })
    const refusing = server({ qstat: pro, qsub: "echo 'qsub: Unknown queue' >&2; exit 170", qselect: "" })
    const silent = server({
      qstat: pro + "echo 'qstat: cannot connect to server pbs (errno=111)' >&2; exit 1",
      qsub: "echo 'qsub: cannot connect to server pbs (errno=111)' >&2; exit 1",
      qselect: "exit 1"
    })
    const submit = (to: string) =>
      Effect.flatMap(
        Scheduling.Scheduler,
        (scheduler) => scheduler.submit({ jobId, directory: to, limits: {}, environment: new Map() })
      )
    return Effect.gen(function*() {
      assert.strictEqual((yield* Effect.provide(submit(directory), layer)).schedulerId, "77.pbs")
      const refused = yield* Effect.flip(Effect.provide(submit(refusing.directory), refusing.layer))
      assert.deepStrictEqual([refused.reason, refused.why], ["Rejected", "qsub: Unknown queue"])
      const unheard = yield* Effect.flip(Effect.provide(submit(silent.directory), silent.layer))
      assert.strictEqual(unheard.reason, "Unavailable")
      const unknown = yield* Effect.flip(Effect.provide(
        Effect.flatMap(Scheduling.Scheduler, (scheduler) => scheduler.poll(jobs(directory, "1.pbs"))),
        silent.layer
      ))
      assert.strictEqual(unknown.reason, "Unavailable")
    })
  })

  it.effect("says that there is none where its commands are not found, which nobody asks again", () =>
    Effect.gen(function*() {
      const nowhere: typeof Transport.Service = {
        ...LocalTransport.make,
        exec: () => Effect.succeed({ stdout: "", stderr: "qsub: not found", exitCode: 127 })
      }
      const scheduler = yield* Effect.provide(
        Scheduling.Scheduler,
        Layer.provide(PbsScheduler.layer, Layer.succeed(Transport, nowhere))
      )
      const error = yield* Effect.flip(
        scheduler.submit({ jobId, directory: "/tmp", limits: {}, environment: new Map() })
      )
      assert.deepInclude(error, { _tag: "SchedulerError", reason: "NotFound" })
    }))

  it.effect("finds commands that only a login shell knows", () => {
    const { directory } = server({ qstat: pro, qsub: "echo \"12.$PBS_SERVER\"", qselect: "" })
    const home = path.join(directory, "../..")
    const tools = path.join(home, "tools")
    fs.mkdirSync(tools)
    for (
      const name of ["sh", "bash", "sed", "cat", "awk", "mkdir", "mv", "rm", "sleep", "kill", "grep", "tr", "head"]
    ) {
      const file = ["/bin", "/usr/bin"].map((folder) => `${folder}/${name}`).find((each) => fs.existsSync(each))
      if (file !== undefined) fs.symlinkSync(file, path.join(tools, name))
    }
    const profile = `echo welcome\nexport PATH="${home}/bin:${tools}"\nexport PBS_SERVER=far\n`
    fs.writeFileSync(path.join(home, ".bash_profile"), profile)
    const transport: typeof Transport.Service = {
      ...LocalTransport.make,
      exec: (script, options) =>
        LocalTransport.make.exec(
          `PATH='${tools.replaceAll("'", "'\\''")}'; HOME='${
            home.replaceAll("'", "'\\''")
          }'\nexport PATH HOME\n${script}`,
          options
        )
    }
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      assert.strictEqual(
        (yield* scheduler.submit({ jobId, directory, limits: {}, environment: new Map() })).schedulerId,
        "12.far"
      )
    }).pipe(Effect.provide(Layer.provide(PbsScheduler.layer, Layer.succeed(Transport, transport))))
  })

  it.effect("maps the states of PBS Pro", () => {
    const { directory, layer, log } = server({
      qstat: json({
        "1.pbs": { job_state: "Q", comment: "Not Running: Insufficient amount of resource: ncpus" },
        "2.pbs": { job_state: "R", exec_host: "node7/0*4" },
        "3.pbs": { job_state: "F", Exit_status: 0 },
        "4.pbs": { job_state: "F", Exit_status: 3 },
        "5.pbs": { job_state: "F", Exit_status: 271 },
        "6.pbs": { job_state: "F", Exit_status: -29, comment: "Job run at Mon Nov 23 and exceeded limit" },
        "7.pbs": { job_state: "F", Exit_status: -27 },
        "8.pbs": { job_state: "H" },
        "9[].pbs": { job_state: "B" },
        "9[0].pbs": { job_state: "X", Exit_status: 0 },
        "9[1].pbs": { job_state: "R", exec_host: "node8/1" },
        "9[2].pbs": { job_state: "Q" }
      })
    })
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      const ids = ["1.pbs", "2.pbs", "3.pbs", "4.pbs", "5.pbs", "6.pbs", "7.pbs", "8.pbs", "9[].pbs", "10.pbs"]
      const answers = yield* scheduler.poll(jobs(directory, ...ids))
      assert.strictEqual(log("qstat").split("\n").filter((line) => line.startsWith("-x")).length, 1)
      const told = ids.map((id) => {
        const answer = answers.get(id)
        return answer?._tag === "Ended" ? answer.outcome : answer?._tag
      })
      assert.deepStrictEqual(told, [
        "Pending",
        "Running",
        "completed",
        "failed",
        "cancelled",
        "timed-out",
        "out-of-memory",
        "Pending",
        "Array",
        "Unknown"
      ])
      assert.deepStrictEqual(answers.get("1.pbs"), {
        _tag: "Pending",
        reason: "Not Running: Insufficient amount of resource: ncpus"
      })
      assert.deepStrictEqual(answers.get("2.pbs"), { _tag: "Running", node: "node7" })
      const array = answers.get("9[].pbs") ?? { _tag: "Unknown" }
      assert.deepStrictEqual([0, 1, 2, 3].map((n) => Scheduling.ofElement(array, n)._tag), [
        "Ended",
        "Running",
        "Pending",
        "Unknown"
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("maps the states of Torque", () => {
    const { directory, layer } = server({
      qstat: torque +
        `printf '%s' '<Data><Job><Job_Id>1.torque</Job_Id><job_state>R</job_state><exec_host>node1/0+node1/1</exec_host></Job></Data>` +
        `<Data><Job><Job_Id>2.torque</Job_Id><job_state>C</job_state><exit_status>-11</exit_status></Job>` +
        `<Job><Job_Id>3[1].torque</Job_Id><job_state>Q</job_state></Job></Data>'`
    })
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      const answers = yield* scheduler.poll(jobs(directory, "1.torque", "2.torque", "3[].torque"))
      assert.deepStrictEqual(answers.get("1.torque"), { _tag: "Running", node: "node1" })
      const ended = answers.get("2.torque")
      assert.strictEqual(ended?._tag === "Ended" ? ended.outcome : undefined, "timed-out")
      assert.strictEqual(Scheduling.ofElement(answers.get("3[].torque") ?? { _tag: "Unknown" }, 1)._tag, "Pending")
    }).pipe(Effect.provide(layer))
  })

  it.effect("cancels, and is content with jobs that have ended", () => {
    const { directory, layer, log } = server({
      qstat: pro,
      qdel:
        "case $1 in 3.pbs) echo 'qdel: Job has finished 3.pbs' >&2; exit 35 ;; 4.pbs) echo 'qdel: Unauthorized Request 4.pbs' >&2; exit 159;; esac",
      qsub: ""
    })
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      for (const job of jobs(directory, "2[].pbs", "3.pbs")) yield* scheduler.cancel(job)
      assert.strictEqual(log("qdel"), "2[].pbs\n3.pbs\n")
      const [forbidden] = jobs(directory, "4.pbs")
      if (forbidden === undefined) return
      assert.include((yield* Effect.flip(scheduler.cancel(forbidden))).message, "Unauthorized Request")
    }).pipe(Effect.provide(layer))
  })

  it.effect("begins scripts that any sh runs in the job's directory, with its logs and variables", () => {
    const { directory, layer } = server({})
    return Effect.gen(function*() {
      const scheduler = yield* Scheduling.Scheduler
      const lines = scheduler.directives(jobId, { ...limits, schedulerOptions: ["-A project"] })
      assert.deepStrictEqual(lines.filter((line) => line.startsWith("#PBS")), [
        "#PBS -N clx-23-0123abcd",
        "#PBS -S /bin/sh",
        "#PBS -j oe",
        "#PBS -o /dev/null",
        "#PBS -A project"
      ])
      fs.writeFileSync(`${directory}/environment`, "TOKEN=told\nexport TOKEN\n")
      const script = ["#!/bin/sh", ...lines, `echo "$TOKEN" ${scheduler.elementIndex}`, "echo err >&2", ""].join("\n")
      for (const [variable, index] of [["PBS_ARRAY_INDEX", "7"], ["PBS_ARRAYID", "8"], ["NONE", "0"]] as const) {
        const ran = spawnSync("/bin/sh", ["-c", script], {
          cwd: "/",
          env: { PATH: process.env["PATH"], PBS_O_WORKDIR: directory, [variable]: index }
        })
        assert.strictEqual(ran.status, 0, ran.stderr.toString())
      }
      assert.strictEqual(fs.readFileSync(`${directory}/stdout.log`, "utf8"), "told 7\ntold 8\ntold 0\n")
      assert.strictEqual(fs.readFileSync(`${directory}/stderr.log`, "utf8"), "err\n".repeat(3))
    }).pipe(Effect.provide(layer))
  })
})
