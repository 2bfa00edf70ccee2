/**
 * Every script of the examples, run as it stands; what it prints is in `expected.txt` beside it, with `<...>` for what
 * may vary.
 */
import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, it, vi } from "@effect/vitest"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { format } from "node:util"
import { makeWorkbench } from "../platform-node/cli/command.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const examples = path.join(root, "examples")
const scripts = readdirSync(examples).sort().filter((name) => existsSync(path.join(examples, name, "script.ts")))

const environment = process.env
let scratch = ""
const printed: Array<string> = []

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-scripts-"))
})
beforeEach(() => {
  process.env = {
    ...environment,
    CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
    CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
    XDG_CACHE_HOME: path.join(scratch, "cache")
  }
  printed.length = 0
  for (const method of ["log", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((...values: ReadonlyArray<unknown>) => {
      printed.push(`${format(...values)}\n`)
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  process.env = environment
})
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

/** What differs between machines, and what Clustrix's own files weigh. */
const normalised = (text: string): string =>
  text
    .replaceAll(`${scratch}${path.sep}`, "<scratch>/")
    .replaceAll(/[0-9a-f]{64}/g, "<digest>")
    .replaceAll(/(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])/g, "<id>")
    .replaceAll(/\b\d{8}T\d{9}-[0-9a-f]{8}\b/g, "<job>")
    .replaceAll(/^(Size: |.*\b(?:execute|filesystem_utils)\.mjs .*?)[\d,]+ bytes/gm, "$1<size> bytes")

describe("the scripts of the examples", () => {
  it("are those that the original document has, a living function, many calls, and a trace", () =>
    assert.deepStrictEqual(scripts, [
      "automated-packaging",
      "cleanup",
      "complete-workflow",
      "custom-context",
      "debug-mode",
      "environment-variables",
      "error-handling",
      "external-packages",
      "filesystem-analysis",
      "inspection",
      "living-function",
      "local-dependencies",
      "many-calls",
      "opentelemetry",
      "simple-analysis"
    ]))

  for (const name of scripts) {
    it(name, async () => {
      await import(path.join(examples, name, "script.ts"))
      const expected = readFileSync(path.join(examples, name, "expected.txt"), "utf8")
      assert.strictEqual(normalised(printed.join("")), expected)
    })
  }
})

describe("README.md", () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8")
  const snippets = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => text)
  const files = readdirSync(path.join(examples, "readme")).sort().map((name) => path.join(examples, "readme", name))

  it("shows the programs of examples/readme and that of a page, and no other code", () =>
    assert.sameMembers(
      snippets,
      // test/browser runs the one of a page
      [...files, path.join(examples, "page/page.ts")].map((file) => readFileSync(file, "utf8"))
    ))

  for (const file of files) {
    it(`says what ${path.basename(file)} prints`, async () => {
      await import(file)
      const claimed = [...readFileSync(file, "utf8").matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) =>
        `${text}\n`
      )
      assert.isNotEmpty(claimed)
      assert.deepStrictEqual(printed, claimed)
    })
  }
})

describe("npm start", () => {
  it("prints what README.md says", async () => {
    const [, claimed = ""] =
      /^\$ npm ci && npm start\n(.*?)^```$/ms.exec(readFileSync(path.join(root, "README.md"), "utf8")) ?? []
    const bench = await makeWorkbench()
    const fn = path.join(root, "examples/local-dependencies/main.ts#mainAnalysis")
    const { code, stderr, stdout } = await bench.run(["run", fn, "--explain"])
    bench.remove()
    assert.strictEqual(code, 0)
    const stable = (text: string): string =>
      text.replaceAll(/(Started job) .*/g, "$1").replaceAll(/(Returned after) .*/g, "$1").trim()
    assert.strictEqual(stable(stderr + stdout), stable(claimed))
  })
})

describe("the links of the documents", () => {
  for (const document of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    it(document, () => {
      const links = [...readFileSync(path.join(root, document), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map((
        [, to = ""]
      ) => to)
      const broken = links.filter((to) =>
        !/^(https?:|#)/.test(to) && !existsSync(path.join(root, to.replace(/#.*$/, "")))
      )
      assert.deepStrictEqual(broken, [])
    })
  }
})
