/**
 * Signals by which a scheduler warns a job: the function gets them, nothing ends by them, and no debugger is opened.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { unpackPackage } from "../../../core/archive/UnpackPackage.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as JobScript from "../../../core/cluster/execute/JobScript.ts"
import * as MapDirectory from "../../../core/cluster/execute/MapDirectory.ts"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as ResultEnvelope from "../../../core/runtime/ResultEnvelope.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import * as sample from "./package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-signals-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

interface Started {
  readonly job: string
  readonly child: ChildProcess
  readonly ended: Promise<void>
}

interface StartOptions {
  readonly args?: ReadonlyArray<unknown>
  readonly before?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
}

const write = (job: string, name: string, args: ReadonlyArray<unknown>, before: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { bytes, digest, packageId } = yield* sample.seal(name)
    const directory = path.join(scratch, digest)
    yield* unpackPackage(RandomAccess.fromBytes(bytes), directory)
    const invocation = yield* Invocation.make({
      package: { packageId, digest, functionName: name },
      arguments: args,
      cluster: ClusterConfig.local,
      runtimeVersion: process.version
    })
    const script = (jobDirectory: string | undefined): string =>
      JobScript.render({
        jobId: "j",
        jobDirectory,
        packageDirectory: directory,
        filesystemRoot: undefined,
        runtimePath: process.execPath,
        directives: [],
        moduleLoads: [],
        preExecutionCommands: before,
        limits: {}
      })
    fs.writeFileSync(path.join(job, "invocation.json"), Invocation.encode(invocation))
    return { invocation, script }
  }).pipe(Effect.provide(sample.platform))

const launch = (job: string, script: string, environment: Readonly<Record<string, string>> = {}): Started => {
  const open = (name: string): number => fs.openSync(path.join(job, name), "w")
  const child = spawn("/bin/sh", [path.join(job, script)], {
    stdio: ["ignore", open("stdout.log"), open("stderr.log")],
    env: { PATH: process.env["PATH"], ...environment }
  })
  return { job, child, ended: new Promise((resolve) => child.once("exit", () => resolve())) }
}

/** A job as a scheduler starts it, by its script. */
const start = (name: string, { args = [], before = [], environment }: StartOptions = {}) =>
  Effect.gen(function*() {
    const job = fs.mkdtempSync(path.join(scratch, "job-"))
    const { script } = yield* write(job, name, args, before)
    fs.writeFileSync(path.join(job, "job.sh"), script(job))
    return launch(job, "job.sh", environment)
  })

const isThere = (file: string) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 400 && !fs.existsSync(file); tries += 1) yield* Effect.sleep(25)
    assert.isTrue(fs.existsSync(file), file)
  })

const outcome = (job: string) =>
  Effect.map(ResultEnvelope.decode(fs.readFileSync(path.join(job, "result"), "utf8"), "result"), (envelope) => ({
    status: envelope.status,
    value: envelope.value === undefined ? undefined : ValueText.decode(envelope.value)
  }))

const finished = ({ ended, job }: Started) =>
  Effect.zipRight(
    Effect.promise(() => ended),
    Effect.suspend(() => {
      const stderr = fs.readFileSync(path.join(job, "stderr.log"), "utf8")
      assert.notInclude(stderr, "Debugger listening")
      return outcome(job)
    })
  )

const live = <E>(title: string, body: () => Effect.Effect<unknown, E>) => it.live(title, body, 30_000)

