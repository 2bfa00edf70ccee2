/**
 * A real Chromium and a server on loopback, for one test file: `beforeAll(async () => { chromium = await Chromium.open(...) })`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { type BrowserContext, chromium as driver, type Page } from "playwright-core"

/** An answer of the server: bytes or text, and their media type. */
export interface Answer {
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** What is served: a directory (a built site), or answers by path (`"/"`, `"/page.js"`). */
export type Site = string | Readonly<Record<string, Answer>>

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm"
}

const answerOf = (site: Site, name: string): Answer | undefined => {
  if (typeof site !== "string") return Object.hasOwn(site, name) ? site[name] : undefined
  const file = path.join(site, name.endsWith("/") ? `${name}index.html` : name)
  if (!file.startsWith(site) || !existsSync(file) || !statSync(file).isFile()) return undefined
  return { type: types[path.extname(file)] ?? "application/octet-stream", body: readFileSync(file) }
}

export interface Server {
  /** With `/` at its end. */
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly asked: Array<string>
  readonly close: () => Promise<void>
}

/** Serves `site` on a free port of 127.0.0.1, below `base`. */
export const serve = async (site: Site, base = "/"): Promise<Server> => {
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    const pathname = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname)
    asked.push(pathname)
    const answer = pathname.startsWith(base) ? answerOf(site, `/${pathname.slice(base.length)}`) : undefined
    if (answer === undefined) response.writeHead(404).end()
    else {
      const length = Buffer.byteLength(answer.body)
      response.writeHead(200, { "content-type": answer.type, "content-length": length, ...answer.headers })
      response.end(answer.body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${base}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}

export interface Chromium {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the console and exceptions that nobody caught, of all pages. */
  readonly problems: Array<string>
  readonly close: () => Promise<void>
}

export const executablePath = "/usr/bin/chromium"

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** Starts Chromium with a fresh profile, and opens `url` if there is one. */
export const open = async (
  url?: string,
  options: { readonly viewport?: { readonly width: number; readonly height: number } } = {}
): Promise<Chromium> => {
  const profile = mkdtempSync(path.join(tmpdir(), "clustrix-chromium-"))
  const context = await driver.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: flags,
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
    ...(options.viewport === undefined ? {} : { viewport: options.viewport })
  })
  // Several tests of a suite share the machine
  context.setDefaultTimeout(90_000)
  const problems: Array<string> = []
  const watch = (page: Page): void => {
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text())
    })
    page.on("pageerror", (error) => problems.push(error.stack ?? String(error)))
  }
  for (const each of context.pages()) watch(each)
  context.on("page", watch)
  const page = context.pages()[0] ?? await context.newPage()
  if (url !== undefined) await page.goto(url)
  return {
    page,
    context,
    problems,
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}
