/**
 * Nothing that somebody did is lost. A suite of playground.test.ts.
 */
import { assert, describe, it } from "@effect/vitest"
import { randomBytes } from "node:crypto"
import * as Site from "./Site.ts"
import * as Visit from "./Visit.ts"

/** Longer than the page waits before it saves. */
const saved = 700

export const keeping = (siteOf: () => Site.Site): void => {
  describe("what the page keeps", () => {
    const visit = async (state: Visit.State | undefined, use: (visit: Visit.Visit) => Promise<void>): Promise<void> => {
      const opened = await Visit.open(siteOf(), state)
      try {
        await use(opened)
        assert.deepStrictEqual(opened.problems, [])
      } finally {
        await opened.close()
      }
    }

    const two: Visit.State = {
      files: { "package.json": Visit.manifest, "main.ts": "export const main = () => 1", "b.ts": "export const b = 1" }
    }

    it(
      "has everything after a reload, large files and the latest edit too",
      () =>
        visit(Visit.one("export const main = () => 1"), async ({ page }) => {
          await Site.packageId(page)
          await page.getByLabel("Files to add").setInputFiles({
            name: "noise.bin",
            mimeType: "application/octet-stream",
            buffer: randomBytes(12_000_000)
          })
          await page.locator(".tree .file").filter({ hasText: "noise.bin" }).waitFor()
          await Visit.write(page, "export const main = () => 2")
          await page.getByLabel("Arguments, a JSON array").fill("[7]")
          await Site.tab(page, "Metadata")
          const id = await Site.packageId(page)
          // At once: the page saves before it is hidden
          await page.reload()
          assert.strictEqual(await Site.packageId(page), id)
          assert.includeMembers([...await Visit.files(page)], ["noise.bin", "main.ts"])
          assert.include(await Visit.textOf(page), "=> 2")
          assert.strictEqual(await page.getByRole("tab", { selected: true }).textContent(), "Metadata")
          await Site.tab(page, "Run")
          assert.strictEqual(await page.getByLabel("Arguments, a JSON array").inputValue(), "[7]")
          assert.isBelow(page.url().length, 200)
        }),
      240_000
    )

    it("undoes in each file what was done there, whatever was looked at meanwhile", () =>
      visit(two, async ({ page }) => {
        await Site.packageId(page)
        await page.locator(".editor .cm-line").first().click()
        await page.keyboard.press("End")
        await page.keyboard.type(" + 1")
        await Visit.openFile(page, "b.ts")
        await page.locator(".editor .cm-line").first().click()
        await page.keyboard.press("End")
        await page.keyboard.type(" + 2")
        await Visit.openFile(page, "main.ts")
        await page.locator(".editor .cm-content").click()
        await page.keyboard.press("Control+z")
        await page.locator(".editor .cm-line").filter({ hasText: /=> 1$/ }).waitFor()
        await Visit.openFile(page, "b.ts")
        assert.include(await Visit.textOf(page), "+ 2")
        await page.locator(".editor .cm-content").click()
        await page.keyboard.press("Control+z")
        await page.locator(".editor .cm-line").filter({ hasText: /b = 1$/ }).waitFor()
      }))

    it("takes back what was deleted, renamed, replaced and left, and keeps what was typed since", () =>
      visit(two, async ({ page }) => {
        await Site.packageId(page)
        await Visit.openFile(page, "b.ts")
        await page.getByRole("button", { name: "Delete" }).click()
        await page.locator(".tree .file").filter({ hasText: "b.ts" }).waitFor({ state: "detached" })
        await Visit.openFile(page, "main.ts")
        await Visit.write(page, "export const main = () => 3")
        await page.locator(".notice").getByRole("button", { name: "Undo" }).click()
        await page.locator(".tree .file").filter({ hasText: "b.ts" }).waitFor()
        assert.include(await Visit.textOf(page), "b = 1")
        await Visit.openFile(page, "main.ts")
        assert.include(await Visit.textOf(page), "=> 3")

        await page.getByLabel("Files to add").setInputFiles({
          name: "main.ts",
          mimeType: "text/plain",
          buffer: Buffer.from("export const main = () => 4")
        })
        await page.locator(".editor .cm-line").filter({ hasText: "=> 4" }).waitFor()
        // Outside of the editor the same keys
        await page.getByRole("tab", { selected: true }).focus()
        await page.keyboard.press("Control+z")
        await page.locator(".editor .cm-line").filter({ hasText: "=> 3" }).waitFor()

        await page.getByRole("combobox", { name: "Example" }).selectOption("simple-analysis")
        await page.locator(".editor .cm-line").filter({ hasText: "simpleAnalysis" }).first().waitFor()
        await page.locator(".notice").getByRole("button", { name: "Undo" }).click()
        await page.locator(".editor .cm-line").filter({ hasText: "=> 3" }).waitFor()
      }))

    it("has several projects with names, and asks for none twice", () =>
      visit(Visit.one("export const main = () => 'first'"), async ({ page }) => {
        await Site.packageId(page)
        await page.getByRole("button", { name: "Projects" }).click()
        await page.getByLabel("Name of this one").fill("The first")
        await page.getByRole("button", { name: "New project" }).click()
        await page.getByRole("heading", { name: "Untitled" }).waitFor()
        await Visit.write(page, "export const main = () => 'second'")
        await Site.packageId(page)
        await page.waitForTimeout(saved)
        await page.reload()
        await page.getByRole("heading", { name: "Untitled" }).waitFor()
        assert.include(await Visit.textOf(page), "second")
        await page.getByRole("button", { name: "Projects" }).click()
        await page.getByRole("button", { name: /^The first/ }).click()
        await page.getByRole("heading", { name: "The first" }).waitFor()
        assert.include(await Visit.textOf(page), "first")
        await page.getByRole("button", { name: "Projects" }).click()
        await page.getByRole("button", { name: "Delete the project Untitled" }).click()
        await page.getByRole("button", { name: "Close" }).click()
        await page.locator(".notice").getByRole("button", { name: "Undo" }).click()
        await page.getByRole("button", { name: "Projects" }).click()
        await page.getByRole("button", { name: /^Untitled/ }).click()
        await page.locator(".editor .cm-line").filter({ hasText: "second" }).waitFor()
      }))

    it("does not write over another tab's work", () =>
      visit(Visit.one("export const main = () => 1"), async ({ context, page, url }) => {
        await Site.packageId(page)
        await Visit.write(page, "export const main = () => 'of the first tab'")
        await page.waitForTimeout(saved)
        const other = await context.newPage()
        await other.goto(url)
        await Site.packageId(other)
        // The project belongs to the tab that has it open
        assert.notInclude(await Visit.textOf(other), "of the first tab")
        await Visit.write(other, "export const main = () => 'of the second tab'")
        await other.waitForTimeout(saved)
        await page.reload()
        await Site.packageId(page)
        assert.include(await Visit.textOf(page), "of the first tab")
        await other.close()
      }))

    it("keeps the visitor's work when a link is opened", () =>
      visit(Visit.one("export const main = () => 'mine'"), async ({ page, url }) => {
        await Site.packageId(page)
        await Visit.write(page, "export const main = () => 'my own work'")
        await page.waitForTimeout(saved)
        await page.goto(`${url}${Visit.fragment(Visit.one("export const main = () => 'theirs'"))}`)
        await page.locator(".editor .cm-line").filter({ hasText: "theirs" }).waitFor()
        await page.locator(".notice").getByRole("button", { name: "Undo" }).click()
        await page.locator(".editor .cm-line").filter({ hasText: "my own work" }).waitFor()
      }))

    it.each(["localStorage", "indexedDB", "sessionStorage", "all"])(
      "works without %s, and says what is not kept",
      async (name) => {
        const opened = await Visit.open(siteOf(), undefined)
        try {
          const { page, problems, url } = opened
          await page.addInitScript((blocked) => {
            for (const each of ["localStorage", "indexedDB", "sessionStorage", "caches"]) {
              if (blocked !== "all" && blocked !== each) continue
              Object.defineProperty(globalThis, each, {
                get() {
                  throw new DOMException("denied", "SecurityError")
                }
              })
            }
          }, name)
          await page.goto("about:blank")
          await page.goto(url)
          await Site.packageId(page)
          await Visit.write(page, "export const mainAnalysis = () => 'without storage'")
          await Site.packageId(page)
          await Visit.run(page).click()
          await page.locator(".outcome pre").filter({ hasText: "without storage" }).waitFor()
          await page.getByRole("button", { name: /colours/ }).click()
          const said = page.getByRole("alert").filter({ hasText: "Nothing is kept" })
          if (name === "indexedDB" || name === "all") await said.waitFor()
          else assert.strictEqual(await said.count(), 0)
          assert.deepStrictEqual(problems, [])
        } finally {
          await opened.close()
        }
      }
    )
  })
}
