/**
 * Packages run in Chromium: what they give there is what they give on Node, and they reach nothing.
 */
import { afterAll, assert, beforeAll, describe, it, vi } from "@effect/vitest"
import { run } from "clustrix/node"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { fromDescription } from "../../core/cluster/execute/RemoteError.ts"
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"
import { gave, threw } from "../behaviour/outcome.mjs"
import * as Chromium from "./Chromium.ts"
import * as Examples from "./Examples.ts"
import type { PageFiles, RunReport } from "./page/main.ts"
import * as TestPage from "./TestPage.ts"

let server: Chromium.Server
let chromium: Chromium.Chromium
let scratch = ""

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-browser-runs-"))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  server = await Chromium.serve(await TestPage.build())
  chromium = await Chromium.open(server.url)
  await chromium.page.evaluate(() => clustrix.load())
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  await server?.close()
  rmSync(scratch, { recursive: true, force: true })
})

const local = { clusterType: "local" } as const

type Call = Parameters<typeof clustrix.run>[2]

const inPage = (files: PageFiles, entry: string, call: Call = {}): Promise<RunReport> =>
  chromium.page.evaluate(([files, entry, call]) => clustrix.run(files, entry, call), [files, entry, call] as const)

const packageJson = { "package.json": `{ "name": "project", "type": "module" }` }

/** The value of a run of these modules; fails with what went wrong. */
const valueOf = async (files: PageFiles, call: Call = {}, entry = "main.ts#main"): Promise<unknown> => {
  const report = await inPage({ ...packageJson, ...files }, entry, call)
  if (report.text === undefined) throw new Error(JSON.stringify(report))
  return ValueText.decode(report.text)
}

const fixtures = fileURLToPath(new URL("../behaviour/fixtures/", import.meta.url))

/** A run in the words of the behaviour tests. */
const outcomeOf = (report: RunReport): unknown =>
  report.text !== undefined ? gave(ValueText.decode(report.text), report.printed)
    // The sandbox writes nothing else there
    : report.error !== undefined ? threw(fromDescription(report.error as Description, undefined).thrown, report.printed)
    : report

/** Fixtures that ask for what no page has, and what that is. */
const refused: ReadonlyMap<string, string> = new Map([
  ["a child process that is forked by its path", "node:child_process"],
  ["a function of the file system that promisify wraps", "node:util"],
  ["a require that an ES module makes for itself", "node:module"],
  ["a worker started with a module beside", "node:worker_threads"],
  ["listeners that hear what is emitted while the module loads", "node:events"]
])

const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)

describe("the fixtures of several modules do in a page what they do on Node", () => {
  const names = readdirSync(fixtures).sort().filter((name) =>
    readdirSync(path.join(fixtures, name), { recursive: true, encoding: "utf8" }).filter(isCode).length > 1
  )
  const at = 3
  for (let lane = 0; lane < at; lane += 1) {
    it.concurrent(`lane ${lane + 1} of ${at}`, async () => {
      for (const name of names.filter((_, index) => index % at === lane)) {
        const files = Examples.filesBelow(path.join(fixtures, name))
        const main = Object.keys(files).find((file) => /^main\.[cm]?tsx?$/.test(file)) ?? "main.ts"
        const report = await inPage({ ...packageJson, ...files }, `${main}#main`)
        const missing = refused.get(name)
        if (missing !== undefined) {
          // Said by name
          assert.strictEqual(report.status, "not-loaded", name)
          assert.include(report.message, `${missing} is not to be had in a page`, name)
          continue
        }
        const expected: unknown = JSON.parse(readFileSync(path.join(fixtures, name, "expected.json"), "utf8"))
        assert.deepStrictEqual(outcomeOf(report), expected, name)
      }
    }, 240_000)
  }
})

describe("the examples give in a page what they give on Node", () => {
  // `process.execPath` is a program of a machine
  for (const example of Examples.all.filter(({ entry }) => !entry.startsWith("environment-variables/"))) {
    const { args, entry, kwargs, options, pageEntry } = example
    it(`${entry} ${JSON.stringify(options)}`, async () => {
      const report = await inPage(example.files(), pageEntry, {
        args,
        kwargs,
        options,
        ...(example === Examples.vendored
          ? { files: Examples.filesBelow(path.join(Examples.directory, "external-packages")) } : {})
      })
      if (options.dependencies === undefined && entry.startsWith("external-packages/")) {
        assert.strictEqual(report.status, "not-loaded")
        assert.include(report.message, "The npm package csv-parse is not in this package")
        return
      }
      const node = await run(path.join(Examples.directory, entry), local, args, kwargs, options).then(
        (value) => gave(value),
        // The job's error says what the function threw
        (error: unknown) => threw(error instanceof Error ? error.cause : error)
      )
      assert.deepStrictEqual(outcomeOf({ ...report, printed: "" }), node)
    })
  }
})

