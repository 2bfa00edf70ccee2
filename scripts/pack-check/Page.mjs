/**
 * The README's page, bundled from the installed archive as its readers bundle it, and run in Chromium.
 */
import { build as esbuild } from "esbuild"
import assert from "node:assert/strict"
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { extname, join } from "node:path"
import { chromium } from "playwright-core"
import { build as vite } from "vite"

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"]
const longestRunMillis = 60_000

/** What the README tells to write: the page's module, the worker's one line, and what the page prints. */
const example = (readme) => {
  const block = readme.match(/```ts\n[\s\S]*?```/g)?.find((text) => text.includes(`from "clustrix/browser"`))
  const main = block?.slice("```ts\n".length, -"```".length)
  const worker = main?.match(/^\/\/ worker\.ts is one line: (.+)$/m)?.[1]
  assert.ok(main !== undefined && worker !== undefined, "the README has no example of a page with its worker")
  // What is printed once is in a comment behind it
  const prints = [...main.matchAll(/^console\.log\(.*\) \/\/ (.+)$/gm)].map(([, text]) => text)
  assert.equal(prints.length, 3, "the README's page prints three times")
  return { main, worker, prints }
}

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" }

const serve = (directory) =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url, "http://127.0.0.1")
      try {
        const body = readFileSync(join(directory, pathname === "/" ? "index.html" : pathname))
        response.writeHead(200, { "content-type": types[extname(pathname)] ?? "text/html" }).end(body)
      } catch (cause) {
        response.writeHead(404).end(String(cause))
      }
    })
    server.listen(0, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/` }))
  })

/** Opens the page, and waits for as many lines on its console. Errors are lines too. */
const consoleOf = async (directory, count) => {
  const { server, url } = await serve(directory)
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags })
  try {
    const page = await browser.newPage()
    const lines = []
    const enough = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the page printed ${JSON.stringify(lines)} and then nothing`)),
        longestRunMillis
      )
      const add = (line) => {
        lines.push(line)
        if (lines.length < count) return
        clearTimeout(timer)
        resolve(lines)
      }
      page.on("console", (message) => {
        if (message.type() === "log") add(message.text())
        if (message.type() === "error") add(`error: ${message.text()}`)
      })
      page.on("pageerror", (error) => add(`error: ${error.message}`))
    })
    await page.goto(url)
    return await enough
  } finally {
    await browser.close()
    server.closeAllConnections()
    server.close()
  }
}

/** Writes the page into `project`, where the archive is installed. */
const write = (project, readme) => {
  const made = example(readme)
  const page = join(project, "page")
  mkdirSync(join(page, "public"), { recursive: true })
  writeFileSync(join(page, "main.ts"), made.main)
  writeFileSync(join(page, "worker.ts"), `${made.worker}\n`)
  writeFileSync(
    join(page, "index.html"),
    `<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.ts"></script>`
  )
  copyFileSync(join(project, "node_modules/@swc/wasm-web/wasm_bg.wasm"), join(page, "public/wasm_bg.wasm"))
  return { page, prints: made.prints }
}

/** Bundled with Vite, as the README says. */
export const withVite = async (project, readme) => {
  const { page, prints } = write(project, readme)
  assert.match(readme, /worker: \{ format: "es" \}/, "the README does not name Vite's worker format")
  await vite({
    root: page,
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: { target: "es2022", reportCompressedSize: false, outDir: join(page, "vite"), emptyOutDir: true }
  })
  assert.deepEqual(await consoleOf(join(page, "vite"), prints.length), prints)
}

/** Bundled with esbuild, which leaves the worker's URL alone: it becomes a file of its own, named by its output. */
export const withEsbuild = async (project, readme) => {
  const { page, prints } = write(project, readme)
  const outdir = join(page, "esbuild")
  writeFileSync(
    join(page, "main.ts"),
    readFileSync(join(page, "main.ts"), "utf8").replace("./worker.ts", "./worker.js")
  )
  const { warnings } = await esbuild({
    absWorkingDir: page,
    entryPoints: ["main.ts", "worker.ts"],
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    logLevel: "silent"
  })
  assert.deepEqual(warnings.map(({ text }) => text), [])
  const html = readFileSync(join(page, "index.html"), "utf8")
  writeFileSync(join(outdir, "index.html"), html.replace("./main.ts", "./main.js"))
  copyFileSync(join(page, "public/wasm_bg.wasm"), join(outdir, "wasm_bg.wasm"))
  assert.deepEqual(await consoleOf(outdir, prints.length), prints)
}
