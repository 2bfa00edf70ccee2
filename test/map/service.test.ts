/**
 * The service of examples/http-service, as a process.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import { createServer } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as Program from "./program.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-service-")))
const state = path.join(scratch, "state")
let service: Program.RunningProgram
let address = ""

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const bound = server.address()
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0))
    })
  })

beforeAll(async () => {
  const port = await freePort()
  address = `http://127.0.0.1:${port}`
  service = Program.start(fileURLToPath(new URL("../../examples/http-service/service.ts", import.meta.url)), [], {
    PORT: String(port),
    CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
    CLUSTRIX_STATE_DIR: state,
    XDG_CACHE_HOME: path.join(scratch, "cache"),
    XDG_CONFIG_HOME: path.join(scratch, "config")
  })
  while (!service.output().includes("Listening")) {
    assert.isNull(service.child.exitCode, service.output())
    await sleep(100)
  }
})
afterAll(async () => {
  service.child.kill("SIGTERM")
  await service.end
  fs.rmSync(scratch, { recursive: true, force: true })
})

/** What the results of all jobs say. */
const endings = (): ReadonlyArray<string> =>
  fs.readdirSync(path.join(state, "jobs")).sort().map((job) => {
    const file = path.join(state, "jobs", job, "result")
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")).status : "none"
  })

describe("a service on a cluster", () => {
  it("streams what a request's job prints, then its result", async () => {
    const response = await fetch(`${address}/primes/1000`)
    const text = await response.text()
    assert.strictEqual(response.status, 200, text)
    assert.match(text, /^100 of 1000\n200 of 1000\n/)
    assert.match(text, /\n168 primes\n$/)
    assert.strictEqual((await fetch(`${address}/primes/many`)).status, 400)
  })

  it("cancels the job of a client that goes away", async () => {
    const leaving = new AbortController()
    const response = await fetch(`${address}/primes/1000000`, { signal: leaving.signal })
    const first = await response.body?.getReader().read()
    assert.include(new TextDecoder().decode(first?.value), "of 1000000")
    assert.strictEqual(endings().at(-1), "none")
    leaving.abort()
    for (let tries = 0; endings().at(-1) === "none" && tries < 300; tries += 1) await sleep(100)
    assert.deepStrictEqual(endings(), ["returned", "cancelled"])
  })
})