describe("the program of examples/page", () => {
  it("prints what it says", async () => {
    const file = path.join(Examples.directory, "page/page.ts")
    const claimed = [...readFileSync(file, "utf8").matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text)
    const page = await chromium.context.newPage()
    const printed: Array<string> = []
    page.on("console", (message) => {
      if (message.type() === "log") printed.push(message.text())
    })
    await page.goto(server.url)
    await page.addScriptTag({ url: "/example/page.js", type: "module" })
    await vi.waitUntil(() => printed.length >= claimed.length || chromium.problems.length > 0, { timeout: 40_000 })
    await page.close()
    assert.deepStrictEqual([printed, chromium.problems], [claimed, []])
  })
})

describe("a run in a page", () => {
  it("ends what loops for ever", async () => {
    const report = await inPage(
      { ...packageJson, "main.ts": `export const main = () => { console.log("begun"); for (;;); }` },
      "main.ts#main",
      { timeLimitMillis: 3_000 }
    )
    assert.deepStrictEqual([report.status, report.printed], ["timed-out", "begun\n"])
    // The page goes on
    assert.strictEqual(await valueOf({ "main.ts": "export const main = () => 1" }), 1)
  })

  it("refuses every connection", async () => {
    const asked = server.asked.length
    const attempts: Readonly<Record<string, string>> = {
      fetch: "await fetch(url)",
      WebSocket:
        "await new Promise((resolve, reject) => { const s = new WebSocket(url.replace('http', 'ws')); s.onopen = resolve; s.onerror = () => reject(new Error('refused')) })",
      XMLHttpRequest:
        "await new Promise((resolve, reject) => { const x = new XMLHttpRequest(); x.open('GET', url); x.onload = resolve; x.onerror = () => reject(new Error('refused')); x.send() })",
      EventSource:
        "await new Promise((resolve, reject) => { const e = new EventSource(url); e.onopen = resolve; e.onerror = () => reject(new Error('refused')) })",
      importScripts: "importScripts(url)",
      import: "await (0, eval)(`import(${JSON.stringify(url)})`)",
      "import of data": "await (0, eval)(`import('data:text/javascript,export default 1')`)",
      "import by the program": "await import(url)",
      "a worker of its own":
        "await new Promise((resolve, reject) => { const w = new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}).then(() => postMessage(1), (e) => postMessage(0))`]))); w.onmessage = ({ data }) => data ? resolve(1) : reject(new Error('refused')); w.onerror = () => reject(new Error('refused')) })"
    }
    const body = Object.entries(attempts).map(([name, code]) =>
      `try { ${code}; through.push(${JSON.stringify(name)}) } catch { refused.push(${JSON.stringify(name)}) }`
    ).join("\n")
    const main = `export async function main(url: string) {
      const through: Array<string> = []
      const refused: Array<string> = []
      ${body}
      return { through, refused }
    }`
    const report = await inPage({ ...packageJson, "main.ts": main }, "main.ts#main", { args: [`${server.url}secret`] })
    const told = report.text === undefined ? report : ValueText.decode(report.text)
    assert.deepStrictEqual(told, { through: [], refused: Object.keys(attempts) })
    assert.include(report.refused.join(" "), server.url)
    assert.notInclude(server.asked.slice(asked), "/secret")
    // What was refused is told on the console of the page, too
    chromium.problems.length = 0
  })

  it("has nothing of the page", async () => {
    await chromium.page.evaluate(() => {
      localStorage.setItem("secret", "1")
      document.cookie = "secret=1"
    })
    const main = `export async function main() {
      const denied = async (attempt: () => unknown) => { try { await attempt(); return "allowed" } catch (error) { return "denied" } }
      return {
        document: typeof document, window: typeof window, parent: typeof parent, localStorage: typeof localStorage,
        origin: self.origin,
        indexedDB: await denied(() => new Promise((resolve, reject) => {
          const request = indexedDB.open("x"); request.onsuccess = resolve; request.onerror = () => reject(request.error) })),
        caches: await denied(() => caches.open("x"))
      }
    }`
    assert.deepStrictEqual(await valueOf({ "main.ts": main }), {
      document: "undefined",
      window: "undefined",
      parent: "undefined",
      localStorage: "undefined",
      origin: "null",
      indexedDB: "denied",
      caches: "denied"
    })
  })

  it("can be stopped", async () => {
    const status = await chromium.page.evaluate(async (files) => {
      const { zip } = await clustrix.packaging.package({ files, entry: "main.ts#main" })
      return clustrix.stopOnOutput(zip)
    }, { ...packageJson, "main.ts": `export const main = () => { console.log("begun"); for (;;); }` })
    assert.strictEqual(status, "cancelled")
  })

  it("has files that a program reads and writes, and tells what it left", async () => {
    const report = await inPage({
      ...packageJson,
      "data/in.txt": "one\ntwo\n",
      "main.ts": `
        import * as fs from "node:fs"
        import { mkdir, open, readFile, readdir, stat, writeFile } from "node:fs/promises"
        import * as path from "node:path"
        import { fileURLToPath, pathToFileURL } from "node:url"
        import { Buffer } from "node:buffer"
        export async function main() {
          const text = await readFile("data/in.txt", "utf8")
          await mkdir("out/deep", { recursive: true })
          await writeFile(path.join("out", "deep", "a.bin"), Buffer.from("c2Vj", "base64"))
          fs.appendFileSync("out/log", "x")
          const handle = await open("out/log", "a")
          await handle.write("y")
          await handle.close()
          const errors: Array<string> = []
          for (const attempt of [() => fs.readFileSync("none"), () => fs.readFileSync("out"), () => fs.mkdirSync("out"),
            () => fs.rmdirSync("out"), () => fs.readdirSync("out/log")]) {
            try { attempt() } catch (error) { errors.push((error as Error).message) }
          }
          return { text, errors, log: fs.readFileSync("out/log", "utf8"), size: (await stat("out/deep/a.bin")).size,
            list: await readdir("out", { recursive: true }), url: pathToFileURL("/a b#").href,
            back: fileURLToPath("file:///a%20b"), isBuffer: Buffer.isBuffer(fs.readFileSync("out/log")) }
        }`
    }, "main.ts#main")
    assert.deepStrictEqual(report.text === undefined ? report : ValueText.decode(report.text), {
      text: "one\ntwo\n",
      errors: [
        "ENOENT: no such file or directory, open 'none'",
        "EISDIR: illegal operation on a directory, read",
        "EEXIST: file already exists, mkdir 'out'",
        "ENOTEMPTY: directory not empty, rmdir 'out'",
        "ENOTDIR: not a directory, scandir 'out/log'"
      ],
      log: "xy",
      size: 3,
      list: ["deep", "deep/a.bin", "log"],
      url: "file:///a%20b%23",
      back: "/a b",
      isBuffer: true
    })
    assert.deepStrictEqual(report.written, ["out/deep/a.bin", "out/log"])
  })

  it("links as engines do: cycles, dead zones, live bindings, names that are not there", async () => {
    const files = {
      "main.ts": `
        import * as odd from "./odd.ts"
        import { early, count, increase } from "./even.ts"
        export const late = "late"
        export function main() {
          increase()
          return { early: early(), count, even: odd.isOdd(7), names: Object.keys(odd), tag: Object.prototype.toString.call(odd), own: late,
            same: (function (this: unknown) { return this })() === undefined }
        }`,
      "odd.ts": `
        import { isEven } from "./even.ts"
        export const isOdd = (n: number): boolean => n === 0 ? false : isEven(n - 1)
        export { isEven as other } from "./even.ts"`,
      "even.ts": `
        import { isOdd } from "./odd.ts"
        import { late } from "./main.ts"
        export let count = await Promise.resolve(1)
        export const increase = () => { count += 1 }
        let seen = ""
        try { seen = late } catch (error) { seen = (error as Error).name }
        export const early = () => seen
        export function isEven(n: number): boolean { return n === 0 ? true : isOdd(n - 1) }`
    }
    assert.deepStrictEqual(await valueOf(files), {
      early: "ReferenceError",
      count: 2,
      even: true,
      names: ["isOdd", "other"],
      tag: "[object Module]",
      own: "late",
      same: true
    })
  })

  it("fails at the lines of the source", async () => {
    const files = {
      ...packageJson,
      "main.ts": "// Types and remarks are not in the package\ninterface Row { readonly n: number }\n\n" +
        "import { check } from \"./check.ts\"\n\nexport const main = (row: Row = { n: -1 }): number =>\n  check(row.n)\n",
      "check.ts": "type N = number\n\n\nexport function check(n: N): N {\n" +
        "  if (n < 0) throw new RangeError(`${n} is below 0`)\n  return n\n}\n"
    }
    const stack = await chromium.page.evaluate(async (files) => {
      const entry = "main.ts#main"
      const { error } = await clustrix.run(files, entry)
      const stacks = [(error as { readonly stack: string }).stack]
      const [mapped = ""] = await clustrix.packaging.mapStacks({ files: clustrix.filesOf(files), entry, stacks })
      return mapped.split("\n").map((line) => line.trim())
    }, files)
    assert.deepStrictEqual(stack.map((line) => line.replace(/:\d+\)?$/, "")), [
      "RangeError: -1 is below 0",
      "at check (check.ts:5",
      "at main (main.ts:7"
    ])
  })

  it("says nothing bad on the console", () => assert.deepStrictEqual(chromium.problems, []))
})
