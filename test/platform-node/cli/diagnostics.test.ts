/**
 * What the command says of a function that it could package: warnings and notes, and one line about statements.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeWorkbench, type Workbench } from "./command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "said", type: "module", dependencies: { tiny: "1.0.0" } }))
  bench.write(
    "package-lock.json",
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        "": { dependencies: { tiny: "1.0.0" } },
        "node_modules/tiny": { version: "1.0.0", integrity: "sha512-AA==" }
      }
    })
  )
  bench.write("node_modules/tiny/package.json", JSON.stringify({ name: "tiny", version: "1.0.0", main: "index.js" }))
  bench.write("node_modules/tiny/index.js", "module.exports = () => 7000")
  bench.write("node_modules/.package-lock.json", "{}")
  bench.write(
    "shapes.ts",
    `function Shape(this: any, side: number) { this.side = side }
Shape.prototype.area = function () { return this.side ** 2 }
Shape.prototype.twice = function () { return 2 * this.area() }
Shape.prototype.thrice = function () { return 3 * this.area() }
Shape.unit = 1
Shape.origin = [0, 0]
export function main() { return new (Shape as any)(3).thrice() }
`
  )
  bench.write("warned.ts", "export const main = (x: number) => x > 1000 ? missing : x\n")
  bench.write("plain.ts", "export const main = (x: number) => x + 1\n")
  bench.write("tiny.ts", `import tiny from "tiny"\nexport const main = () => tiny()\n`)
  bench.write(
    "listing.ts",
    `import { readdirSync } from "node:fs"\nexport const main = () => readdirSync("data").sort()\n`
  )
  bench.write(".gitignore", "data/*.csv\n")
  bench.write("data/README", "")
  bench.write("data/a.csv", "")
  bench.write("inputs.jsonl", "1\n2\n")
})

afterAll(() => bench.remove())

/** The lines before what every run says. */
const saidBy = async (...words: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await bench.run(words)
  assert.strictEqual(code, 0, stderr)
  return { lines: stderr.split("\n").filter((line) => line !== "" && !line.startsWith("✓")), stdout }
}

describe("clustrix run", () => {
  it("says nothing of a plain function", async () => {
    const { lines } = await saidBy("run", "plain.ts#main", "--args", "[1]")
    assert.deepStrictEqual(lines, [])
  })

  it("sums up certain statements in one line", async () => {
    const { lines, stdout } = await saidBy("run", "shapes.ts#main")
    assert.deepStrictEqual(lines, [
      "  2 statements that prepare what you use are included, 3 statements without effect on it are left out: clustrix explain shapes.ts#main lists them"
    ])
    assert.strictEqual(stdout.trim(), "27")
    const { stdout: explained } = await saidBy("explain", "shapes.ts#main")
    assert.match(explained, /^Kept\n(?: {2}shapes\.ts:\d:1 +.*\n){2}/m)
  })

  it("warns once, on standard error only", async () => {
    const { lines, stdout } = await saidBy("run", "warned.ts#main", "--args", "[1]")
    assert.strictEqual(lines.filter((line) => line.startsWith("warning:")).length, 1)
    assert.match(lines[0] ?? "", /^warning: warned\.ts:1:\d+: `missing` is defined nowhere$/)
    assert.strictEqual(stdout.trim(), "1")
  })

  it("warns of ignored files in a directory that is read", async () => {
    const { lines, stdout } = await saidBy("run", "listing.ts#main")
    assert.match(
      lines[0] ?? "",
      /^warning: listing\.ts:2:\d+: 1 file in data is ignored and not in the package: data\/a\.csv$/
    )
    assert.notInclude(stdout, "a.csv")
    const cured = await saidBy("run", "listing.ts#main", "--include", "data")
    assert.deepStrictEqual(cured.lines, [])
    assert.include(cured.stdout, "a.csv")
  })
})

describe("clustrix map", () => {
  it("says what packaging has to say", async () => {
    const { lines, stdout } = await saidBy("map", "warned.ts#main", "--inputs", "inputs.jsonl")
    assert.strictEqual(lines.filter((line) => line.startsWith("warning:")).length, 1)
    assert.strictEqual(stdout.trim().split("\n").length, 2)
  })
})

describe("clustrix package", () => {
  it("gives the diagnostics in its JSON, too", async () => {
    const { stdout } = await saidBy("package", "warned.ts#main", "--json")
    const document: unknown = JSON.parse(stdout)
    assert.nestedPropertyVal(document, "diagnostics[0].severity", "warning")
    assert.nestedPropertyVal(document, "diagnostics[0].code", "unresolved-name")
    assert.nestedPropertyVal(document, "diagnostics[0].location.line", 1)
  })

  it("warns of a patched package, and of vendored files nothing", async () => {
    const before = await saidBy("package", "tiny.ts#main")
    assert.deepStrictEqual(before.lines, [])
    Fs.mkdirSync(Path.join(bench.directory, "patches"))
    bench.write("patches/tiny+1.0.0.patch", "")
    const { lines } = await saidBy("package", "tiny.ts#main")
    assert.strictEqual(lines[0], "warning: tiny 1.0.0 is patched here by patches/tiny+1.0.0.patch")
    assert.include(lines.join("\n"), "dependencies \"vendor\"")
    assert.deepStrictEqual((await saidBy("package", "tiny.ts#main", "--dependencies", "vendor")).lines, [])
    Fs.rmSync(Path.join(bench.directory, "patches"), { recursive: true })
  })

  it("warns of an installed file that was edited", async () => {
    const file = Path.join(bench.directory, "node_modules/tiny/index.js")
    const later = Date.now() / 1000 + 60
    Fs.utimesSync(file, later, later)
    const { lines } = await saidBy("package", "tiny.ts#main")
    assert.strictEqual(lines[0], "warning: node_modules/tiny was changed after the installation: index.js")
  })
})
