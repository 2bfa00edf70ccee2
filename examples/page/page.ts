import { PackagingWorker, PageRun } from "clustrix/browser"

// worker.ts is one line: import "clustrix/browser/worker"
const worker = () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })
const packaging = new PackagingWorker.PackagingWorker({ worker })
// wasm_bg.wasm of @swc/wasm-web, wherever the page serves it
await packaging.load({ wasmUrl: "/wasm_bg.wasm", onProgress: ({ receivedBytes }) => console.debug(receivedBytes) })

const files = {
  "package.json": `{ "name": "adding", "type": "module" }`,
  "main.ts": `import { one } from "./one.ts"\nexport const main = (n: number): number => n + one`,
  "one.ts": `export const one = 1`
}
const { functions } = await packaging.functionsOf(files)
console.log(functions.map(({ reference }) => reference)) // [main.ts#main]

// Digest, ZIP, canonical modules, the graph of reasons, diagnostics
const made = await packaging.package({ files, entry: "main.ts#main" })
console.log(made.modules.map(({ path }) => path)) // [modules/main.ts.mjs, modules/one.ts.mjs]

const outcome = await PageRun.runInPage({ packaging, zip: made.zip, args: [20], timeLimitMillis: 10_000 }).outcome
console.log(outcome.status === "returned" ? outcome.value : outcome) // 21
