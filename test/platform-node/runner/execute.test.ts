import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { unpackPackage } from "../../../core/archive/UnpackPackage.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as ResultEnvelope from "../../../core/runtime/ResultEnvelope.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import * as sample from "./package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-runner-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

interface Ran {
  readonly envelope: ResultEnvelope.ResultEnvelope
  readonly value: unknown
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly job: string
  readonly directory: string
}

/** Every file under a directory, with size and time: what must not change. */
const listing = (directory: string): ReadonlyArray<string> =>
  (fs.readdirSync(directory, { recursive: true }) as Array<string>).sort().map((name) => {
    const stats = fs.lstatSync(path.join(directory, name))
    return `${name} ${stats.isFile() ? stats.size : ""} ${stats.mtimeMs} ${stats.mode}`
  })

const unpack = (name: string) =>
  Effect.gen(function*() {
    const sealed = yield* sample.seal(name)
    const directory = path.join(scratch, sealed.digest)
    yield* unpackPackage(RandomAccess.fromBytes(sealed.bytes), directory)
    return { ...sealed, directory }
  }).pipe(Effect.provide(sample.platform))

const run = (name: string, options: {
  readonly args?: ReadonlyArray<unknown>
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly flags?: ReadonlyArray<string>
  readonly copyData?: boolean
  readonly workingDirectory?: "job" | "remote_work_dir"
  readonly filesystemRoot?: string
  readonly environment?: Readonly<Record<string, string>>
} = {}): Effect.Effect<Ran, unknown> =>
  Effect.gen(function*() {
    const { digest, directory, packageId } = yield* unpack(name)
    const job = fs.mkdtempSync(path.join(scratch, "job-"))
    const invocation = yield* Invocation.make({
      package: { packageId, digest, functionName: name },
      arguments: options.args,
      options: options.kwargs,
      cluster: { ...ClusterConfig.local, environmentVariables: Object.keys(options.environment ?? {}) },
      runtimeVersion: process.version,
      copyData: options.copyData,
      workingDirectory: options.workingDirectory,
      filesystemRoot: options.filesystemRoot
    })
    const file = path.join(job, "invocation.json")
    fs.writeFileSync(file, Invocation.encode(invocation))
    const before = listing(directory)
    const ran = yield* Effect.async<{ readonly code: number | null; readonly out: string; readonly err: string }>(
      (resume) => {
        const words = [path.join(directory, "execute.mjs"), "--invocation", file, "--job", job, ...options.flags ?? []]
        const out = fs.openSync(path.join(job, "stdout.log"), "w")
        const err = fs.openSync(path.join(job, "stderr.log"), "w")
        const child = spawn(process.execPath, words, {
          stdio: ["ignore", out, err],
          cwd: scratch,
          env: { ...options.environment }
        })
        fs.closeSync(out)
        fs.closeSync(err)
        child.once("exit", (code) =>
          resume(Effect.succeed({
            code,
            out: fs.readFileSync(path.join(job, "stdout.log"), "utf8"),
            err: fs.readFileSync(path.join(job, "stderr.log"), "utf8")
          })))
      }
    )
    assert.deepStrictEqual(listing(directory), before, "nothing of the job is in the package")
    const text = fs.readFileSync(path.join(job, "result"), "utf8")
    assert.deepStrictEqual(fs.readdirSync(job).filter((entry) => entry.includes("tmp")), [])
    assert.strictEqual(fs.statSync(path.join(job, "result")).mode & 0o777, 0o600)
    const envelope = yield* ResultEnvelope.decode(text, "result")
    return {
      envelope,
      value: envelope.value === undefined ? undefined : ValueText.decode(envelope.value),
      exitCode: ran.code,
      stdout: ran.out,
      stderr: ran.err,
      job,
      directory
    }
  })

const live = <E>(title: string, body: () => Effect.Effect<unknown, E>) => it.live(title, body, 30_000)

