/**
 * Functions that give no result: each ends, with one error at the user's own line.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "bad-input", type: "module" }))
  bench.write(
    "main.ts",
    `import { readFileSync } from "node:fs"
const inner = (): number => {
  return undefinedThing + 1
}
export const free = () => inner()
export const thrower = () => {
  throw new RangeError("too far", { cause: new Error("because") })
}
export const forever = () => new Promise(() => { setInterval(() => {}, 1000) })
export const spin = () => { for (;;) {} }
export const pending = () => new Promise(() => {})
export const exits = () => { process.exit(3) }
export const odd = () => { throw { code: 7 } }
export const carries = () => ({ a: [{ b: () => 1 }] })
export const missing = () => readFileSync("data/none.csv", "utf8")
export const floods = () => { for (let i = 0; i < 200_000; i++) console.log("a line of the flood " + i); return 1 }
`
  )
})

afterAll(() => bench.remove())

const run = async (name: string, ...words: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await bench.run(["run", `main.ts#${name}`, ...words])
  return { code, stdout, said: stderr.slice(Math.max(0, stderr.search(/^error: /m))), stderr }
}

describe("a function that", () => {
  it("uses a name that is nowhere defined: a warning, a package, a ReferenceError at the line", async () => {
    const { code, said, stderr } = await run("free")
    assert.strictEqual(code, 1)
    assert.include(
      stderr,
      "warning: main.ts:3:10: `undefinedThing` is defined nowhere\n  `inner` uses it; the run will fail with a ReferenceError when it gets there.\n  → "
    )
    assert.match(stderr, /Packaged free/)
    assert.match(
      said,
      /^error: main\.ts:3:\d+: free threw ReferenceError: undefinedThing is not defined\n {6}at inner \(main\.ts:3:\d+\)\n {6}at free \(main\.ts:5:/
    )
  })

  it("throws: message, cause and stack at the user's lines", async () => {
    const { code, said } = await run("thrower")
    assert.strictEqual(code, 1)
    assert.include(
      said,
      "error: main.ts:7:9: thrower threw RangeError: too far\n      at thrower (main.ts:7:9)\n  Caused by Error: because\n      at thrower (main.ts:7:44)\n  → "
    )
  })

  it("throws what is no error", async () => {
    const { code, said } = await run("odd")
    assert.strictEqual(code, 1)
    assert.include(said, "error: odd threw {\"code\":7}\n")
  })

  it.each(["forever", "spin"])("never returns (%s): its time limit ends it", async (name) => {
    const { code, said } = await run(name, "--time", "2s")
    assert.strictEqual(code, 5)
    assert.strictEqual(
      said,
      `error: ${name} reached its time limit
  The function was still running after its time limit of 2 s
  → Set \`time\` in the cluster configuration to more, or find out what the function waits for.
`
    )
  })

  it("waits for what nothing can settle", async () => {
    const { code, said } = await run("pending")
    assert.strictEqual(code, 5)
    assert.include(said, "error: pending ended before it returned: The function's promise can never settle")
  })

  it("ends the process", async () => {
    const { code, said } = await run("exits")
    assert.strictEqual(code, 5)
    assert.include(said, "error: exits ended before it returned: The function ended the process with exit code 3")
  })

  it("returns what cannot be carried: where in the value", async () => {
    const { code, said } = await run("carries")
    assert.strictEqual(code, 5)
    assert.include(said, "error: The result of carries cannot be carried: $.a[0].b is the function b\n")
  })

  it("reads a data file that is not there: a warning, a package, an error at the line", async () => {
    const { code, said, stderr } = await run("missing")
    assert.strictEqual(code, 1)
    assert.include(
      stderr,
      "warning: main.ts:15:30: The data file data/none.csv is not there\n  The run will fail when it reads it.\n  → "
    )
    assert.match(said, /^error: main\.ts:15:30: missing threw Error: ENOENT: no such file or directory/)
  })

  it("prints more than a pipe holds: every line arrives, then the result", async () => {
    const { code, stdout } = await run("floods")
    assert.strictEqual(code, 0)
    const lines = stdout.trimEnd().split("\n")
    assert.deepStrictEqual([lines.length, lines.at(-2), lines.at(-1)], [200_001, "a line of the flood 199999", "1"])
  })
})
