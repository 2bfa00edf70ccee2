/**
 * The deploy endpoint in a real browser: the page of its API, and refusals of large uploads, which a page has to see as such.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Request } from "playwright-core"
import * as Chromium from "../browser/Chromium.ts"
import type { Workbench } from "../platform-node/cli/command.ts"
import { makePlace, type ServerProcess, start } from "./ServerProcess.ts"

const token = "a-token-of-the-tests-0123456789abcdef"

let bench: Workbench
let server: ServerProcess
let chromium: Chromium.Chromium
const requests: Array<Request> = []

beforeAll(async () => {
  bench = await makePlace()
  server = await start(bench, { words: ["--max-package", "10M"], environment: { CLUSTRIX_SERVE_TOKEN: token } })
  chromium = await Chromium.open()
  chromium.page.on("request", (request) => requests.push(request))
})

afterAll(async () => {
  await chromium?.close()
  await server?.end("SIGKILL")
  bench?.remove()
})

describe("the deploy endpoint in a browser", () => {
  it("shows its API, and fetches nothing from elsewhere", async () => {
    const { page } = chromium
    await page.goto(server.endpoint)
    await page.getByText("/v1/jobs/{jobId}/logs").waitFor()
    assert.strictEqual(new URL(page.url()).pathname, "/docs")
    const foreign = requests.map((request) => new URL(request.url()))
      .filter(({ origin, protocol }) => protocol !== "data:" && origin !== server.endpoint)
    assert.deepStrictEqual(foreign.map(String), [])
    assert.deepStrictEqual(chromium.problems, [])
  })

  it("tells a page why a large upload is refused, instead of cutting it off", async () => {
    const put = (authorization: string) =>
      chromium.page.evaluate(async (authorization) => {
        const response = await fetch(`/v1/packages/${"0".repeat(64)}`, {
          method: "PUT",
          headers: { authorization },
          body: new Uint8Array(12_000_000)
        })
        return [response.status, (await response.json() as { readonly _tag: unknown })._tag]
      }, authorization)
    assert.deepStrictEqual(await put("Bearer wrong"), [401, "Unauthorized"])
    assert.deepStrictEqual(await put(`Bearer ${token}`), [413, "TooLarge"])
  })
})
