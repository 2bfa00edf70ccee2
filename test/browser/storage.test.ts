/**
 * What a page keeps: packages in IndexedDB, the parser in its cache.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { swcVersion } from "../../platform-browser/ParserDownload.ts"
import * as Chromium from "./Chromium.ts"
import * as TestPage from "./TestPage.ts"

let server: Chromium.Server
let chromium: Chromium.Chromium

beforeAll(async () => {
  server = await Chromium.serve(await TestPage.build())
  chromium = await Chromium.open(server.url)
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  await server?.close()
})

describe("in Chromium", () => {
  it("the PackageStore of IndexedDB keeps the contract", async () => {
    await chromium.page.addScriptTag({ url: "/storage.js", type: "module" })
    const results = await chromium.page.evaluate(() => storage())
    assert.isAtLeast(Object.keys(results).length, 10)
    assert.deepStrictEqual(results, Object.fromEntries(Object.keys(results).map((name) => [name, "passed"])))
  })

  it("the parser is fetched once, and progress tells its whole size", async () => {
    const load = () =>
      chromium.page.evaluate(async () => {
        const worker = clustrix.start()
        let last: unknown
        await worker.load({
          wasmUrl: "/swc.wasm",
          onProgress: (progress) => {
            last = progress
          }
        })
        worker.close()
        return last
      })
    const size = readFileSync(new URL("../../node_modules/@swc/wasm-web/wasm_bg.wasm", import.meta.url)).length
    assert.deepStrictEqual(await load(), {
      receivedBytes: size,
      totalBytes: size,
      transferBytes: undefined,
      cached: false
    })
    assert.deepStrictEqual(await load(), {
      receivedBytes: size,
      totalBytes: size,
      transferBytes: undefined,
      cached: true
    })
    assert.lengthOf(server.asked.filter((path) => path === "/swc.wasm"), 1)
  })

  it("what is no parser is refused with an error that says so", async () => {
    const message = await chromium.page.evaluate(async () => {
      const worker = clustrix.start()
      const wasmUrl = "/page.js"
      return worker.load({ wasmUrl }).then(() => "loaded", (error: Error) => error.message).finally(() =>
        worker.close()
      )
    })
    assert.include(message, "is not the WebAssembly of SWC")
  })

  it("its cache is named by the version of the parser", () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../node_modules/@swc/wasm-web/package.json", import.meta.url), "utf8")
    ) as { readonly version: string }
    assert.strictEqual(swcVersion, version)
  })
})