describe("the runner", () => {
  live("passes arguments, and the options object last when it is not empty", () =>
    Effect.gen(function*() {
      const args = [1n, new Map([["k", new Set([1])]])]
      assert.deepStrictEqual((yield* run("echo", { args })).value, args)
      const kwargs = { width: 5, when: new Date(0) }
      const ran = yield* run("echo", { args, kwargs })
      assert.deepStrictEqual(ran.value, [...args, kwargs])
      assert.deepStrictEqual([ran.exitCode, ran.envelope.status, ran.stdout, ran.stderr], [0, "returned", "", ""])
      assert.isAtLeast(ran.envelope.finishedAt, ran.envelope.startedAt)
      assert.isAbove(ran.envelope.peakMemoryBytes ?? 0, 10_000_000)
      assert.deepStrictEqual(ran.envelope.runtime, { name: "node", version: process.versions.node })
      assert.strictEqual(ran.envelope.host, os.hostname())
    }))

  live("stands in the job's work directory, with the data files as links", () =>
    Effect.gen(function*() {
      const ran = yield* run("where")
      assert.deepStrictEqual(ran.value, { cwd: path.join(ran.job, "work"), data: "hello", link: true })
      const left = yield* run("leave")
      assert.strictEqual(fs.readFileSync(path.join(left.job, "work/out.txt"), "utf8"), "left")
    }))

  live(
    "copies data files when told, so that they can be changed",
    () => Effect.map(run("append", { copyData: true }), ({ value }) => assert.strictEqual(value, "hellomore"))
  )

  live("stands in remote_work_dir when told", () =>
    Effect.gen(function*() {
      const root = fs.mkdtempSync(path.join(scratch, "root-"))
      fs.mkdirSync(path.join(root, "input"))
      fs.writeFileSync(path.join(root, "input/a.txt"), "project's own")
      const ran = yield* run("where", { workingDirectory: "remote_work_dir", filesystemRoot: root })
      assert.deepStrictEqual(ran.value, { cwd: root, data: "project's own", link: false })
    }))

  live("gives cluster functions their root", () =>
    Effect.gen(function*() {
      const root = fs.mkdtempSync(path.join(scratch, "root-"))
      fs.writeFileSync(path.join(root, "x.csv"), "12345")
      assert.deepStrictEqual((yield* run("files", { filesystemRoot: root })).value, [[`${root}/x.csv`], 5])
    }))

  live("calls static methods on their class, and cluster(...)(fn) straight through", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* run("Holder.times", { args: [7] })).value, 42)
      assert.deepStrictEqual((yield* run("inner", { args: [1] })).value, [2, true])
      assert.deepStrictEqual((yield* run("mapped")).value, [[2, true], [3, true]])
    }))

  live("collects generators, and refuses one whose return value would be lost", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* run("counts")).value, [1, 2, 3])
      assert.deepStrictEqual((yield* run("streams")).value, ["a", "b"])
      const ran = yield* run("returns")
      assert.deepStrictEqual([ran.exitCode, ran.envelope.status], [4, "not-carried"])
      assert.strictEqual(ran.envelope.refusal?.kind, "generator with a return value")
    }))

  live("passes output on as it is", () =>
    Effect.gen(function*() {
      const ran = yield* run("prints")
      assert.deepStrictEqual([ran.stdout, ran.stderr], ["out 1\nout 2", "err ☃\n"])
      assert.strictEqual((yield* run("big")).stdout.length, 5_000_000)
    }))

  live("describes what was thrown", () =>
    Effect.gen(function*() {
      const { envelope, exitCode } = yield* run("fails")
      assert.deepStrictEqual([exitCode, envelope.status], [1, "threw"])
      const { error } = envelope
      assert.isTrue(error?.type === "error")
      if (error?.type !== "error") return
      assert.deepStrictEqual([error.name, error.message], ["RangeError", "too far"])
      assert.include(error.stack, `${sample.module}:${sample.lineOf("fails")}:`)
      assert.strictEqual(error.cause?.type === "error" ? error.cause.message : "", "root")
      assert.strictEqual(ValueText.decode(error.properties?.["code"] ?? ""), "E_FAR")
      assert.include(error.lost?.["socket"], "function")
      const text = (yield* run("rejects")).envelope.error
      assert.deepStrictEqual(text, { type: "value", printed: "plain text", value: "[\"plain text\"]" })
      const many = (yield* run("aggregate")).envelope.error
      assert.deepStrictEqual(many?.type === "error" ? [many.name, many.errors?.length] : [], ["AggregateError", 2])
    }))

  live("names every other way to end", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [string, number, ResultEnvelope.Status, RegExp]> = [
        ["refused", 4, "not-carried", /^\$\.a\.b\[2\] /],
        ["proxy", 4, "not-carried", /^\$\[0\] a Proxy/],
        ["unsettled", 13, "unsettled", /never settle/],
        ["exits", 6, "exited", /exit code 0/],
        ["exits9", 9, "exited", /exit code 9/],
        ["stray", 5, "uncaught", /stray/],
        ["late", 5, "uncaught", /late/],
        ["value", 3, "not-loaded", /has no function value: it is number/],
        ["missing", 3, "not-loaded", /has no function missing/]
      ]
      for (const [name, code, status, words] of cases) {
        const { envelope, exitCode } = yield* run(name)
        const { error, message, refusal } = envelope
        const said = refusal === undefined
          ? message ?? (error?.type === "error" ? error.message : "")
          : `${refusal.path} ${refusal.description}`
        assert.deepStrictEqual([name, exitCode, envelope.exitCode, envelope.status], [name, code, code, status])
        assert.match(said, words)
      }
    }))

  live(
    "does not wait for what the function did not await",
    () => Effect.map(run("lingers"), ({ exitCode, value }) => assert.deepStrictEqual([exitCode, value], [0, "done"]))
  )

  live("refuses an invocation of another package, and one that is none", () =>
    Effect.gen(function*() {
      const { directory } = yield* unpack("echo")
      const job = fs.mkdtempSync(path.join(scratch, "job-"))
      const other = yield* Invocation.make({
        package: { packageId: "x", digest: "0".repeat(64), functionName: "f" },
        cluster: ClusterConfig.local,
        runtimeVersion: ""
      })
      const file = path.join(job, "invocation.json")
      for (
        const [text, words] of [[Invocation.encode(other), /belongs to the package 0000/], ["{", /not JSON/], ["{}",
          /not an invocation/]] as const
      ) {
        fs.writeFileSync(file, text)
        const ran = spawnSync(process.execPath, [`${directory}/execute.mjs`, "--invocation", file, "--job", job])
        assert.strictEqual(ran.status, 2)
        assert.match(ran.stderr.toString(), words)
        const envelope = yield* ResultEnvelope.decode(fs.readFileSync(path.join(job, "result"), "utf8"), "result")
        assert.strictEqual(envelope.status, "bad-invocation")
      }
      const ran = spawnSync(process.execPath, [`${directory}/execute.mjs`, "--nonsense"])
      assert.strictEqual(ran.status, 2)
      assert.match(ran.stderr.toString(), /no option --nonsense[\s\S]*Usage/)
    }))

  live("prints the result when there is no job", () =>
    Effect.gen(function*() {
      const bare = (name: string) =>
        Effect.map(unpack(name), ({ directory }) =>
          spawnSync(process.execPath, [`${directory}/execute.mjs`], { encoding: "utf8", cwd: "/" }))
      assert.strictEqual((yield* bare("counts")).stdout, "[\n  1,\n  2,\n  3\n]\n")
      assert.include((yield* bare("rich")).stdout, "Map(1) { 1n => 1970-01-01T00:00:00.000Z }")
      const failed = yield* bare("fails")
      assert.strictEqual(failed.status, 1)
      assert.include(failed.stderr, "RangeError: too far")
      const left = yield* bare("leave")
      const work = /left files in (.*)\n/.exec(left.stderr)?.[1] ?? ""
      assert.strictEqual(fs.readFileSync(path.join(work, "out.txt"), "utf8"), "left")
      fs.rmSync(work, { recursive: true })
    }))
})

