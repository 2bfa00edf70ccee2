/**
 * `clustrix map` as a process: lines of results, exit codes, and a client that is killed in the middle.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { makeWorkbench, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", "{ \"name\": \"many\", \"type\": \"module\" }")
  bench.write(
    "tasks.ts",
    `import * as fs from "node:fs"
export const half = (n: number) => { console.log("halving " + n); if (n % 2 === 1) throw new RangeError("odd " + n); return n / 2 }
export const gated = async ({ place, n }: { place: string; n: number }) => {
  fs.appendFileSync(place + "/ran-" + n, "x")
  while (n >= 2 && fs.existsSync(place) && !fs.existsSync(place + "/go")) await new Promise((r) => setTimeout(r, 30))
  return n
}
`
  )
})
afterAll(() => bench.remove())

const jsonl = (values: ReadonlyArray<unknown>): string => values.map((value) => `${JSON.stringify(value)}\n`).join("")
const lines = (text: string): ReadonlyArray<unknown> => text.trim().split("\n").map((line): unknown => JSON.parse(line))

describe("clustrix map", () => {
  it("prints a line for each result, and tells which failed", async () => {
    bench.write("halves.jsonl", jsonl([2, 4, 6]))
    const fine = await bench.run(["map", "tasks.ts#half", "--inputs", "halves.jsonl", "--ordered", "--chunk", "2"])
    assert.strictEqual(fine.code, 0, fine.stderr)
    assert.deepStrictEqual(lines(fine.stdout), [{ index: 0, value: 1 }, { index: 1, value: 2 }, { index: 2, value: 3 }])

    bench.write("mixed.jsonl", jsonl([2, 3]))
    const mixed = await bench.run(["map", "tasks.ts#half", "--inputs", "mixed.jsonl", "--ordered"])
    assert.strictEqual(mixed.code, 1, mixed.stderr)
    const [first, second] = lines(mixed.stdout)
    assert.deepStrictEqual(first, { index: 0, value: 1 })
    assert.strictEqual(JSON.parse(JSON.stringify(second)).error.tag, "JobFailedError")
    assert.match(mixed.stderr, /Task 1: .*RangeError: odd 3/)
    assert.include(mixed.stderr, "1 of 2 tasks failed")

    const { stdout: jobs } = await bench.run(["jobs"])
    assert.match(jobs, /succeeded +half \(3 of 3 done\)/)
    assert.match(jobs, /failed +half \(2 of 2 done, 1 failed\)/)
    assert.strictEqual((await bench.run(["logs", "latest", "--task", "1"])).stdout, "halving 3\n")
    assert.strictEqual((await bench.run(["logs", "latest", "--task", "2"])).code, 2)
  })

  it("says what is wrong with its words", async () => {
    bench.write("broken.jsonl", "1\n{\n")
    const broken = await bench.run(["map", "tasks.ts#half", "--inputs", "broken.jsonl"])
    assert.strictEqual(broken.code, 2)
    assert.include(broken.stderr, "Line 2 of broken.jsonl is not JSON")
    assert.strictEqual((await bench.run(["map", "tasks.ts#half"])).code, 2)
    assert.strictEqual((await bench.run(["map", "tasks.ts#half", "--inputs", "mixed.jsonl", "--chunk", "0"])).code, 2)
  })

  it("is killed in the middle, and another client goes on without running again what has ended", async () => {
    const place = bench.directory
    bench.write("gated.jsonl", jsonl([0, 1, 2, 3].map((n) => ({ place, n }))))
    const client = bench.start(["map", "tasks.ts#gated", "--inputs", "gated.jsonl", "--ordered", "--concurrency", "1"])
    let printed = ""
    client.stdout?.on("data", (bytes: Buffer) => printed += bytes.toString())
    const ended = outcomeOf(client)
    while (!printed.includes("\"index\":1") || !fs.existsSync(path.join(place, "ran-2"))) {
      assert.isNull(client.exitCode, printed)
      await sleep(50)
    }
    client.kill("SIGKILL")
    await ended
    const following = bench.start(["jobs", "--follow"])
    let told = ""
    following.stderr?.on("data", (bytes: Buffer) => told += bytes.toString())
    const followed = outcomeOf(following)
    while (!told.includes("running  2 of 4 done, 1 running, 1 queued")) {
      assert.isNull(following.exitCode, told)
      await sleep(50)
    }
    fs.writeFileSync(path.join(place, "go"), "")
    assert.match((await followed).stderr, /succeeded  4 of 4 done\n$/)
    const resumed = await bench.run(["map", "--resume", "latest", "--ordered"])
    assert.strictEqual(resumed.code, 0, resumed.stderr)
    assert.deepStrictEqual(lines(resumed.stdout), [0, 1, 2, 3].map((n) => ({ index: n, value: n })))
    for (const n of [0, 1, 2, 3]) assert.strictEqual(fs.readFileSync(path.join(place, `ran-${n}`), "utf8"), "x")
  })
})
