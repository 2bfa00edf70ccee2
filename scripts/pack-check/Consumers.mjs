/**
 * Programs that use the installed package as users do: CommonJS, a server that Vite bundles, and a Next.js application.
 */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { build as vite } from "vite"

const write = (directory, files) => {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

const double = "export const double = (n) => n * 2\n"

/** `run`: runs Node in the project, and gives what it prints. */
export const commonJs = (project, run) => {
  write(project, {
    "common/package.json": `{ "name": "common", "type": "commonjs" }`,
    "common/lib.js": "exports.double = (n) => n * 2\n",
    "common/main.js": `const { double } = require("./lib.js")
const main = async () => {
  const { run } = await import("clustrix/node")
  const local = { clusterType: "local" }
  console.log(await run(double, { args: [4], cluster: local }), await run("common/lib.js#double", { args: [5], cluster: local }))
}
main()
`,
    "common/required.js": `const { run } = require("clustrix/node")\nconsole.log(typeof run)\n`
  })
  assert.equal(run("common/main.js").trim(), "8 10")
  // Node 20.19 and later loads ES modules so
  if (process.features.require_module === true) assert.equal(run("common/required.js").trim(), "function")
}

/** A server that Vite bundles, with its packages outside, as its default for servers is. */
export const viteServer = async (project, run) => {
  write(project, {
    "server/lib.js": double,
    "server/main.js": `import { run } from "clustrix/node"
import { double } from "./lib.js"
const options = { args: [21], cluster: { clusterType: "local" } }
console.log(await run("server/lib.js#double", options), typeof double)
`
  })
  await vite({
    root: join(project, "server"),
    configFile: false,
    logLevel: "error",
    build: { ssr: "main.js", target: "node20", outDir: join(project, "server/dist"), emptyOutDir: true }
  })
  assert.equal(run("server/dist/main.js").trim(), "42 function")
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** A route of a Next.js application that runs a function. `npm`: runs npm in the application. */
export const nextApplication = async (place, archive, npm, environment) => {
  const application = join(place, "next")
  write(application, {
    "package.json": `{ "name": "application", "private": true, "type": "module" }\n`,
    "next.config.mjs":
      `export default { serverExternalPackages: ["clustrix"], turbopack: { root: import.meta.dirname } }\n`,
    "lib/double.js": double,
    "app/layout.js": `export default ({ children }) => <html><body>{children}</body></html>\n`,
    "app/page.js": `export default () => <p>doubles</p>\n`,
    "app/double/[n]/route.js": `import { run } from "clustrix/node"
export const GET = async (_request, { params }) => {
  const { n } = await params
  return Response.json(await run("lib/double.js#double", { args: [Number(n)], cluster: { clusterType: "local" } }))
}
`
  })
  npm(application, "install", "--prefer-offline", "--no-audit", "--no-fund", archive, "next", "react", "react-dom")
  const next = join(application, "node_modules/next/dist/bin/next")
  const env = { ...process.env, ...environment, NEXT_TELEMETRY_DISABLED: "1" }
  const start = (...args) => {
    const child = spawn(process.execPath, [next, ...args], { cwd: application, env, stdio: ["ignore", "pipe", "pipe"] })
    const started = { child, output: "" }
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => started.output += bytes)
    started.end = new Promise((resolve) => child.once("close", resolve))
    return started
  }
  const built = start("build")
  assert.equal(await built.end, 0, built.output)
  const port = await freePort()
  const server = start("start", "--hostname", "127.0.0.1", "--port", String(port))
  try {
    for (let tries = 0; tries < 300 && !/Ready/.test(server.output); tries += 1) {
      assert.equal(server.child.exitCode, null, server.output)
      await sleep(100)
    }
    const response = await fetch(`http://127.0.0.1:${port}/double/21`)
    const text = await response.text()
    assert.equal(text, "42", server.output)
  } finally {
    server.child.kill("SIGTERM")
    await server.end
  }
}
