/**
 * A page without anything to see, that has all of `clustrix/browser` as `clustrix`.
 */
import * as esbuild from "esbuild"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Answer } from "./Chromium.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

const script = (body: string): Answer => ({ type: "text/javascript; charset=utf-8", body })

/** The site: the page at `/`, the packaging worker at `/worker.js`, the parser at `/swc.wasm`. */
export const build = async (): Promise<Readonly<Record<string, Answer>>> => {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      page: "test/browser/page/main.ts",
      storage: "test/browser/page/storage.ts",
      worker: "platform-browser/worker/main.ts",
      "example/page": "examples/page/page.ts",
      "example/worker": "examples/page/worker.ts"
    },
    // `clustrix/browser` is found by tsconfig.json
    alias: { "@effect/vitest": "./test/browser/page/Suite.ts" },
    bundle: true,
    splitting: true,
    write: false,
    outdir: "/",
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent"
  })
  const wasm = readFileSync(`${root}node_modules/@swc/wasm-web/wasm_bg.wasm`)
  return {
    "/": {
      type: "text/html; charset=utf-8",
      body: "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script type=module src=/page.js></script>"
    },
    "/swc.wasm": { type: "application/wasm", body: wasm },
    "/wasm_bg.wasm": { type: "application/wasm", body: wasm },
    ...Object.fromEntries(outputFiles.map((file) => [file.path, script(file.text)])),
    // The program of the example names the file of its worker as it is written
    "/example/worker.ts": script(outputFiles.find((file) => file.path === "/example/worker.js")?.text ?? "")
  }
}
