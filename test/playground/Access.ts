/**
 * The page for everybody: any size of window, the keyboard alone, a reader of screens. A suite of playground.test.ts.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Page } from "playwright-core"
import * as Site from "./Site.ts"
import * as Visit from "./Visit.ts"

/** What can be pressed and is in sight, with its size in CSS pixels. */
const targets = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, select, input:not([type=file]), textarea, [role=tab], summary")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.closest(".cm-editor") === null)
      .map((each) => {
        // A label belongs to what it names
        const area = each instanceof HTMLInputElement && each.type === "checkbox" ? each.closest("label") ?? each : each
        const { height, width } = area.getBoundingClientRect()
        const name = each.getAttribute("aria-label") ?? each.textContent ?? ""
        return { name, width, height, isTab: each.getAttribute("role") === "tab" }
      })
  )

export const access = (siteOf: () => Site.Site): void => {
  describe("access to the page", () => {
    it.each([[320, 256], [390, 844], [844, 390], [720, 450], [640, 512], [1024, 400], [1440, 300]])(
      "has an editor of at least 120 px at %i x %i, and no second way to scroll",
      async (width, height) => {
        const opened = await Visit.open(siteOf(), Visit.one("export const main = () => 1"), {
          viewport: { width, height }
        })
        try {
          const { page } = opened
          await Site.packageId(page)
          if (width <= 860) await page.getByRole("button", { name: "Code", exact: true }).click()
          const editor = await page.locator(".cm-editor").boundingBox()
          assert.isAtLeast(editor?.height ?? 0, 120)
          assert.isFalse(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
          // It can be brought into sight and written in
          await page.locator(".editor .cm-content").click()
          await page.keyboard.press("Control+End")
          await page.keyboard.type("  // typed")
          assert.include(await Visit.textOf(page), "// typed")
        } finally {
          await opened.close()
        }
      }
    )

    it("has targets that a finger hits", async () => {
      const opened = await Visit.open(siteOf(), undefined, { viewport: { width: 390, height: 844 } })
      try {
        const { page } = opened
        await Site.packageId(page)
        const small: Array<string> = []
        const look = async (): Promise<void> => {
          for (const { height, isTab, name, width } of await targets(page)) {
            const least = !isTab && ["Run", "Share", "Deploy"].includes(name.trim()) ? 44 : 24
            if (height < least || width < least) small.push(`${name}: ${width} x ${height}`)
          }
        }
        for (const pane of ["Files", "Code", "Package"]) {
          await page.getByRole("button", { name: pane, exact: true }).click()
          await look()
        }
        for (const tab of ["Contents", "Graph", "Modules", "Metadata", "Diagnostics", "Compare", "Deploy", "Run"]) {
          await Site.tab(page, tab)
          await page.waitForTimeout(300)
          await look()
        }
        assert.deepStrictEqual(small, [])
      } finally {
        await opened.close()
      }
    })

    it("can be used with the keyboard alone", async () => {
      const opened = await Visit.open(siteOf(), Visit.one("export const main = (n = 20) => n + 1"))
      try {
        const { page } = opened
        await Site.packageId(page)
        const press = (keys: string): Promise<void> => page.keyboard.press(keys)
        /** Presses Tab until what has the focus has this name. */
        const reach = async (name: string, most = 60): Promise<void> => {
          for (let step = 0; step < most; step += 1) {
            const focused = await page.evaluate(() => {
              const at = document.activeElement
              return at?.getAttribute("aria-label") ?? at?.closest("label")?.textContent ?? at?.textContent ?? ""
            })
            if (focused.includes(name)) return
            await press("Tab")
          }
          assert.fail(`Tab does not reach ${name}`)
        }
        await reach("Text of main.ts")
        await press("Control+a")
        await page.keyboard.type("export const main = (n = 20) => n * 2")
        await Site.packageId(page)
        // Escape and Tab lead out of the editor
        await press("Escape")
        // Where completions are shown, the first one closes them
        await press("Escape")
        await press("Tab")
        await reach("Width of the package")
        const width = async (): Promise<number> => (await page.locator(".pane.package").boundingBox())?.width ?? 0
        const before = await width()
        await press("ArrowLeft")
        await page.waitForTimeout(100)
        assert.isAbove(await width(), before)
        await reach("Run")
        await press("Home")
        await press("ArrowRight")
        await page.locator(".node").first().waitFor()
        await reach("declaration main.ts#main")
        await press("Enter")
        await page.getByRole("region", { name: "Why main.ts#main is here" }).waitFor()
        await press("Control+Enter")
        await page.locator(".outcome").waitFor()
        assert.strictEqual(await Visit.value(page), "40")
        await press("F1")
        await page.getByRole("dialog", { name: "Shortcuts" }).waitFor()
        await press("Escape")
        await page.getByRole("dialog").waitFor({ state: "detached" })
      } finally {
        await opened.close()
      }
    })

    it("announces what was made, what failed and what came out", async () => {
      const opened = await Visit.open(siteOf(), Visit.one("export const main = () => 1"))
      try {
        const { page } = opened
        await Site.packageId(page)
        const said = (text: RegExp): Promise<void> =>
          page.locator("[role=status], [role=alert]").filter({ hasText: text }).first().waitFor()
        await said(/The package is made/)
        await Visit.write(page, "export const main = () => 2")
        await said(/Changed against before the edit/)
        await Visit.run(page).click()
        await said(/The run ended: returned/)
        await Visit.write(page, "export const main = (")
        await said(/No package: main\.ts:1/)
      } finally {
        await opened.close()
      }
    })

    it("has no violations in states of failure, emptiness, stale results, dialogs and forced colours", async () => {
      const opened = await Visit.open(siteOf(), Visit.one("export const main = () => 1"))
      const found: Array<string> = []
      try {
        const { page } = opened
        const look = async (state: string): Promise<void> => {
          await Site.settled(page)
          found.push(...(await Site.violations(page)).map((each) => `${state}: ${each}`))
        }
        await Site.packageId(page)
        for (const theme of ["light", "dark"]) {
          const toggle = page.getByRole("button", { name: `Use ${theme} colours` })
          if (await toggle.count() > 0) await toggle.click()
          await Visit.write(page, "export const main = () => 1")
          await Site.packageId(page)
          await Visit.run(page).click()
          await page.locator(".outcome").waitFor()
          await Visit.write(page, "export const main = () => { throw new Error('no') }")
          await Site.packageId(page)
          await look(`${theme} stale`)
          await Visit.run(page).click()
          await page.locator(".outcome[data-status=threw]").waitFor()
          await look(`${theme} threw`)
          await Visit.write(page, "export const main = (")
          await Visit.noPackage(page, /main\.ts/)
          for (const tab of ["Contents", "Diagnostics", "Run"]) {
            await Site.tab(page, tab)
            await look(`${theme} failed ${tab}`)
          }
          for (
            const [button, name] of [["Projects", "Projects"], ["Shortcuts", "Shortcuts"], ["New", "New file"]] as const
          ) {
            await page.getByRole("button", { name: button, exact: true }).click()
            await page.getByRole("dialog", { name }).waitFor()
            await look(`${theme} ${name}`)
            await page.keyboard.press("Escape")
          }
        }
        await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" })
        await look("forced colours")
        // There the visitor's own colours are used, whatever axe computes
        assert.deepStrictEqual(found.filter((each) => !each.startsWith("forced colours: color-contrast")), [])
      } finally {
        await opened.close()
      }
    }, 300_000)
  })
}
