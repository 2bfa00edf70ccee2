/**
 * Nothing keeps the page from answering, whatever a program does. A suite of playground.test.ts.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import * as Site from "./Site.ts"
import * as Visit from "./Visit.ts"

/** Tasks of the page's own thread that took longer than 50 ms, in ms. This machine also runs other tests. */
const watched = async (page: Page): Promise<() => Promise<ReadonlyArray<number>>> => {
  await page.evaluate(() => {
    const found: Array<number> = []
    Object.assign(globalThis, { longTasks: found })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) found.push(Math.round(entry.duration))
    }).observe({ type: "longtask" })
  })
  return () => page.evaluate(() => (globalThis as unknown as { readonly longTasks: ReadonlyArray<number> }).longTasks)
}

/** The tests' own load makes tasks long that are short on a quiet machine; what is wrong takes seconds. */
const mostMillis = 1_500

const programs: ReadonlyArray<readonly [what: string, body: string, shown: RegExp]> = [
  ["prints for ever", "for (;;) console.log('x')", /still running after its time limit/],
  ["prints for ever on both streams", "for (;;) { console.log('x'); console.error('y') }", /time limit/],
  ["prints ten thousand lines", "for (let i = 0; i < 10000; i += 1) console.log(i)\n  return 1", /^1$/],
  ["prints ever longer texts", "let t = 'x'; for (;;) { t += t.slice(0, 1e6); console.log(t) }", /time limit/],
  ["returns a text of 50 MB", "return 'r'.repeat(50_000_000)", /^"r+/],
  ["returns 300,000 objects", "return Array.from({ length: 300_000 }, (_, n) => ({ n, s: 'text ' + n }))", /"n": 0/],
  ["throws an error of 20 MB", "throw new Error('m'.repeat(20_000_000))", /Error: m+/],
  ["writes ten thousand files", "for (let i = 0; i < 10000; i += 1) writeFileSync('f' + i, 'x'); return 2", /^2$/],
  ["speaks past its runner", "const say = globalThis.postMessage; for (;;) say?.('x'.repeat(1e5))", /time limit/],
  ["fails again and again", "for (let i = 0; i < 1e5; i += 1) reportError(new Error('e')); return 3", /e/],
  ["connects again and again",
    "for (let i = 0; i < 500; i += 1) await fetch('https://example.org/' + i).catch(() => 0); return 4", /^4$/]
]

export const responding = (siteOf: () => Site.Site): void => {
  describe("a program in the page", () => {
    for (const [what, body, shown] of programs) {
      it(`${what}, and the page answers`, async () => {
        const text = `import { writeFileSync } from "node:fs"\nvoid writeFileSync\n` +
          `export const main = async (): Promise<unknown> => {\n  ${body}\n}\n`
        const opened = await Visit.open(siteOf(), Visit.one(text))
        try {
          const { page } = opened
          await Site.packageId(page)
          // Those that end may take their time
          await page.getByLabel("Time limit, seconds").fill(shown.source.includes("time limit") ? "3" : "60")
          await page.keyboard.press("Tab")
          await page.waitForTimeout(1_500)
          const longTasks = await watched(page)
          await Visit.run(page).click()
          // Meanwhile the page can be used
          await page.waitForTimeout(700)
          await Site.tab(page, "Contents")
          await Site.tab(page, "Run")
          await page.locator(".outcome").waitFor({ timeout: 150_000 })
          await page.locator(".outcome pre").filter({ hasText: shown }).waitFor()
          assert.isBelow((await page.locator(".outcome pre").textContent() ?? "").length, 60_000)
          assert.isBelow(
            await page.locator(".output").evaluateAll((all) =>
              all.reduce((sum, each) => sum + (each.textContent ?? "").length, 0)
            ),
            210_000
          )
          assert.deepStrictEqual((await longTasks()).filter((millis) => millis > mostMillis), [])
        } finally {
          await opened.close()
        }
      }, 240_000)
    }

    it("can be stopped while it prints", async () => {
      const opened = await Visit.open(siteOf(), Visit.one("export const main = () => { for (;;) console.log('x') }"))
      try {
        const { page } = opened
        await Site.packageId(page)
        await page.getByLabel("Time limit, seconds").fill("100")
        await Visit.run(page).click()
        await page.locator(".output").filter({ hasText: "x" }).waitFor()
        await page.getByRole("button", { name: "Stop", exact: true }).click()
        await page.locator(".outcome[data-status=cancelled]").waitFor()
        await Visit.run(page).waitFor()
      } finally {
        await opened.close()
      }
    })

    it("saves all of a result that is shown in part", async () => {
      const opened = await Visit.open(siteOf(), Visit.one("export const main = () => 'r'.repeat(1_000_000)"))
      try {
        const { page } = opened
        await Site.packageId(page)
        await Visit.run(page).click()
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Save all of it" }).click()
        ])
        const stream = await download.createReadStream()
        let size = 0
        for await (const chunk of stream) size += (chunk as Buffer).length
        assert.strictEqual(size, 1_000_002)
      } finally {
        await opened.close()
      }
    })
  })
}
