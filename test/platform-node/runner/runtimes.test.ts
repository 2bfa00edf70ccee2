/**
 * The runner on every runtime that is here. `CLUSTRIX_TEST_RUNTIMES` names more, separated by commas: `18=/path/to/node`.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { unpackPackage } from "../../../core/archive/UnpackPackage.ts"
import * as ResultEnvelope from "../../../core/runtime/ResultEnvelope.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import * as sample from "./package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-runtimes-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const wanted = ["node 18", "node 20", "node 22", "node 24", "node 26", "bun", "deno"]
const given = (process.env["CLUSTRIX_TEST_RUNTIMES"] ?? "").split(",").filter((entry) => entry !== "")
const runtimes = new Map<string, ReadonlyArray<string>>()
for (const command of [[process.execPath], ...given.map((entry) => entry.split(" ")), ["bun"], ["deno"]]) {
  const [program = "", ...rest] = command
  const version = spawnSync(program, ["--version"], { encoding: "utf8" })
  if (version.status !== 0) continue
  const text = version.stdout.trim()
  const name = text.startsWith("v") ? `node ${text.slice(1).split(".")[0]}` : text.startsWith("deno") ? "deno" : "bun"
  runtimes.set(name, name === "deno" && rest.length === 0 ? [program, "run", "-A"] : command)
}
const missing = wanted.filter((name) => !runtimes.has(name))
if (missing.length > 0) {
  process.stderr.write(`\nThe runner was NOT tested on: ${missing.join(", ")}. Name them in CLUSTRIX_TEST_RUNTIMES.\n`)
}

const run = (runtime: ReadonlyArray<string>, name: string, ...flags: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sealed = yield* sample.seal(name)
    const directory = path.join(scratch, sealed.digest)
    yield* unpackPackage(RandomAccess.fromBytes(sealed.bytes), directory)
    const job = fs.mkdtempSync(path.join(scratch, "job-"))
    const [program = "", ...words] = runtime
    const stderr = fs.openSync(path.join(job, "stderr.log"), "w")
    const ran = spawnSync(program, [...words, path.join(directory, "execute.mjs"), "--job", job, ...flags], {
      encoding: "utf8",
      maxBuffer: 10_000_000,
      stdio: ["ignore", "pipe", stderr],
      env: { PATH: process.env["PATH"], HOME: scratch }
    })
    fs.closeSync(stderr)
    const envelope = yield* ResultEnvelope.decode(fs.readFileSync(path.join(job, "result"), "utf8"), "result")
    const value = envelope.value === undefined ? undefined : ValueText.decode(envelope.value)
    return { ran, envelope, value, job }
  }).pipe(Effect.provide(sample.platform))

describe.each([...runtimes])("the runner on %s", (name, runtime) => {
  it.live("gives values, errors and every other ending", () =>
    Effect.gen(function*() {
      const rich = { map: new Map([[1n, new Date(0)]]), bytes: new Uint8Array([1, 2]), nothing: undefined }
      const first = yield* run(runtime, "rich")
      assert.deepStrictEqual(first.value, rich)
      assert.strictEqual(first.envelope.runtime.name, name.split(" ")[0])
      assert.isAbove(first.envelope.peakMemoryBytes ?? 0, 10_000_000)
      const where = yield* run(runtime, "where")
      assert.deepStrictEqual(where.value, { cwd: path.join(where.job, "work"), data: "hello", link: true })
      assert.strictEqual((yield* run(runtime, "prints")).ran.stdout, "out 1\nout 2")
      assert.strictEqual((yield* run(runtime, "big")).ran.stdout.length, 5_000_000)
      const failed = yield* run(runtime, "fails")
      const { error } = failed.envelope
      assert.isTrue(error?.type === "error" && error.name === "RangeError" && error.stack?.includes(sample.module))
      const endings: ReadonlyArray<readonly [string, number | null, ResultEnvelope.Status, ReadonlyArray<string>]> = [
        ["refused", 4, "not-carried", []],
        ["unsettled", 13, "unsettled", []],
        ["exits", 6, "exited", []],
        ["exits9", 9, "exited", []],
        ["stray", 5, "uncaught", []],
        ["late", 5, "uncaught", []],
        ["lingers", 0, "returned", []],
        ["streams", 0, "returned", []],
        ["Holder.times", 0, "returned", []],
        ["proxy", 4, "not-carried", []],
        ["forever", 124, "timed-out", ["--supervise", "--time-limit", "0.5"]],
        ["killed", 137, "killed", ["--supervise"]]
      ]
      for (const [way, code, status, flags] of endings) {
        const { envelope, ran } = yield* run(runtime, way, ...flags)
        assert.deepStrictEqual([way, ran.status, envelope.status], [way, code, status])
      }
    }), 120_000)
})
