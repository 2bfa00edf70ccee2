/**
 * Loops on threads as users meet them: `clustrix run` with cores or without, and `clustrix explain --loops`.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", `{ "name": "project", "type": "module" }`)
  bench.write(
    "sums.ts",
    `const slow = (n: number): number => {
  let sum = 0
  for (let i = 1; i < 3_000_000; i++) sum += Math.sin(n * i) / i
  return sum
}

export function sums(count: number): { readonly total: number; readonly parts: ReadonlyArray<number> } {
  const parts: Array<number> = []
  let total = 0
  for (let n = 0; n < count; n++) {
    const part = slow(n)
    total += part
    parts.push(part)
  }
  return { total, parts }
}
`
  )
})

afterAll(() => bench?.remove())

const run = async (...words: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await bench.run(["run", "sums.ts#sums", "--args", "[16]", "--json", ...words])
  assert.strictEqual(code, 0, stderr)
  const { jobId, packageId, value } = JSON.parse(stdout)
  const jobs = path.join(bench.directory, ".state", "clustrix", "jobs", jobId)
  const notes: ReadonlyArray<{ readonly iterations: number; readonly computed: number }> =
    readdirSync(jobs).includes("loops.json") ? JSON.parse(readFileSync(path.join(jobs, "loops.json"), "utf8")) : []
  return { packageId, value: JSON.stringify(value), notes }
}

describe("loops of a job", () => {
  it("use its cores when asked to, and give what they give without", async () => {
    const serial = await run("--cores", "2")
    const wide = await run("--cores", "2", "--parallel", "yes")
    const forbidden = await run("--cores", "2", "--parallel", "no")
    assert.deepStrictEqual(serial.notes, [])
    assert.deepStrictEqual(forbidden.notes, [])
    assert.isAbove(wide.notes.reduce((sum, { computed }) => sum + computed, 0), 0)
    assert.strictEqual(wide.value, serial.value)
    assert.strictEqual(forbidden.value, serial.value)
    assert.strictEqual(new Set([serial.packageId, wide.packageId, forbidden.packageId]).size, 1)
  })

  it("are explained, each where it was written", async () => {
    const { code, stdout } = await bench.run(["explain", "sums.ts#sums", "--loops"])
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(stdout.trimEnd().split("\n").map((line) => line.trim().replace(/ {2,}/g, "  ")), [
      "sums.ts:3:3  serial  an iteration is cheaper than its way to another thread",
      "sums.ts:10:3  parallel  its iterations are independent but for `total +=`, `parts.push`, in the original order"
    ])
  })
})
