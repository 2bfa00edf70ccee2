/**
 * The core and platform-browser, bundled as for a page, hold no module of Node, and start where there is no Node.
 */
import { assert, describe, it } from "@effect/vitest"
import * as esbuild from "esbuild"
import { readdirSync } from "node:fs"
import { builtinModules } from "node:module"
import { resolve } from "node:path"
import { createContext, Script } from "node:vm"

const root = resolve(import.meta.dirname, "../..")

const builtin = new RegExp(`^(node:.*|(${builtinModules.filter((name) => !name.startsWith("_")).join("|")}))$`)

/** Bundles `contents` for a page; lists what it imports from Node instead of failing on the first. */
const bundle = async (contents: string) => {
  const nodeImports: Array<string> = []
  const result = await esbuild.build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "clustrix",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    plugins: [{
      name: "node-imports",
      setup(build) {
        build.onResolve({ filter: builtin }, ({ importer, path }) => {
          nodeImports.push(`${importer.slice(root.length + 1)} -> ${path}`)
          return { path, external: true }
        })
      }
    }]
  })
  return { nodeImports, text: result.outputFiles[0]?.text ?? "" }
}

/** What a page has and the language has not. */
const pageGlobals = () => {
  const { TextEncoder, TextDecoder, URL, URLSearchParams, AbortController, AbortSignal, performance } = globalThis
  const { setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, structuredClone, console } = globalThis
  const { Blob, ReadableStream, WritableStream, TransformStream, Headers, Request, Response, FormData } = globalThis
  const { MessageChannel, Event, EventTarget, fetch, crypto, WebAssembly } = globalThis
  const globals = {
    TextEncoder,
    TextDecoder,
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    performance,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    queueMicrotask,
    structuredClone,
    console,
    Blob,
    ReadableStream,
    WritableStream,
    TransformStream,
    Headers,
    Request,
    Response,
    FormData,
    MessageChannel,
    Event,
    EventTarget,
    fetch,
    crypto,
    WebAssembly,
    // Of a page and of a worker
    addEventListener: () => undefined,
    postMessage: () => undefined
  }
  return { ...globals, window: globals, self: globals }
}

/** Every module, whether or not an entry point reaches it yet. */
const modules = ["core", "platform-browser"].flatMap((layer) =>
  readdirSync(resolve(root, layer), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${layer}/${file}`)
)

describe("the bundle for a page", () => {
  it("imports nothing of Node, and starts without Node's globals and without those of isolated pages", async () => {
    assert.includeMembers(modules, ["core/index.ts", "platform-browser/index.ts"])
    const { nodeImports, text } = await bundle(
      modules.map((file, index) => `export * as module${index} from "./${file}"`).join("\n")
    )
    assert.deepStrictEqual(nodeImports, [])
    // A page that is not isolated from other origins has no shared memory
    const program = `delete globalThis.SharedArrayBuffer\n${text}\n;Object.keys(clustrix).length`
    const count: unknown = new Script(program).runInContext(createContext(pageGlobals()))
    assert.strictEqual(count, modules.length)
  })

  it("would be refused with an import of Node, however deep", async () => {
    const { nodeImports } = await bundle(`export * as entry from "./platform-node/Hasher.ts"`)
    assert.deepStrictEqual(nodeImports, ["platform-node/Hasher.ts -> node:crypto"])
  })
})
