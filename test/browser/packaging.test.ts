/**
 * Packages that are made in Chromium: the same bytes as on Node, and everything that is told of them.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { packageFunctionForExecution } from "clustrix/node"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import type { PackageOptionsInput } from "../../core/package/PackageOptions.ts"
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
}, 120_000)

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
    for (let seed = 0; seed < 30; seed += 1) {
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
