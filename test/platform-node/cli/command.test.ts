import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import { loadedWith, makeWorkbench, outcomeOf, type Workbench } from "./command.ts"

let bench: Workbench

const analysis = `import { double } from "./lib/numbers.ts"

const limit = 3

export function main(values: ReadonlyArray<number>, options: { readonly extra?: number } = {}): Array<number> {
  console.log("working")
  console.error("a word of warning")
  return [...values, ...(options.extra === undefined ? [] : [options.extra])].filter((x) => x < limit).map(double)
}

console.log(main([1]))
`

const others = `export function fails(): never {
  throw new TypeError("bad value", { cause: new RangeError("too far") })
}

export const unfinished = () => {
  process.stdout.write("no newline")
  return new Map([["a", 1]])
}

export const lost = () => missing(1)

export async function slow(): Promise<void> {
  console.log("ticking")
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}

export const carriesNothing = () => () => 1
export const variable = () => process.env["CLI_TEST_WORD"]
export class NotAFunction {}
`

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "cli-test", type: "module" }))
  bench.write("src/analysis.ts", analysis)
  bench.write("src/others.ts", others)
  bench.write("src/lib/numbers.ts", "const factor = 2\nexport const double = (x: number): number => x * factor\n")
  bench.write("src/broken.ts", "export function main( {\n")
})

afterAll(() => bench.remove())

const run = (...words: Array<string>) => bench.run(words)

/** One document and nothing else. */
const json = (text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text)
  assert.isObject(value)
  return Object.fromEntries(Object.entries(value ?? {}))
}

const packaged = async (...words: Array<string>) => {
  const { code, stdout } = await run("package", ...words, "--json")
  assert.strictEqual(code, 0)
  return Schema.decodeUnknownSync(PackageInfo)(JSON.parse(stdout))
}

