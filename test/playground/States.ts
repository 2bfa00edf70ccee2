/**
 * What is shown and can be done belongs to exactly the text that is shown. A suite of playground.test.ts.
 */
import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Site from "./Site.ts"
import * as Visit from "./Visit.ts"

/** Modules of some size, so that packaging takes long enough to be caught at it. */
const many = (count: number): Visit.Files => ({
  "package.json": Visit.manifest,
  ...Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `m${index}.ts`,
      `${index + 1 < count ? `import { f${index + 1} } from "./m${index + 1}.ts"\n` : ""}` +
      `export const f${index} = (n: number): number => ${index + 1 < count ? `f${index + 1}(n) + ${index}` : "n"}\n` +
      Array.from(
        { length: 30 },
        (_, line) => `export const g${line} = (x: number): number => x * ${line} + f${index}(x)\n`
      ).join("")
    ])
  ),
  "main.ts": `import { f0 } from "./m0.ts"\nexport const main = (): number => f0(1)\n`
})

export const states = (siteOf: () => Site.Site): void => {
  describe("the state of the page", () => {
    const visit = async (state: Visit.State | undefined, use: (visit: Visit.Visit) => Promise<void>): Promise<void> => {
      const opened = await Visit.open(siteOf(), state)
      try {
        await use(opened)
        assert.deepStrictEqual(opened.problems, [])
      } finally {
        await opened.close()
      }
    }

    it("has nothing to run, save or pin while the text has a syntax error", () =>
      visit(Visit.one("export const main = () => 'old'"), async ({ page }) => {
        await Site.packageId(page)
        await Visit.write(page, "export const main = ( => 'new'")
        await Visit.noPackage(page, /main\.ts:1:/)
        assert.isFalse(await Visit.isIdShown(page))
        assert.isTrue(await Visit.run(page).isDisabled())
        assert.isTrue(await page.getByRole("button", { name: "Pin" }).isDisabled())
        await page.keyboard.press("Control+Enter")
        await page.getByRole("alert").filter({ hasText: "There is no package to run" }).waitFor()
        assert.strictEqual(await page.locator(".outcome").count(), 0)
        for (const tab of ["Contents", "Graph", "Modules", "Metadata"]) {
          await Site.tab(page, tab)
          await page.getByRole("region", { name: "No package" }).waitFor()
          assert.strictEqual(await page.getByRole("button", { name: "Download" }).count(), 0)
        }
        await Visit.write(page, "export const main = () => 'right'")
        await Site.packageId(page)
        await Visit.run(page).click()
        await page.locator(".outcome pre").filter({ hasText: "right" }).waitFor()
      }))

    it(
      "runs what is shown, also when the button is pressed while it is packaged",
      () =>
        visit({ files: many(120) }, async ({ page }) => {
          const before = await Site.packageId(page)
          await Visit.write(
            page,
            "import { f0 } from \"./m0.ts\"\nexport const main = (): number => f0(1) * 0 + 4242\n"
          )
          // In the same moment: nobody knows the package yet
          await page.evaluate(() => document.querySelector<HTMLButtonElement>(".run")?.click())
          assert.notStrictEqual(await page.locator(".identity .id").textContent(), before)
          await page.locator(".outcome").waitFor()
          assert.strictEqual(await Visit.value(page), "4242")
        }),
      240_000
    )

    it("marks a result that is of another text or other arguments", () =>
      visit(Visit.one("export const main = (n = 1) => n * 2"), async ({ page }) => {
        await Site.packageId(page)
        await Visit.run(page).click()
        await page.locator(".latest[data-stale=false] .outcome").waitFor()
        await Visit.write(page, "export const main = (n = 1) => n * 3")
        await page.locator(".latest[data-stale=true]").getByText("This is of an earlier text").waitFor()
        await Visit.write(page, "// The same as before\nexport const main = (n = 1) => n * 2")
        await page.locator(".latest[data-stale=false]").waitFor()
        await page.getByLabel("Arguments, a JSON array").fill("[4]")
        await page.locator(".latest[data-stale=true]").waitFor()
        await Visit.run(page).click()
        await page.locator(".latest[data-stale=false] .outcome").waitFor()
        assert.strictEqual(await Visit.value(page), "8")
      }))

    it("says that there is no function, or no file", async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "clustrix-states-"))
      try {
        mkdirSync(path.join(folder, "project"))
        writeFileSync(path.join(folder, "project/package.json"), Visit.manifest)
        writeFileSync(path.join(folder, "project/a.ts"), "export const a = 1\n")
        await visit(undefined, async ({ page }) => {
          await Site.packageId(page)
          await page.getByLabel("Folder", { exact: true }).setInputFiles(path.join(folder, "project"))
          await Visit.noPackage(page, /there is no function in this project/)
          assert.isFalse(await Visit.isIdShown(page))
          await Site.tab(page, "Contents")
          await page.getByRole("region", { name: "No package" }).waitFor()
          assert.isTrue(await Visit.run(page).isDisabled())
          await page.getByRole("button", { name: "Delete" }).click()
          await page.getByRole("button", { name: "Delete" }).click()
          await Visit.noPackage(page, /there are no files in this project/)
        })
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
      await visit({ files: {}, entry: "", open: "" }, ({ page }) => Visit.noPackage(page, /there are no files/))
      await visit(
        { files: { "notes.md": "# Notes\n" }, entry: "", open: "" },
        ({ page }) => Visit.noPackage(page, /there is no function/)
      )
    })

    it("refuses links that are none, and goes on with a project", async () => {
      const wrong: ReadonlyArray<readonly [fragment: string, why: RegExp]> = [
        ["#1.AAAA", /cannot be opened/],
        ["#9.AAAA", /version 9/],
        ["#nonsense", /has not the form/],
        [Visit.fragment({ files: { "../a.ts": "" } }), /leads out of the project/],
        [Visit.fragment({ files: { a: "", "a/b.ts": "" } }), /a is a file/],
        [Visit.fragment({ files: { "a/b.ts": "", a: "" } }), /folder a already/]
      ]
      for (const [fragment, why] of wrong) {
        const opened = await Visit.open(siteOf(), undefined)
        try {
          await opened.page.goto("about:blank")
          await opened.page.goto(`${opened.url}${fragment}`)
          await opened.page.getByRole("alert").filter({ hasText: why }).waitFor()
          await Site.packageId(opened.page)
          assert.deepStrictEqual(opened.problems, [])
        } finally {
          await opened.close()
        }
      }
    }, 240_000)

    it("has files of any name", () =>
      visit({
        files: {
          "package.json": Visit.manifest,
          "main.ts":
            "import { clusterFind } from \"clustrix\"\nexport const main = async () => (await clusterFind(\"*\", \".\")).sort()",
          constructor: "one",
          "hasOwnProperty.ts": "export const three = 3",
          "toString/valueOf": "four"
        }
      }, async ({ context, page }) => {
        await Site.packageId(page)
        await page.getByLabel("Files to add").setInputFiles({
          name: "__proto__",
          mimeType: "text/plain",
          buffer: Buffer.from("two")
        })
        await page.locator(".tree .file").filter({ hasText: "__proto__" }).waitFor()
        const names = ["__proto__", "constructor", "hasOwnProperty.ts", "valueOf"]
        assert.includeMembers([...await Visit.files(page)], names)
        for (const [name, text] of [["__proto__", "two"], ["constructor", "one"]] as const) {
          await Visit.openFile(page, name)
          assert.strictEqual(await Visit.textOf(page), text)
        }
        await Visit.run(page).click()
        await page.locator(".outcome").waitFor()
        const found = await Visit.value(page)
        for (const name of ["__proto__", "constructor"]) assert.include(found, name)
        // They are kept, undone and shared
        await Visit.openFile(page, "__proto__")
        await Visit.write(page, "other")
        await page.waitForTimeout(600)
        await page.reload()
        await Visit.openFile(page, "__proto__")
        assert.strictEqual(await Visit.textOf(page), "other")
        await page.getByRole("button", { name: "Delete" }).click()
        await page.locator(".tree .file").filter({ hasText: "__proto__" }).waitFor({ state: "detached" })
        await page.locator(".notice").getByRole("button", { name: "Undo" }).click()
        await page.locator(".tree .file").filter({ hasText: "__proto__" }).waitFor()
        const id = await Site.packageId(page)
        const link = await Visit.share(page)
        const other = await context.newPage()
        await other.goto(link)
        assert.strictEqual(await Site.packageId(other), id)
        assert.includeMembers([...await Visit.files(other)], names)
      }))

    it("does not let a file stand where a folder is", () =>
      visit(
        { files: { "package.json": Visit.manifest, "main.ts": "export const main = () => 1", "a/b.ts": "" } },
        async ({ page }) => {
          await Site.packageId(page)
          await page.getByLabel("Files to add").setInputFiles([
            { name: "a", mimeType: "text/plain", buffer: Buffer.from("a file") },
            { name: "c.txt", mimeType: "text/plain", buffer: Buffer.from("another") }
          ])
          await page.getByRole("alert").filter({ hasText: "There is a folder a already" }).waitFor()
          await page.locator(".tree .file").filter({ hasText: "c.txt" }).waitFor()
          await page.getByRole("button", { name: "New" }).click()
          await page.getByLabel("Path").fill("c.txt/d.ts")
          await page.getByRole("button", { name: "Save", exact: true }).click()
          await page.getByRole("alert").filter({ hasText: "c.txt is a file" }).waitFor()
        }
      ))
  })
}
