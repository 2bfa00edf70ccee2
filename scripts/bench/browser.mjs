/**
 * `node browser.mjs COUNT`: types COUNT times into each example in Chromium, and prints the milliseconds from the keystroke to
 * the answer with the new package, by example, as JSON. Each keystroke changes a statement of the entry's module that goes
 * along, so that the ID is another one.
 */
import { build } from "esbuild"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"

const root = fileURLToPath(new URL("../../", import.meta.url))
const count = Number(process.argv[2] ?? 50)

const page = `
import { PackagingWorker } from "./platform-browser/worker/PackagingWorker.ts"
const packaging = new PackagingWorker({ worker: () => new Worker("/worker.js", { type: "module" }) })
globalThis.measure = async (files, entry, count) => {
  await packaging.load({ wasmUrl: "/swc.wasm" })
  const [file] = entry.split("#")
  const text = files[file]
  await packaging.package({ files, entry })
  const milliseconds = []
  const ids = new Set()
  for (let index = 0; index < count; index++) {
    const started = performance.now()
    const edited = { ...files, [file]: text + "\\nglobalThis.typed = " + index + "\\n" }
    const { packageId } = await packaging.package({ files: edited, entry }, { latest: "editor" })
    milliseconds.push(performance.now() - started)
    ids.add(packageId)
  }
  return { milliseconds, ids: ids.size }
}`

const bundle = async (options) => {
  const { outputFiles: [file] } = await build({
    ...options,
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    absWorkingDir: root
  })
  return file.text
}
const answers = {
  "/": ["text/html", "<!doctype html><link rel=icon href=data:,><script type=module src=/page.js></script>"],
  "/page.js": ["text/javascript", await bundle({ stdin: { contents: page, resolveDir: root, loader: "ts" } })],
  "/worker.js": ["text/javascript", await bundle({ entryPoints: ["platform-browser/worker/main.ts"] })],
  "/swc.wasm": ["application/wasm", readFileSync(path.join(root, "node_modules/@swc/wasm-web/wasm_bg.wasm"))]
}
const server = createServer(({ url }, response) => {
  const [type, body] = answers[url] ?? []
  if (body === undefined) response.writeHead(404).end()
  else response.writeHead(200, { "content-type": type }).end(body)
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))

const filesOf = (directory) =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(path.join(directory, file)).isFile())
      .map((file) => [file.split(path.sep).join("/"), readFileSync(path.join(directory, file), "utf8")])
  )

const examples = [
  "automated-packaging/main.ts#automatedPackaging",
  "custom-context/analysis.ts#customAnalysis",
  "filesystem-analysis/main.ts#filesystemAnalysis",
  "inspection/analysis.ts#sizesByFolder",
  "local-dependencies/main.ts#mainAnalysis",
  "simple-analysis/main.ts#simpleAnalysis"
]

const profile = mkdtempSync(path.join(tmpdir(), "clustrix-bench-chromium-"))
const context = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"]
})
try {
  const tab = context.pages()[0]
  await tab.goto(`http://127.0.0.1:${server.address().port}/`)
  const results = {}
  for (const example of examples) {
    const slash = example.indexOf("/")
    const files = filesOf(path.join(root, "examples", example.slice(0, slash)))
    const { ids, milliseconds } = await tab.evaluate(
      ([files, entry, count]) => globalThis.measure(files, entry, count),
      [files, example.slice(slash + 1), count]
    )
    if (ids !== count) throw new Error(`${example}: ${count} edits gave ${ids} packages`)
    results[example] = milliseconds
  }
  console.log(JSON.stringify(results))
} finally {
  await context.close()
  server.closeAllConnections()
  server.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}
