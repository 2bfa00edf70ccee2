/**
 * A visitor's browser on the built playground: a page with a project, and what is done there again and again.
 */
import { deflateRawSync } from "node:zlib"
import type { Page } from "playwright-core"
import * as Chromium from "../browser/Chromium.ts"
import type * as Site from "./Site.ts"

export type Files = Readonly<Record<string, string>>

export const manifest = `{ "name": "visited", "type": "module" }`

export interface State {
  readonly files: Files
  readonly entry?: string
  readonly open?: string
  readonly args?: string
  readonly tab?: string
}

/** The fragment of a link, as the page of today and of earlier writes it. `JSON.parse` makes own `__proto__` properties. */
export const fragment = (
  { args = "[]", entry = "main.ts#main", files, open = "main.ts", tab = "run" }: State
): string => {
  const contents = Object.entries(files).map(([path, text]) => `${JSON.stringify(path)}:${JSON.stringify(text)}`)
  const state = `{"files":{${contents.join(",")}},${JSON.stringify({ entry, open, args, tab }).slice(1)}`
  return `#1.${deflateRawSync(Buffer.from(state), { level: 9 }).toString("base64url")}`
}

export interface Visit extends Chromium.Chromium {
  readonly url: string
}

type Options = NonNullable<Parameters<typeof Chromium.open>[1]>

/** Opens a project by its link, or with `undefined` what the page shows by itself. */
export const open = async (site: Site.Site, state: State | undefined, options: Options = {}): Promise<Visit> => {
  const url = site.server.url
  const chromium = await Chromium.open(`${url}${state === undefined ? "" : fragment(state)}`, {
    viewport: { width: 1440, height: 900 },
    ...options
  })
  return { ...chromium, url }
}

/** A project of one file. */
export const one = (text: string): State => ({ files: { "package.json": manifest, "main.ts": text } })

/** Puts a text in the place of the open file's. */
export const write = async (page: Page, text: string): Promise<void> => {
  await page.locator(".editor .cm-content").click()
  await page.keyboard.press("Control+a")
  await page.keyboard.insertText(text)
}

export const textOf = (page: Page): Promise<string> => page.locator(".editor .cm-content").innerText()

export const openFile = (page: Page, name: string): Promise<void> =>
  page.locator(".tree .file").filter({ hasText: name }).first().click()

/** Names of the files, without what is said of them to readers of screens. */
export const files = async (page: Page): Promise<ReadonlyArray<string>> =>
  (await page.locator(".tree .file").allTextContents()).map((text) => text.replace(/, in the package$/, ""))

export const run = (page: Page) => page.getByRole("button", { name: "Run", exact: true })

export const value = (page: Page): Promise<string> => page.locator(".outcome pre").innerText()

/** The link to what is shown. */
export const share = async (page: Page): Promise<string> => {
  await page.getByRole("button", { name: "Share", exact: true }).click()
  await page.locator(".share [role=status]").filter({ hasText: "Link copied" }).waitFor()
  return page.url()
}

/** Waits until the header says that there is no package, and why. */
export const noPackage = (page: Page, why: RegExp): Promise<void> =>
  page.locator(".change").filter({ hasText: /^No package: / }).filter({ hasText: why }).waitFor()

export const isIdShown = async (page: Page): Promise<boolean> =>
  /^[0-9a-f]{16}$/.test(await page.locator(".identity .id").textContent() ?? "")
