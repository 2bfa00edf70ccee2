/**
 * Packages that are made in Chromium: the same bytes as on Node, and everything that is told of them.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { packageFunctionForExecution } from "clustrix/node"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import * as Fixtures from "../identity/Fixtures.ts"
import { printProject } from "../identity/printProject.ts"
import * as ProjectModel from "../identity/ProjectModel.ts"
import * as Spelling from "../identity/Spelling.ts"
import * as Chromium from "./Chromium.ts"
import * as Examples from "./Examples.ts"
import type { PageFiles } from "./page/main.ts"
import * as TestPage from "./TestPage.ts"

let server: Chromium.Server
let chromium: Chromium.Chromium
let scratch = ""

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-browser-"))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
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

const inPage = (files: PageFiles, entry: string, options: PackageOptionsInput = {}) =>
  chromium.page.evaluate(
    ([files, entry, options]) => clustrix.pack(files, entry, options),
    [files, entry, options] as const
  )

const onNode = async (entry: string, options: PackageOptionsInput = {}) => {
  const info = await packageFunctionForExecution(entry, { clusterType: "local" }, [], {}, options)
  return { digest: info.digest, zip: readFileSync(info.packagePath).toString("base64") }
}

describe("a package made in Chromium has the bytes of the one made on Node", () => {
  for (const example of Examples.all) {
    it(`examples/${example.entry}`, async () => {
      const node = await onNode(path.join(Examples.directory, example.entry), example.options)
      const page = await inPage(example.files(), example.pageEntry, example.options)
      assert.strictEqual(page.digest, node.digest)
      assert.isTrue(page.zip === node.zip, "the ZIPs differ")
    })
  }

  it("of generated projects", async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const project = printProject(ProjectModel.generate(seed, 1 + seed % 14), Spelling.plain)
      const files = { "package.json": `{ "name": "project", "type": "module" }`, ...project.files }
      const directory = path.join(scratch, `generated-${seed}`)
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
        writeFileSync(path.join(directory, name), text)
      }
      const node = await onNode(path.join(directory, project.fn), project.options)
      const page = await inPage(files, project.fn, project.options)
      assert.strictEqual(page.digest, node.digest, `seed ${seed}`)
      assert.isTrue(page.zip === node.zip, `seed ${seed}: the ZIPs differ`)
    }
  })

  it("of every fixture, whose digests on Node are known", async () => {
    const golden = JSON.parse(readFileSync(new URL("../identity/golden.json", import.meta.url), "utf8")) as {
      readonly digests: Readonly<Record<string, string>>
    }
    const found: Record<string, string> = {}
    for (const [name, { files, fn, options }] of Fixtures.projects) {
      const all = { "package.json": `{ "name": "project", "type": "module" }`, ...files }
      found[name] = (await inPage(all, fn, options)).digest
    }
    assert.deepStrictEqual(found, golden.digests)
  })
})

describe("what the worker tells of a package", () => {
  const files = {
    "package.json": `{ "name": "project", "type": "module" }`,
    "data/table.csv": "a,b\n",
    "src/main.ts": `import { readFileSync } from "node:fs"
import { double } from "./numbers.ts"

const unused = 1
interface Row { readonly a: number }

/** Says it. */
export function main(row: Row): number {
  if (row.a > 1) return double(row.a)
  return readFileSync("data/table.csv", "utf8").length
}
export class Jobs { static run(n: number): number { return main({ a: n }) } }
`,
    "src/numbers.ts": "export const double = (n: number): number => n * factor\n\nconst factor: number = 2\n"
  }

  it("files with reasons, canonical modules, the graph, places both ways", async () => {
    const made = await inPage(files, "src/main.ts#main")
    assert.deepStrictEqual(made.files.map(({ path }) => path), ["data/data/table.csv", "execute.mjs", "metadata.json",
      "modules/src/main.ts.mjs", "modules/src/numbers.ts.mjs"])
    const numbers = made.files.find(({ source }) => source === "src/numbers.ts")
    assert.deepStrictEqual(numbers?.declarations, ["src/numbers.ts#double", "src/numbers.ts#factor"])
    assert.strictEqual(numbers?.why[0]?.because, "the function that was asked for")
    assert.isAbove(numbers?.compressedBytes ?? 0, 0)
    assert.strictEqual(
      made.modules.find(({ file }) => file === "src/numbers.ts")?.text,
      "const double = (n) => n * factor;\nconst factor = 2;\nexport { double };\n"
    )
    const factor = made.declarations.find(({ node }) => node === "src/numbers.ts#factor")
    assert.deepStrictEqual(factor?.range, {
      file: "src/numbers.ts",
      start: { line: 3, column: 7 },
      end: { line: 3, column: 25 }
    })
    assert.strictEqual(factor?.canonical?.file, "modules/src/numbers.ts.mjs")
    assert.deepStrictEqual([factor?.canonical?.start.line, factor?.canonical?.end.line], [2, 2])
    const main = made.declarations.find(({ node }) => node === "src/main.ts#main")?.canonical
    assert.deepStrictEqual([main?.start, main?.end], [{ line: 3, column: 1 }, { line: 8, column: 2 }])
    assert.deepStrictEqual(made.graph.nodes.filter(({ isEntry }) => isEntry).map(({ id }) => id), ["src/main.ts#main"])
    const edge = made.graph.edges.find(({ to }) => to === "src/numbers.ts#factor")
    assert.deepStrictEqual([edge?.from, edge?.because], ["src/numbers.ts#double", "`double` uses `factor`"])
    for (const { from, to } of made.graph.edges) {
      const ids = made.graph.nodes.map(({ id }) => id)
      assert.includeMembers(ids, [from, to])
    }
    assert.strictEqual(JSON.parse(made.metadataText).function_info.name, "main")
  })

  it("the functions that can be packaged", async () => {
    const { diagnostics, functions } = await chromium.page.evaluate(
      (files) => clustrix.packaging.functionsOf({ ...files, "src/broken.ts": "export const = 1" }),
      files
    )
    assert.deepStrictEqual(functions.map(({ exported, reference }) => [reference, exported]), [
      ["src/main.ts#main", true],
      ["src/main.ts#Jobs.run", true],
      ["src/numbers.ts#double", true]
    ])
    assert.deepStrictEqual(functions[0]?.parameters, ["row"])
    assert.deepStrictEqual(diagnostics.map(({ code, location, severity }) => [severity, code, location?.file]), [
      ["error", "SourceSyntaxError", "src/broken.ts"]
    ])
  })

  it("errors with the place, and explanations", async () => {
    const broken = await chromium.page.evaluate(async (files) => {
      const { explain, package: pack } = {
        explain: (what: string) => clustrix.packaging.explain({ files, entry: "src/main.ts#main", what }),
        package: (text: string) =>
          clustrix.packaging.package({ files: { ...files, "src/numbers.ts": text }, entry: "src/main.ts#main" })
      }
      const error = await pack("export const double = \n").catch((error: Record<string, unknown>) => error)
      const explained = await explain("factor")
      return {
        error: JSON.parse(JSON.stringify({ ...error })) as Record<string, unknown>,
        steps: explained.steps.map(({ node }) => node),
        dropped: await explain("unused").catch((error: { readonly tag: string }) => error.tag)
      }
    }, files)
    assert.deepInclude(broken.error, { _tag: "PackagingFailedError", tag: "SourceSyntaxError" })
    assert.deepInclude(broken.error["location"], { file: "src/numbers.ts" })
    assert.deepStrictEqual(broken.steps, ["src/main.ts#main", "src/numbers.ts#double", "src/numbers.ts#factor"])
    assert.strictEqual(broken.dropped, "NotExplainedError")
  })

  it("what is in a package, whoever made it, and what differs from another", async () => {
    const report = await chromium.page.evaluate(async (files) => {
      const { packaging } = clustrix
      const before = await packaging.package({ files, entry: "src/main.ts#main" })
      const edited = { ...files, "src/numbers.ts": files["src/numbers.ts"].replace("= 2", "= 3") }
      const after = await packaging.package({ files: edited, entry: "src/main.ts#main" })
      const inspected = await packaging.inspect(after.zip)
      const difference = await packaging.diff(before.zip, after.zip)
      const data = await packaging.read(after.zip, "data/data/table.csv")
      const damaged = after.zip.slice()
      damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1
      return {
        same: inspected.digest === after.digest,
        text: inspected.files.find(({ path }) => path === "modules/src/numbers.ts.mjs")?.text,
        data: new TextDecoder().decode(data),
        changed: difference.changed.map(({ path }) => path),
        lines: difference.changed[0]?.hunks?.[0]?.lines,
        again: (await packaging.package({ files, entry: "src/main.ts#main" })).digest === before.digest,
        damaged: await packaging.inspect(damaged).then(() => "opened", (error: { readonly tag: string }) => error.tag)
      }
    }, files)
    assert.deepStrictEqual(report, {
      same: true,
      text: "const double = (n) => n * factor;\nconst factor = 3;\nexport { double };\n",
      data: "a,b\n",
      changed: ["modules/src/numbers.ts.mjs"],
      lines: [" const double = (n) => n * factor;", "-const factor = 2;", "+const factor = 3;", " export { double };"],
      again: true,
      damaged: "PackageFormatError"
    })
  })

  it("the latest keystroke only, when another one follows at once", async () => {
    const results = await chromium.page.evaluate(async (files) => {
      const type = (digit: number) =>
        clustrix.packaging.package({
          files: { ...files, "src/numbers.ts": `export const double = (n: number) => n * ${digit}` },
          entry: "src/main.ts#main"
        }, { latest: "editor" }).then(
          ({ modules }) => modules.find(({ file }) => file === "src/numbers.ts")?.text,
          (error: { readonly _tag: string }) => error._tag
        )
      const aborted = new AbortController()
      const cancelled = clustrix.packaging.package({ files, entry: "src/main.ts#main" }, { signal: aborted.signal })
        .then(() => "made", (error: { readonly _tag: string }) => error._tag)
      aborted.abort()
      return [await cancelled, ...await Promise.all([1, 2, 3, 4].map(type))]
    }, files)
    assert.deepStrictEqual(results, ["SupersededError", "SupersededError", "SupersededError", "SupersededError",
      "const double = (n) => n * 4;\nexport { double };\n"])
  })

  it("that it was closed", async () => {
    const tags = await chromium.page.evaluate(async (files) => {
      const worker = clustrix.start()
      const tag = (error: { readonly _tag: string }) => error._tag
      // The parser is never loaded
      const waiting = worker.package({ files, entry: "src/main.ts#main" }).then(() => "made", tag)
      worker.close()
      return [await waiting, await worker.functionsOf(files).then(() => "listed", tag)]
    }, files)
    assert.deepStrictEqual(tags, ["WorkerFailedError", "WorkerFailedError"])
  })

  it("what was asked before the parser is loaded, once it is there; and why it cannot be", async () => {
    const answers = await chromium.page.evaluate(async (files) => {
      const worker = clustrix.start()
      const pack = () =>
        worker.package({ files, entry: "src/main.ts#main" }).then(
          ({ functionName }) => functionName,
          (error: { readonly tag: string }) => error.tag
        )
      const early = pack()
      const missing = await worker.load({ wasmUrl: "data:application/wasm,none" })
        .then(() => "loaded", (error: { readonly tag: string }) => error.tag)
      const refused = [await early, missing, await pack()]
      const waiting = pack()
      await worker.load({ wasmUrl: new URL("/swc.wasm", location.href) })
      const made = [await waiting, await pack()]
      worker.close()
      return [...refused, ...made]
    }, files)
    assert.deepStrictEqual(answers.slice(0, 3), ["ParserLoadError", "ParserLoadError", "ParserLoadError"])
    assert.deepStrictEqual(answers.slice(4), ["main"])
  })

  it("npm packages that are not there, by the lockfile", async () => {
    const { dependencies, diagnostics } = await chromium.page.evaluate(async () => {
      const lockfile = {
        name: "locked",
        lockfileVersion: 3,
        packages: {
          "": { name: "locked", dependencies: { "@scope/first": "^1.0.0" } },
          "node_modules/@scope/first": {
            version: "1.2.3",
            integrity: "sha512-Zmlyc3Q=",
            dependencies: { second: "^2.0.0" }
          },
          "node_modules/second": { version: "2.0.1", integrity: "sha512-c2Vjb25k" }
        }
      }
      const files = {
        "package.json": JSON.stringify({ name: "locked", type: "module", dependencies: { "@scope/first": "^1.0.0" } }),
        "package-lock.json": JSON.stringify(lockfile),
        "main.ts": `import { one } from "@scope/first/part.js"\nexport const main = () => one`
      }
      const { dependencies, diagnostics } = await clustrix.packaging.package({ files, entry: "main.ts#main" })
      const unknown = await clustrix.packaging.package({
        files: { ...files, "main.ts": `import { one } from "third"\nexport const main = () => one` },
        entry: "main.ts#main"
      }).then(() => "made", (error: { readonly tag: string }) => error.tag)
      return { dependencies, diagnostics: [...diagnostics.map(({ code }) => code), unknown] }
    })
    assert.deepStrictEqual(dependencies.map(({ name, version }) => `${name} ${version}`), [
      "@scope/first 1.2.3",
      "second 2.0.1"
    ])
    assert.deepStrictEqual(diagnostics, ["PackageFromLockfile", "UnresolvedImportError"])
  })

  it("nothing bad on the console", () => assert.deepStrictEqual(chromium.problems, []))
})
