/**
 * The built playground, served below a path, in one Chromium.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"
import { build } from "vite"
import * as Chromium from "../browser/Chromium.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

export interface Site {
  readonly directory: string
  readonly server: Chromium.Server
  readonly close: () => Promise<void>
}

/** Builds as `npm run build` does, into a directory of its own. */
export const open = async (): Promise<Site> => {
  const directory = mkdtempSync(path.join(tmpdir(), "clustrix-playground-"))
  await build({
    configFile: path.join(root, "vite.config.ts"),
    mode: "playground",
    logLevel: "error",
    build: { outDir: directory, emptyOutDir: true }
  })
  const server = await Chromium.serve(directory, "/below/a/path/")
  return {
    directory,
    server,
    close: async () => {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** The package's ID in the header, once it is that of what is in the editor. */
export const packageId = async (page: Page, isWanted: (id: string) => boolean = () => true): Promise<string> => {
  for (const begun = Date.now(); Date.now() - begun < 90_000;) {
    const id = await page.locator(".identity .id").textContent() ?? ""
    if (/^[0-9a-f]{16}$/.test(id) && isWanted(id)) return id
    await page.waitForTimeout(50)
  }
  throw new Error(`The page shows no such ID: ${await page.locator(".identity").textContent()}`)
}

export const tab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name }).click()

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Waits for colours that are on their way: they are none of either theme. A cursor blinks for ever. */
export const settled = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.allSettled(
      document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished)
    )
  )

/** What axe finds wrong: rule, and where. */
export const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        readonly run: () => Promise<
          {
            readonly violations: ReadonlyArray<
              { readonly id: string; readonly nodes: ReadonlyArray<{ readonly html: string }> }
            >
          }
        >
      }
    }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  })
}
