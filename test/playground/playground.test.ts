/**
 * The playground as it is built, in a real Chromium: the IDs are those of Node, a link has all of it, and nothing is sent.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { packageFunctionForExecution } from "clustrix/node"
import { randomBytes } from "node:crypto"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import * as Chromium from "../browser/Chromium.ts"
import { access } from "./Access.ts"
import { deploying } from "./Deploying.ts"
import { firefox } from "./Firefox.ts"
import { keeping } from "./Keeping.ts"
import { responding } from "./Responding.ts"
import * as Site from "./Site.ts"
import { states } from "./States.ts"
import * as Visit from "./Visit.ts"

const example = fileURLToPath(new URL("../../examples/local-dependencies", import.meta.url))

let site: Site.Site
let chromium: Chromium.Chromium
let scratch = ""

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-playground-test-"))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  site = await Site.open()
  chromium = await Chromium.open(site.server.url, { viewport: { width: 1440, height: 900 } })
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  await site?.close()
  rmSync(scratch, { recursive: true, force: true })
})

const onNode = async (directory: string) => {
  const info = await packageFunctionForExecution(path.join(directory, "main.ts#mainAnalysis"), { clusterType: "local" })
  return { packageId: info.packageId, zip: readFileSync(info.packagePath) }
}

/** Puts a text in the place of the open file's. */
const write = async (text: string): Promise<void> => {
  await chromium.page.locator(".editor .cm-content").click()
  await chromium.page.keyboard.press("Control+a")
  await chromium.page.keyboard.insertText(text)
}

/** What the system does when somebody drops a file or a folder. */
const drop = async (...files: ReadonlyArray<string>): Promise<void> => {
  const { context, page } = chromium
  const session = await context.newCDPSession(page)
  const event = { x: 400, y: 400, data: { items: [], files: [...files], dragOperationsMask: 1 } }
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...event })
  }
  await session.detach()
}

const change = () => chromium.page.locator(".change")

const openFile = (name: string): Promise<void> =>
  chromium.page.locator(".tree .file").filter({ hasText: name }).first().click()