describe("the start", () => {
  it("loads nothing of Effect or SWC for help, and nothing of SWC for inspect", () => {
    const start = ["main", "dispatch"].flatMap((name) => [
      ...loadedWith(bench.metafile, `platform-node/cli/${name}.ts`)
    ])
    assert.include(start, "platform-node/cli/CommandLine.ts")
    assert.isEmpty(start.filter((input) => /node_modules\/(effect|@effect|@swc)\//.test(input)))
    const inspect = [...loadedWith(bench.metafile, "platform-node/cli/commands/inspect.ts")]
    assert.include(inspect, "core/archive/OpenPackage.ts")
    assert.isEmpty(inspect.filter((input) => /@swc|core\/(graph|npm|package)\/|SwcParser/.test(input)))
  })

  it("prints help and version on standard output, without colours", async () => {
    const help = await run("--help")
    assert.deepStrictEqual([help.code, help.stderr], [0, ""])
    for (const name of ["package", "run", "explain", "inspect", "diff", "clean", "config", "Exit codes"]) {
      assert.include(help.stdout, name)
    }
    assert.notInclude(help.stdout, "\u001b")
    const version = await run("--version")
    const { version: expected } = json(Fs.readFileSync(new URL("../../../package.json", import.meta.url), "utf8"))
    assert.strictEqual(version.stdout, `${String(expected)}\n`)
    const one = await run("help", "run")
    assert.include(one.stdout, "--invocation FILE")
  })

  it("refuses what it does not know on standard error, with 2, and guesses", async () => {
    for (
      const [words, expected] of [
        [[], "Usage"],
        [["pakage", "a.ts#b"], "clustrix package"],
        [["package", "--jsn", "a.ts#b"], "--json"],
        [["package"], "FILE#NAME"],
        [["package", "a.ts"], "FILE#NAME"],
        [["run", "src/analysis.ts#main", "--args", "5"], "[5]"],
        [["run", "src/analysis.ts#main", "--args", "[x"], "JSON"],
        [["run", "src/analysis.ts#main", "--time", "soon"], "Expected a time such as 01:30:00"],
        [["run", "src/analysis.ts#main", "--time", "90"], "Expected a unit: 90s for seconds or 90m for minutes"],
        [["run", "src/analysis.ts#main", "--memory", "64"], "Expected a unit: 64MB or 64GB"],
        [["run", "some.zip"], "--invocation"],
        [["clean", "--older-than", "5"], "age"]
      ] as const
    ) {
      const { code, stderr, stdout } = await run(...words)
      assert.deepStrictEqual([code, stdout], [2, ""], words.join(" "))
      assert.include(stderr, expected)
    }
  })
})

describe("clustrix package", () => {
  it("says what went in, and leaves standard error alone when there is nothing to remark", async () => {
    const { code, stderr, stdout } = await run("package", "src/lib/numbers.ts#double")
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /ID +[0-9a-f]{16}\n/)
    assert.match(stdout, /src\/lib\/numbers\.ts +factor, double/)
    assert.notInclude(stdout, "\u001b")
  })

  it("prints the PackageInfo for machines, remarks apart from it", async () => {
    const { code, stderr, stdout } = await run("package", "src/others.ts#lost", "--json")
    assert.strictEqual(code, 0)
    const info = Schema.decodeUnknownSync(PackageInfo)(JSON.parse(stdout))
    assert.isTrue(Fs.existsSync(info.packagePath))
    assert.strictEqual(Path.dirname(info.packagePath), bench.packages)
    assert.match(stderr, /^warning: src\/others\.ts:10:27: .*missing/)
  })

  it("writes where --package-dir says", async () => {
    const other = Path.join(bench.directory, "other packages")
    const info = await packaged("src/lib/numbers.ts#double", "--package-dir", other)
    assert.strictEqual(Path.dirname(info.packagePath), other)
  })

  it("colours when it is told to, and not when NO_COLOR says so too", async () => {
    const words = ["package", "src/lib/numbers.ts#double"]
    assert.include((await bench.run(words, { FORCE_COLOR: "1" })).stdout, "\u001b[")
    assert.notInclude((await bench.run(words, { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout, "\u001b[")
  })

  it("tells what cannot be packaged with 3, where and what to do, and leaves nothing", async () => {
    const fresh = Path.join(bench.directory, "fresh")
    for (
      const [reference, expected] of [
        ["src/broken.ts#main", "1 | export function main( {"],
        ["src/none.ts#main", "src/none.ts"],
        ["src/analysis.ts#nope", "`main`"],
        ["src/others.ts#NotAFunction", "class"],
        ["node:fs#readFile", "Cannot get source"]
      ] as const
    ) {
      const { code, stderr, stdout } = await run("package", reference, "--package-dir", fresh)
      assert.deepStrictEqual([code, stdout], [3, ""], reference)
      assert.match(stderr, /^error: /)
      assert.include(stderr, expected)
      assert.include(stderr, "\n  → ")
      assert.notMatch(stderr, /\n\s+at /)
    }
    assert.isFalse(Fs.existsSync(fresh))
    const { code, stdout } = await run("package", "src/analysis.ts#nope", "--json")
    assert.strictEqual(code, 3)
    assert.deepInclude(json(stdout)["error"], { tag: "FunctionNotPackageableError", reason: "NoSuchExport" })
  })

  it("says 6 when the package directory is a file", async () => {
    const { code, stderr } = await run("package", "src/lib/numbers.ts#double", "--package-dir", "package.json")
    assert.strictEqual(code, 6)
    assert.include(stderr, "CLUSTRIX_PACKAGE_DIR")
  })

  it("logs every decision on standard error when CLUSTRIX_DEBUG_PACKAGING says so", async () => {
    const { stderr, stdout } = await bench.run(["package", "src/lib/numbers.ts#double", "--json"], {
      CLUSTRIX_DEBUG_PACKAGING: "1"
    })
    assert.match(stderr, /reached src\/lib\/numbers\.ts#factor: .*uses `factor`/)
    assert.match(stderr, /entry modules\/src\/lib\/numbers\.ts\.mjs 0644 \d+ bytes sha256 [0-9a-f]{64}/)
    json(stdout)
  })
})

describe("clustrix explain", () => {
  it("shows the chain from the function", async () => {
    const { code, stdout } = await run("explain", "src/analysis.ts#main", "factor")
    assert.strictEqual(code, 0)
    assert.match(stdout, /^src\/lib\/numbers\.ts#factor is in the package\n/)
    const at = ["src/analysis.ts#main ", "└─ src/lib/numbers.ts#double", "└─ src/lib/numbers.ts#factor"].map((part) =>
      stdout.indexOf(part)
    )
    assert.isTrue(at.every((position) => position > 0))
    assert.deepStrictEqual(at, [...at].sort((a, b) => a - b))
  })

  it("shows everything, and what was left out", async () => {
    const { code, stdout } = await run("explain", "src/analysis.ts#main")
    assert.strictEqual(code, 0)
    assert.match(stdout, /Left out\n +src\/analysis\.ts:11:1 /)
    const document = json((await run("explain", "src/analysis.ts#main", "--json")).stdout)
    assert.strictEqual(document["functionName"], "main")
  })

  it("says 1 for what is not there, with the nearest name", async () => {
    const { code, stderr, stdout } = await run("explain", "src/analysis.ts#main", "facter")
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.include(stderr, "Did you mean `factor`")
  })
})

describe("clustrix inspect", () => {
  it("verifies and shows a package, as text, as JSON, and file by file", async () => {
    const { digest, packagePath } = await packaged("src/analysis.ts#main")
    const { code, stdout } = await run("inspect", packagePath)
    assert.strictEqual(code, 0)
    assert.include(stdout, digest)
    assert.match(stdout, /0644 +\d+ B +modules\/src\/analysis\.ts\.mjs/)
    assert.strictEqual(json((await run("inspect", packagePath, "--json")).stdout)["digest"], digest)
    const manifest = await run("inspect", packagePath, "--file", "manifest.json")
    assert.include(manifest.stdout, "clustrix-package")
    const none = await run("inspect", packagePath, "--file", "manifest.jsn")
    assert.deepStrictEqual([none.code, none.stdout], [1, ""])
  })

  it("says 4 for a damaged package, for something else, and for nothing", async () => {
    const { packagePath } = await packaged("src/lib/numbers.ts#double")
    const bytes = Fs.readFileSync(packagePath)
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200)
    const damaged = Path.join(bench.directory, "damaged.zip")
    Fs.writeFileSync(damaged, bytes)
    for (const file of [damaged, "package.json", "none.zip", "."]) {
      const { code, stdout } = await run("inspect", file)
      assert.deepStrictEqual([code, stdout], [4, ""], file)
    }
  })

  it("is quiet when its reader goes away", async () => {
    const { packagePath } = await packaged("src/lib/numbers.ts#double")
    const child = bench.start(["inspect", packagePath])
    child.stdout?.destroy()
    const { stderr } = await outcomeOf(child)
    assert.strictEqual(stderr, "")
  })
})

describe("clustrix diff", () => {
  it("says 0 for equal packages and 1 with the difference for others", async () => {
    bench.write("src/changing.ts", "export const main = () => 1\n")
    const before = await packaged("src/changing.ts#main")
    bench.write("src/changing.ts", "export const main = () => 2\n")
    const after = await packaged("src/changing.ts#main")
    const differs = await run("diff", before.packagePath, after.packagePath)
    assert.strictEqual(differs.code, 1)
    assert.match(differs.stdout, /modules\/src\/changing\.ts\.mjs/)
    assert.match(differs.stdout, /^ *-.*1/m)
    assert.match(differs.stdout, /^ *\+.*2/m)
    const same = await run("diff", before.packagePath, before.packagePath, "--json")
    assert.strictEqual(same.code, 0)
    assert.strictEqual(json(same.stdout)["equal"], true)
  })
})

describe("clustrix run", () => {
  it("passes the function's output through and prints the result last", async () => {
    const { code, stderr, stdout } = await run(
      "run",
      "src/analysis.ts#main",
      "--args",
      "[[1, 2, 5]]",
      "--kwargs",
      "{\"extra\": 0}"
    )
    assert.deepStrictEqual([code, stdout], [0, "working\n[ 2, 4, 0 ]\n"])
    assert.include(stderr, "a word of warning\n")
    assert.match(stderr, /Packaged main: [0-9a-f]{16}/)
  })

  it("keeps standard output for the JSON alone", async () => {
    const { code, stderr, stdout } = await run("run", "src/analysis.ts#main", "--args", "[[1]]", "--json")
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(json(stdout)["value"], [2])
    assert.include(stderr, "working\n")
  })

  it("begins the result on a line of its own, and gives the value text where JSON ends", async () => {
    const { stdout } = await run("run", "src/others.ts#unfinished")
    assert.strictEqual(stdout, "no newline\nMap(1) { 'a' => 1 }\n")
    const machine = json((await run("run", "src/others.ts#unfinished", "--json")).stdout)
    assert.strictEqual(typeof machine["valueText"], "string")
    assert.notProperty(machine, "value")
  })

  it("shows what the function threw at the user's lines, with 1", async () => {
    const { code, stderr, stdout } = await run("run", "src/others.ts#fails")
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.match(
      stderr,
      /error: src\/others\.ts:2:\d+: fails threw TypeError: bad value\n +at fails \(src\/others\.ts:2:/
    )
    assert.include(stderr, "Caused by RangeError: too far")
    const lost = await run("run", "src/others.ts#lost", "--json")
    assert.strictEqual(lost.code, 1)
    assert.deepInclude(json(lost.stdout)["error"], { tag: "JobFailedError" })
  })

  it("says 5 when there is no result: out of time, or a value that cannot be carried", async () => {
    const late = await run("run", "src/others.ts#slow", "--time", "1s")
    assert.deepStrictEqual([late.code, late.stdout], [5, "ticking\n"])
    assert.include(late.stderr, "time limit")
    assert.strictEqual((await run("run", "src/others.ts#carriesNothing")).code, 5)
  })

  it("takes along the variables that are named, and says 2 for one that is not set", async () => {
    const words = ["run", "src/others.ts#variable", "--env", "CLI_TEST_WORD", "--json"]
    const { stdout } = await bench.run(words, { CLI_TEST_WORD: "hello" })
    assert.strictEqual(json(stdout)["value"], "hello")
    assert.strictEqual((await bench.run(words)).code, 2)
  })

  it("runs a ZIP with its invocation, and nothing else", async () => {
    const info = await packaged("src/analysis.ts#main", "--args", "[[1, 2]]")
    const { code, stdout } = await run("run", info.packagePath, "--invocation", info.invocationPath ?? "", "--json")
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(json(stdout)["value"], [2, 4])
    const wrong = await run("run", info.packagePath, "--invocation", "package.json")
    assert.strictEqual(wrong.code, 4)
    assert.strictEqual((await run("run", info.packagePath, "--invocation", "none.json")).code, 4)
  })

  it("cancels the job and says 130 on Ctrl-C", async () => {
    const child = bench.start(["run", "src/others.ts#slow"])
    const ended = outcomeOf(child)
    child.stdout?.once("data", () => child.kill("SIGINT"))
    const { code, stderr } = await ended
    assert.strictEqual(code, 130)
    const [, job = ""] = /Cancelled job (\S+)/.exec(stderr) ?? []
    const result = Path.join(bench.directory, ".state", "clustrix", "jobs", job, "result")
    assert.include(Fs.readFileSync(result, "utf8"), "cancelled")
  })
})

describe("clustrix clean", () => {
  it("tells first, then removes", async () => {
    const directory = Path.join(bench.directory, "old")
    await packaged("src/lib/numbers.ts#double", "--package-dir", directory)
    const words = ["clean", "--older-than", "0", "--package-dir", directory]
    const young = await run("clean", "--older-than", "1h", "--package-dir", directory)
    assert.match(young.stdout, /^Nothing to remove/)
    const dry = await run(...words, "--dry-run")
    assert.match(dry.stdout, /^Would remove 1 package \(3 files, /)
    assert.lengthOf(Fs.readdirSync(directory), 3)
    const { code, stdout } = await run(...words, "--json")
    assert.strictEqual(code, 0)
    assert.lengthOf(Object.values(json(stdout)["removed"] ?? {}), 3)
    assert.lengthOf(Fs.readdirSync(directory), 0)
  })
})
