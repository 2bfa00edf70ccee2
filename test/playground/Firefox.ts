/**
 * The core of the playground in Firefox, driven by WebDriver BiDi. A suite of playground.test.ts.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { packageFunctionForExecution } from "clustrix/node"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import puppeteer, { type Browser, type Page } from "puppeteer-core"
import type * as Site from "./Site.ts"
import * as Visit from "./Visit.ts"

const executablePath = "/usr/bin/firefox-esr"

const textOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate((selector) => document.querySelector(selector)?.textContent ?? "", selector)

/** Waits for a text that fits. */
const until = async (page: Page, selector: string, isWanted: (text: string) => boolean): Promise<string> => {
  for (const begun = Date.now(); Date.now() - begun < 120_000;) {
    const text = await textOf(page, selector)
    if (isWanted(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${selector} is ${JSON.stringify(await textOf(page, selector))}`)
}

const idOf = (page: Page, isWanted: (id: string) => boolean = () => true): Promise<string> =>
  until(page, ".identity .id", (id) => /^[0-9a-f]{16}$/.test(id) && isWanted(id))

const write = async (page: Page, text: string): Promise<void> => {
  await page.click(".editor .cm-content")
  await page.keyboard.down("Control")
  await page.keyboard.press("a")
  await page.keyboard.up("Control")
  await page.keyboard.type(text)
}

export const firefox = (siteOf: () => Site.Site): void => {
  describe("the playground in Firefox", () => {
    let browser: Browser
    let profile = ""
    const problems: Array<string> = []

    beforeAll(async () => {
      profile = mkdtempSync(path.join(tmpdir(), "clustrix-firefox-"))
      browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, userDataDir: profile })
    })

    afterAll(async () => {
      await browser?.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    })

    const open = async (fragment = ""): Promise<Page> => {
      const page = await browser.newPage()
      page.setDefaultTimeout(90_000)
      page.on("pageerror", (error) => {
        // The sandbox's policy has refused a connection, which is what a test is about
        if (!String(error).includes("connect-src 'none'")) problems.push(String(error))
      })
      await page.setViewport({ width: 1440, height: 900 })
      await page.goto(`${siteOf().server.url}${fragment}`)
      return page
    }

    it("shows the ID that Node gives the same files, and that of each edit", async () => {
      const page = await open()
      const example = fileURLToPath(new URL("../../examples/local-dependencies/main.ts", import.meta.url))
      const info = await packageFunctionForExecution(`${example}#mainAnalysis`, { clusterType: "local" })
      assert.strictEqual(await idOf(page), info.packageId)
      await write(page, "export const mainAnalysis = () => 3")
      await idOf(page, (id) => id !== info.packageId)
      await page.close()
    }, 240_000)

    it("has no package of a syntax error, and runs what is shown in the sandbox", async () => {
      const page = await open(Visit.fragment(Visit.one("export const main = () => 'first'")))
      await idOf(page)
      await page.click(".run")
      await until(page, ".outcome pre", (text) => text.includes("first"))
      await write(page, "export const main = (")
      await until(page, ".change", (text) => text.startsWith("No package: "))
      assert.isTrue(await page.$eval(".run", (button) => button instanceof HTMLButtonElement && button.disabled))
      await write(page, "export const main = () => fetch('https://example.org').then(() => 'out', () => 'kept in'")
      await page.keyboard.type(")")
      await idOf(page)
      await page.click(".run")
      await until(page, ".outcome pre", (text) => text.includes("kept in"))
      await page.close()
    }, 240_000)

    it("ends a program that prints for ever", async () => {
      const page = await open(Visit.fragment(Visit.one("export const main = () => { for (;;) console.log('x') }")))
      await idOf(page)
      await page.evaluate(() => {
        const input = document.querySelector<HTMLInputElement>("input[type=number]")
        if (input === null) return
        input.value = "2"
        input.dispatchEvent(new Event("change", { bubbles: true }))
      })
      await page.click(".run")
      await until(page, ".outcome", (text) => text.includes("time limit"))
      await page.close()
    }, 240_000)

    it("keeps what was done after a reload", async () => {
      const page = await open(Visit.fragment(Visit.one("export const main = () => 1")))
      const before = await idOf(page)
      await write(page, "export const main = () => 22")
      const id = await idOf(page, (each) => each !== before)
      await new Promise((resolve) => setTimeout(resolve, 800))
      await page.reload()
      assert.strictEqual(await idOf(page), id)
      assert.include(await textOf(page, ".editor .cm-content"), "22")
      await page.close()
    }, 240_000)

    it("meets no error", () => assert.deepStrictEqual(problems, []))
  })
}