describe("the supervisor", () => {
  const supervised = (name: string, ...flags: ReadonlyArray<string>) => run(name, { flags: ["--supervise", ...flags] })

  live("keeps the time limit, even against a function that does not listen", () =>
    Effect.gen(function*() {
      for (const name of ["slow", "forever", "stubborn"]) {
        const { envelope, exitCode } = yield* supervised(name, "--time-limit", "0.5")
        assert.deepStrictEqual([name, exitCode, envelope.status], [name, 124, "timed-out"])
        assert.include(envelope.message, "0.5 s")
      }
    }))

  live("ends what the function started", () =>
    Effect.gen(function*() {
      const { job } = yield* supervised("spawns", "--time-limit", "1")
      const pid = Number(fs.readFileSync(path.join(job, "work/child.pid"), "utf8"))
      yield* Effect.sleep(100)
      // One that nobody has reaped yet is as good as gone.
      const stat = fs.existsSync(`/proc/${pid}/stat`) ? fs.readFileSync(`/proc/${pid}/stat`, "utf8") : ") Z"
      assert.match(stat, /\) Z/)
    }))

  live("names memory, signals and exits", () =>
    Effect.gen(function*() {
      const memory = yield* supervised("exhausts", "--memory", "50000000")
      assert.strictEqual(memory.envelope.status, "out-of-memory")
      const killed = yield* supervised("killed")
      assert.deepStrictEqual([killed.envelope.status, killed.envelope.signal], ["killed", "SIGKILL"])
      const fine = yield* supervised("echo")
      assert.deepStrictEqual([fine.exitCode, fine.value], [0, []])
      const failed = yield* supervised("fails")
      assert.deepStrictEqual([failed.exitCode, failed.envelope.status], [1, "threw"])
    }))

  live("concludes for a scheduler that only knows an exit code", () =>
    Effect.gen(function*() {
      const { directory } = yield* unpack("echo")
      for (const [code, status] of [[137, "killed"], [143, "cancelled"], [13, "unsettled"], [3, "exited"]] as const) {
        const job = fs.mkdtempSync(path.join(scratch, "job-"))
        const ran = spawnSync(process.execPath, [`${directory}/execute.mjs`, "--conclude", String(code), "--job", job])
        assert.strictEqual(ran.status, 0, ran.stderr.toString())
        const envelope = yield* ResultEnvelope.decode(fs.readFileSync(path.join(job, "result"), "utf8"), "result")
        assert.deepStrictEqual([envelope.status, envelope.exitCode], [status, code])
      }
    }))
})