describe("the playground", () => {
  it("shows the ID that Node gives the same files, below any path, with less than 250 kB of the page's JavaScript", async () => {
    assert.strictEqual(await Site.packageId(chromium.page), (await onNode(example)).packageId)
    const asked = [...new Set(site.server.asked)]
    assert.deepStrictEqual(asked.filter((each) => !each.startsWith("/below/a/path/")), [])
    const compressed = (names: ReadonlyArray<string>): number =>
      names.map((each) => gzipSync(readFileSync(path.join(site.directory, each.slice("/below/a/path/".length)))).length)
        .reduce((sum, each) => sum + each, 0)
    const scripts = asked.filter((each) => each.endsWith(".js"))
    // The packaging worker, which comes after the first paint
    const worker = scripts.filter((each) => /\/main-[^/]*$/.test(each))
    // What comes after the first package: types, and what is kept for visits without a network
    const first = scripts.findIndex((each) => each.includes("/typeWorker-") || each.endsWith("/sw.js"))
    const page = scripts.slice(0, first === -1 ? undefined : first).filter((each) => !worker.includes(each))
    assert.isBelow(scripts.findIndex((each) => page.includes(each)), scripts.findIndex((each) => worker.includes(each)))
    assert.isAbove(compressed(page), 50_000)
    assert.isBelow(compressed(page), 250_000)
    assert.isAbove(compressed(worker), 50_000)
    assert.isBelow(compressed(worker), 400_000)
  })

  it("tells at every edit whether the ID changed, and why; the new one is Node's", async () => {
    const { page } = chromium
    const before = await Site.packageId(page)
    const text = readFileSync(path.join(example, "main.ts"), "utf8")
    await write(`// A remark\n${text}`)
    await change().filter({ hasText: "Unchanged" }).waitFor()
    assert.strictEqual(await Site.packageId(page), before)

    const edited = text.replace("sum + x", "sum - x")
    await page.getByRole("button", { name: "Pin" }).click()
    await write(edited)
    const after = await Site.packageId(page, (id) => id !== before)
    await change().filter({ hasText: "Changed against the pinned one" }).waitFor()
    // What differs is known a little later than that something does
    await page.locator(".change[title*=differs]").waitFor()
    assert.match(await change().getAttribute("title") ?? "", /modules\/main\.ts\S*mjs differs in \d+ lines/)
    const directory = path.join(scratch, "edited")
    cpSync(example, directory, { recursive: true })
    writeFileSync(path.join(directory, "main.ts"), edited)
    assert.strictEqual(after, (await onNode(directory)).packageId)

    await Site.tab(page, "Compare")
    await page.locator(".difference [data-sign='+']").filter({ hasText: "sum - x" }).first().waitFor()
    await page.getByRole("button", { name: "Unpin" }).click()
  })

  it("loses nothing of what is typed while it packages", async () => {
    const { page } = chromium
    const before = await page.locator(".editor .cm-line").count()
    await page.locator(".editor .cm-content").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("// what is typed fast, and stays")
    await page.locator(".editor .cm-line").last().filter({ hasText: /^\/\/ what is typed fast, and stays$/ }).waitFor()
    assert.strictEqual(await page.locator(".editor .cm-line").count(), before)
    await page.keyboard.press("Control+z")
  })

  it("has all of it in its link, which runs nothing", async () => {
    const id = await Site.packageId(chromium.page)
    const link = await Visit.share(chromium.page)
    const other = await Chromium.open(link)
    try {
      assert.strictEqual(await Site.packageId(other.page), id)
      assert.include(await other.page.locator(".editor .cm-content").textContent() ?? "", "sum - x")
      assert.strictEqual(await other.page.getByRole("tab", { selected: true }).textContent(), "Compare")
      await Site.tab(other.page, "Run")
      assert.strictEqual(await other.page.locator(".outcome, .output, iframe").count(), 0)
      // A damaged one is refused with a reason
      await other.page.goto("about:blank")
      await other.page.goto(`${link.slice(0, link.indexOf("#"))}#1.${"A".repeat(20)}`)
      await other.page.getByRole("alert").filter({ hasText: "The link cannot be opened" }).waitFor()
      assert.deepStrictEqual(other.problems, [])
    } finally {
      await other.close()
    }
  })

  it("has the options and the pinned package in its link, and says when it is long", async () => {
    const { page } = chromium
    const packages = path.join(scratch, "with-options")
    cpSync(example, packages, { recursive: true })
    await page.getByRole("combobox", { name: "Example" }).selectOption("local-dependencies")
    const plain = (await onNode(example)).packageId
    await Site.packageId(page, (id) => id === plain)
    await page.getByRole("button", { name: "Pin" }).click()
    await page.getByRole("button", { name: "Options" }).click()
    await page.getByLabel("Data files to add, globs, one a line").fill("input/*.txt\n")
    await page.getByRole("button", { name: "Use them" }).click()
    const options = { include: ["input/*.txt"] }
    const info = await packageFunctionForExecution(
      path.join(packages, "main.ts#mainAnalysis"),
      { clusterType: "local" },
      [],
      {},
      options
    )
    await Site.packageId(page, (id) => id === info.packageId)
    const edited = `${readFileSync(path.join(example, "numbers.ts"), "utf8")}\n// after the pin\n`
    await openFile("numbers.ts")
    await write(edited)
    const other = await Chromium.open(await Visit.share(page))
    try {
      assert.strictEqual(await Site.packageId(other.page), info.packageId)
      await other.page.getByRole("button", { name: "Unpin" }).waitFor()
      await other.page.locator(".change").filter({ hasText: "Changed against the pinned one" }).waitFor()
      await Site.tab(other.page, "Compare")
      await other.page.getByRole("combobox", { name: "Before" }).filter({ hasText: `Pinned: ${plain}` }).waitFor()
      assert.deepStrictEqual(other.problems, [])
    } finally {
      await other.close()
    }
    // Nothing compresses it
    await write(`${edited}// ${randomBytes(8_000).toString("base64")}\n`)
    await page.getByRole("status").filter({ hasText: /The link has [\d,]+ characters: some programs cut it/ }).waitFor()
    await page.getByRole("button", { name: "Unpin" }).click()
    await page.getByRole("combobox", { name: "Example" }).selectOption("simple-analysis")
    await page.getByRole("combobox", { name: "Example" }).selectOption("local-dependencies")
    await Site.packageId(page, (id) => id === plain)
    await page.getByRole("status").filter({ hasText: "some programs cut it" }).waitFor({ state: "detached" })
  })

  it("shows a syntax error where it is, and goes on with the next edit", async () => {
    const { page } = chromium
    await write("export function mainAnalysis( {")
    await page.locator(".cm-lint-marker-error").first().waitFor()
    await Site.tab(page, "Diagnostics")
    await page.locator(".remarks [data-severity=error]").first().waitFor()
    await change().filter({ hasText: "No package" }).waitFor()
    await write(readFileSync(path.join(example, "main.ts"), "utf8"))
    await page.locator(".cm-lint-marker-error").waitFor({ state: "detached" })
  })

  it("gives the ZIP of Node, and opens it again", async () => {
    const { page } = chromium
    const node = await onNode(example)
    await Site.packageId(page, (id) => id === node.packageId)
    await Site.tab(page, "Contents")
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click()
    ])
    const file = path.join(scratch, download.suggestedFilename())
    await download.saveAs(file)
    assert.isTrue(readFileSync(file).equals(node.zip), "the ZIPs differ")

    await Site.tab(page, "Compare")
    await page.getByLabel("ZIP of a package").setInputFiles(file)
    const opened = page.getByRole("region", { name: /^Package clustrix_package_/ })
    await opened.getByText("every byte is verified").waitFor()
    assert.strictEqual(await opened.locator(".id").textContent(), node.packageId)
    await opened.getByRole("button", { name: "metadata.json" }).click()
    await opened.getByText("external_packages").first().waitFor()

    writeFileSync(file, node.zip.subarray(0, 2_000))
    await page.getByLabel("ZIP of a package").setInputFiles(file)
    await page.getByRole("alert").filter({ hasText: "is no package" }).waitFor()
  })

  it("tells in the graph why something is here, and leads to its source and back", async () => {
    const { page } = chromium
    await Site.tab(page, "Graph")
    await page.getByRole("button", { name: "declaration numbers.ts#factor" }).press("Enter")
    await page.locator(".why li").filter({ hasText: "helperFunction" }).first().waitFor()
    assert.strictEqual(await page.locator(".editor .path").textContent(), "numbers.ts")
    await page.locator(".editor .cm-chosen").first().waitFor()
    await Site.tab(page, "Modules")
    await page.locator(".panel .cm-chosen").first().waitFor()
    await openFile("main.ts")
    await page.locator(".editor .cm-line").filter({ hasText: "return results" }).click()
    await page.locator(".panel .cm-chosen").filter({ hasText: "return results" }).waitFor()
  })

  it("runs the package in the sandbox with the files, and stops what does not end", async () => {
    const { page } = chromium
    await Site.tab(page, "Run")
    await page.getByRole("button", { name: "Run", exact: true }).click()
    await page.locator(".outcome[data-status=returned]").waitFor()
    assert.strictEqual((await page.locator(".outcome pre").textContent() ?? "").replaceAll(/\s/g, ""), "[12,20,30]")

    const first = await Site.packageId(page)
    await write("export function mainAnalysis() {\n  return new Map([[\"a\", new Set([1n, undefined])]])\n}")
    await Site.packageId(page, (id) => id !== first)
    await page.getByRole("button", { name: "Run", exact: true }).click()
    await page.locator(".outcome pre").filter({ hasText: "Map {" }).waitFor()
    assert.strictEqual(
      (await page.locator(".outcome pre").textContent() ?? "").replaceAll(/\s/g, ""),
      "Map{\"a\"=>Set{1n,undefined,},}"
    )

    const before = await Site.packageId(page)
    await write("export function mainAnalysis(name: string) {\n  console.log(`for ${name}`)\n  for (;;);\n}")
    await Site.packageId(page, (id) => id !== before)
    await page.getByLabel("Arguments, a JSON array").fill("[\"ada\"")
    await page.getByRole("button", { name: "Run", exact: true }).click()
    await page.getByRole("alert").filter({ hasText: "This is no JSON" }).waitFor()
    await page.getByLabel("Arguments, a JSON array").fill("[\"ada\"]")
    await page.getByLabel("Time limit, seconds").fill("2")
    await page.getByRole("button", { name: "Run", exact: true }).click()
    await page.locator(".outcome[data-status=timed-out]").waitFor()
    assert.strictEqual(await page.locator(".output").textContent(), "for ada\n")
  })

  it("shows where in the source a run failed", async () => {
    const { page } = chromium
    const before = await Site.packageId(page)
    await write(
      "interface Row {\n  readonly n: number\n}\n\nexport function mainAnalysis(row: Row): number {\n" +
        "  throw new RangeError(`${row} is no row`, { cause: new Error(\"none\") })\n}"
    )
    await Site.packageId(page, (id) => id !== before)
    await page.getByRole("button", { name: "Run", exact: true }).click()
    const outcome = page.locator(".outcome[data-status=threw] pre")
    await outcome.filter({ hasText: "at mainAnalysis (main.ts:6:9)" }).waitFor()
    assert.match(await outcome.textContent() ?? "", /caused by Error: none\n\s+at mainAnalysis \(main\.ts:6:/)
    await page.getByLabel("Arguments, a JSON array").fill("[]")
  })

  it("makes, renames and removes files, and opens a folder", async () => {
    const { page } = chromium
    await page.getByRole("button", { name: "New" }).click()
    await page.getByLabel("Path").fill("main.ts")
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("alert").filter({ hasText: "There is a file main.ts already" }).waitFor()
    await page.getByLabel("Path").fill("src/more.ts")
    await page.getByLabel("Path").press("Enter")
    await write("export const more = () => 1")
    await page.getByRole("button", { name: "Rename" }).click()
    await page.getByLabel("Path").fill("src/less.ts")
    await page.getByLabel("Path").press("Enter")
    await page.locator(".path").filter({ hasText: "src/less.ts" }).waitFor()
    await page.getByRole("combobox", { name: "Function" }).selectOption("src/less.ts#more")
    await page.getByRole("button", { name: "Delete" }).click()
    await page.locator(".tree .file").filter({ hasText: "less.ts" }).waitFor({ state: "detached" })

    const folder = path.join(scratch, "folder")
    mkdirSync(path.join(folder, "src"), { recursive: true })
    writeFileSync(path.join(folder, "package.json"), `{ "name": "folder", "type": "module" }`)
    writeFileSync(path.join(folder, "src/only.ts"), "export const only = (): number => 2")
    const before = await page.locator(".identity .id").textContent()
    await page.getByLabel("Folder", { exact: true }).setInputFiles(folder)
    const info = await packageFunctionForExecution(path.join(folder, "src/only.ts#only"), { clusterType: "local" })
    assert.strictEqual(await Site.packageId(page, (id) => id !== before), info.packageId)
  })

  it("takes a folder, files and the ZIP of a package that are dropped", async () => {
    const { page } = chromium
    const folder = path.join(scratch, "dropped")
    mkdirSync(path.join(folder, "lib"), { recursive: true })
    mkdirSync(path.join(folder, ".git"))
    writeFileSync(path.join(folder, ".git/config"), "")
    writeFileSync(path.join(folder, "lib/added.ts"), "export const added = () => 3")
    writeFileSync(path.join(folder, "bytes.bin"), Uint8Array.of(0, 255, 254))
    await drop(folder)
    for (const name of ["added.ts", "bytes.bin"]) {
      await page.locator(".tree .file").filter({ hasText: name }).waitFor()
    }
    await page.getByRole("heading", { name: "dropped/lib/" }).waitFor()
    assert.strictEqual(await page.locator(".tree .file").filter({ hasText: "config" }).count(), 0)
    await page.getByRole("combobox", { name: "Function" }).selectOption("dropped/lib/added.ts#added")

    const file = path.join(scratch, "dropped.zip")
    const node = await onNode(example)
    writeFileSync(file, node.zip)
    await drop(file)
    const opened = page.getByRole("region", { name: "Package dropped.zip" })
    await opened.getByText("every byte is verified").waitFor()
    assert.strictEqual(await opened.locator(".id").textContent(), node.packageId)
  })

  it("has examples, whose IDs are those of Node", async () => {
    const { page } = chromium
    const choice = page.getByRole("combobox", { name: "Example" })
    const examples = fileURLToPath(new URL("../../examples/", import.meta.url))
    const pageExamples = fileURLToPath(new URL("../../playground/examples/", import.meta.url))
    const names = await choice.locator("option").evaluateAll((all) => all.map((each) => each.getAttribute("value")))
    assert.includeMembers(names, ["external-packages", "many-calls", "http-service"])
    // The one that is there already comes last
    let before = await Site.packageId(page)
    for (const name of [...names.slice(1), ...names.slice(0, 1)]) {
      if (name === null || name === "") continue
      await choice.selectOption(name)
      const packageId = await Site.packageId(page, (id) => id !== before)
      const entry = await page.getByRole("combobox", { name: "Function" }).inputValue()
      const info = await packageFunctionForExecution(
        path.join(existsSync(path.join(examples, name)) ? examples : pageExamples, name, entry),
        { clusterType: "local" }
      )
      assert.strictEqual(packageId, info.packageId, name)
      before = packageId
    }
  })

  it("has no violations of accessibility, wide and narrow, light and dark", async () => {
    const { page } = chromium
    await page.getByRole("combobox", { name: "Example" }).selectOption("local-dependencies")
    const { packageId } = await onNode(example)
    await Site.packageId(page, (id) => id === packageId)
    const found: Array<string> = []
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 })
      for (const colours of ["light", "dark"]) {
        const toggle = page.getByRole("button", { name: `Use ${colours} colours` })
        if (await toggle.count() > 0) await toggle.click()
        if (width === 390) await page.getByRole("button", { name: "Package", exact: true }).click()
        for (const name of ["Contents", "Graph", "Modules", "Metadata", "Diagnostics", "Compare", "Run", "Deploy"]) {
          await Site.tab(page, name)
          if (name === "Graph") await page.locator(".node").first().waitFor()
          await Site.settled(page)
          found.push(...(await Site.violations(page)).map((each) => `${width} ${colours} ${name}: ${each}`))
        }
        await page.getByRole("button", { name: "Options" }).click()
        found.push(...(await Site.violations(page)).map((each) => `${width} ${colours} Options: ${each}`))
        await page.getByRole("button", { name: "Cancel" }).click()
        for (const pane of width === 390 ? ["Files", "Code"] : []) {
          await page.getByRole("button", { name: pane, exact: true }).click()
          found.push(...(await Site.violations(page)).map((each) => `${width} ${colours} ${pane}: ${each}`))
        }
        const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        assert.isFalse(isWider, `the page is wider than ${width} pixels`)
      }
    }
    assert.deepStrictEqual(found, [])
  })

  it("says nothing bad on the console", () => assert.deepStrictEqual(chromium.problems, []))
})

states(() => site)
keeping(() => site)
responding(() => site)
access(() => site)
firefox(() => site)
deploying(() => site)