describe("a scheduler's warning", () => {
  live("reaches the function, each kind once", () =>
    Effect.gen(function*() {
      const started = yield* start("warned", { args: [3] })
      yield* isThere(path.join(started.job, "work/listening"))
      for (const signal of ["SIGUSR1", "SIGUSR1", "SIGUSR2", "SIGALRM"] as const) {
        started.child.kill(signal)
        // Both of one kind come within the time in which they count as one
        yield* Effect.sleep(10)
      }
      const { status, value } = yield* finished(started)
      assert.deepStrictEqual([status, value], ["returned", ["SIGUSR1", "SIGUSR2", "SIGALRM"]])
    }))

  live("ends no function that does not listen, and is seen by none", () =>
    Effect.gen(function*() {
      const started = yield* start("deaf", { environment: { NODE_OPTIONS: "--no-deprecation" } })
      yield* isThere(path.join(started.job, "work/listening"))
      started.child.kill("SIGUSR1")
      started.child.kill("SIGUSR2")
      const state: unknown = JSON.parse(fs.readFileSync(path.join(started.job, "state"), "utf8"))
      const group: unknown = typeof state === "object" && state !== null ? Reflect.get(state, "group") : undefined
      // As `scancel --full` sends it: to every process
      process.kill(Number(group), "SIGUSR1")
      process.kill(Number(group), "SIGUSR2")
      assert.deepStrictEqual(yield* finished(started), { status: "returned", value: "--no-deprecation" })
      const plain = yield* start("deaf")
      assert.deepStrictEqual(yield* finished(plain), { status: "returned", value: "none" })
    }))

  live("opens no debugger, whenever it comes", () =>
    Effect.gen(function*() {
      const started = yield* start("deaf", { before: ["echo > preparing", "sleep 0.1"] })
      // The shell has to read its script first
      yield* isThere(path.join(started.job, "preparing"))
      const timer = setInterval(() => started.child.kill("SIGUSR1"), 1)
      const { status } = yield* Effect.ensuring(finished(started), Effect.sync(() => clearInterval(timer)))
      assert.strictEqual(status, "returned")
    }))

  live("ends no script that is still preparing", () =>
    Effect.gen(function*() {
      const started = yield* start("deaf", { before: ["echo > preparing", "sleep 0.5"] })
      yield* isThere(path.join(started.job, "preparing"))
      started.child.kill("SIGUSR1")
      started.child.kill("SIGUSR2")
      assert.deepStrictEqual(yield* finished(started), { status: "returned", value: "none" })
    }))

  live(
    "goes from an element of an array to the task that runs, and the next task runs too",
    () =>
      Effect.gen(function*() {
        const job = fs.mkdtempSync(path.join(scratch, "job-"))
        const { invocation, script } = yield* write(job, "warned", [], [])
        const [head, tail] = MapDirectory.split(invocation)
        const texts = yield* Effect.forEach([[2], [1]], (args) => Effect.sync(() => ValueText.encode(args)))
        fs.mkdirSync(path.join(job, "attempts/j.1"), { recursive: true })
        const files: Readonly<Record<string, string>> = {
          [MapDirectory.files.head]: head,
          [MapDirectory.files.tail]: tail,
          [MapDirectory.files.inputs]: MapDirectory.inputsText(texts.map((text) => text.ok ? text.text : "")),
          [MapDirectory.files.task]: script(undefined),
          [MapDirectory.files.element]: MapDirectory.elementScript(job, 1),
          [`attempts/j.1/${MapDirectory.files.chunks}`]: MapDirectory.chunksText([[0, 1]]),
          "job.sh": MapDirectory.attemptScript({
            jobId: "j",
            directory: job,
            attemptDirectory: path.join(job, "attempts/j.1"),
            directives: [],
            elementIndex: "0"
          })
        }
        for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(job, name), text)
        const started = launch(job, "job.sh")
        yield* isThere(path.join(job, "tasks/0", "work", "listening"))
        started.child.kill("SIGUSR1")
        yield* Effect.sleep(200)
        started.child.kill("SIGUSR2")
        yield* isThere(path.join(job, "tasks/1", "work", "listening"))
        started.child.kill("SIGUSR2")
        yield* Effect.promise(() => started.ended)
        assert.deepStrictEqual(yield* Effect.all([outcome(`${job}/tasks/0`), outcome(`${job}/tasks/1`)]), [
          { status: "returned", value: ["SIGUSR1", "SIGUSR2"] },
          { status: "returned", value: ["SIGUSR2"] }
        ])
        // A task that printed nothing leaves no file for it
        assert.isFalse(fs.existsSync(path.join(job, "tasks/0/stderr.log")))
      })
  )
})
