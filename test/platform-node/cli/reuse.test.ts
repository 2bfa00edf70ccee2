/**
 * `clustrix run --reuse`: says what it took again, or why it did not.
 */
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { makeWorkbench, type Workbench } from "./command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", `{ "name": "reuse", "type": "module" }`)
  bench.write("main.ts", `export const main = (n: number): number => n + 1\n`)
})
afterAll(() => bench.remove())

it("takes a known result again, unless it is told not to", async () => {
  const run = (...flags: ReadonlyArray<string>) => bench.run(["run", "main.ts#main", "--args", "[1]", ...flags])
  const first = await run("--reuse")
  assert.deepStrictEqual([first.code, first.stdout], [0, "2\n"], first.stderr)
  assert.include(first.stderr, "Not reused: No call of this package with these arguments")
  assert.include(first.stderr, "Started job")
  const second = await run("--reuse")
  assert.deepStrictEqual([second.code, second.stdout], [0, "2\n"], second.stderr)
  assert.include(second.stderr, "Reused the result of job")
  assert.notInclude(second.stderr, "Started job")
  bench.write("clustrix.yml", "reuse: true\n")
  assert.include((await run()).stderr, "Reused the result of job")
  const overruled = await run("--no-reuse")
  assert.include(overruled.stderr, "Started job")
  assert.notInclude(overruled.stderr, "Reused")
  bench.write("main.ts", `export const main = (n: number): number => n + 2\n`)
  const other = await run()
  assert.deepStrictEqual([other.code, other.stdout], [0, "3\n"], other.stderr)
  assert.include(other.stderr, "Not reused")
})
