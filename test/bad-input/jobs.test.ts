/**
 * Jobs whose files somebody else wrote: what they say is shown in few words, or named as what cannot be understood; nothing in them
 * ends the command, or keeps it busy.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench
let jobId: string
let directory: string
const honest = new Map<string, string>()

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("main.ts", "export const main = () => 1\n")
  const { code, stderr } = await bench.run(["run", "main.ts#main"])
  assert.strictEqual(code, 0, stderr)
  const jobs = Path.join(bench.directory, ".state", "clustrix", "jobs")
  const [only = ""] = Fs.readdirSync(jobs)
  jobId = only
  directory = Path.join(jobs, only)
  for (const name of ["job.json", "result", "state", "submitted.json"]) {
    honest.set(name, Fs.readFileSync(Path.join(directory, name), "utf8"))
  }
})

afterAll(() => bench.remove())

const long = `\u202e${"x".repeat(5000)}`
const plan = { count: 3, chunk: 1, tries: 1, limits: {} }

/** Members that are changed, by file. `null`: the file is gone. */
const hostile: Readonly<Record<string, Readonly<Record<string, object | null>>>> = {
  "a beginning beyond all dates": { result: { startedAt: 1e300 } },
  "an end before all dates": { result: { finishedAt: -1e300 } },
  "more memory than there is": { result: { peakMemoryBytes: 1e300 } },
  "an exit code beyond all bounds": { result: { exitCode: 1e300 } },
  "a host of 5,000 characters": { result: { host: long } },
  "a runtime of 5,000 characters": { result: { runtime: { name: long, version: long } } },
  "a signal of 5,000 characters": { result: { status: "killed", value: undefined, signal: long } },
  "a submission beyond all dates": { "job.json": { createdAt: 1e300 } },
  "a thousand million million calls": { "job.json": { tasks: { ...plan, count: 1e15 } }, result: null },
  "calls in parts of none": { "job.json": { tasks: { ...plan, chunk: 0 } }, result: null },
  "fewer calls than none": { "job.json": { tasks: { ...plan, count: -5 } }, result: null },
  "the name of another job": { "job.json": { jobId: long } },
  "a package of 5,000 characters": { "job.json": { packageId: long } },
  "a place of 5,000 characters": { "job.json": { packageDirectory: long } },
  "a scheduler's name of 5,000 characters": { "submitted.json": { schedulerId: long }, result: null },
  "processes that are not its own": { state: { pid: 1, group: 1 }, result: null },
  "processes beyond all numbers": { state: { pid: 1e300, group: -1e300 }, result: null }
}

describe("a job of somebody else", () => {
  for (const [title, changes] of Object.entries(hostile)) {
    it(`with ${title} is shown in few words`, async () => {
      for (const [name, text] of honest) {
        const file = Path.join(directory, name)
        const change = changes[name]
        if (change === null) Fs.rmSync(file, { force: true })
        else Fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(text), ...change }))
      }
      const asked = [["status", jobId], ["jobs"], ["jobs", "--json"], ["attach", jobId], ["cancel", jobId]]
      for (const words of asked) {
        const { code, stderr, stdout } = await bench.run(words)
        const said = `${words[0]}: ${stdout}${stderr}`.slice(0, 2000)
        // 70: what must not happen
        assert.include([0, 1, 5, 6], code, said)
        assert.notMatch(stdout + stderr, /x{201}/)
        assert.notMatch(stdout + stderr, /[^\P{C}\n]/u, "a character that a terminal obeys")
      }
    })
  }
})
