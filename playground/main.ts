/**
 * The page: what is typed goes through the core's parser, which runs right here. The whole analysis follows later.
 */
import wasm from "@swc/wasm-web/wasm_bg.wasm?url"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { SourceParser } from "../core/SourceParser.ts"
import * as BrowserParser from "../platform-browser/SourceParser.ts"

const sample = `import { readings } from "./readings.js"

/** The mean of what the stations measured. */
export function mainAnalysis(stations: ReadonlyArray<string>): number {
  const values = stations.flatMap((station) => readings(station))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
`

const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, text = ""): HTMLElementTagNameMap[Name] =>
  Object.assign(document.createElement(name), { textContent: text })

const input = Object.assign(element("textarea"), { value: sample, spellcheck: false })
input.setAttribute("aria-label", "TypeScript module")
const output = element("output")
document.querySelector("main")?.append(
  element(
    "p",
    "Clustrix takes a TypeScript function, finds what it needs, packages it deterministically and runs it on a cluster. " +
      "This page shows its first step, on this machine: the top-level items of a module, as the core's parser reads them."
  ),
  input,
  output
)

const runtime = ManagedRuntime.make(BrowserParser.layer(wasm))

const items = (text: string) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const module = yield* parser.parse({ file: "page.ts", text, language: "typescript", jsx: false })
    return module.body.map((item) => {
      const line = text.slice(0, item.span.start).split("\n").length
      return `line ${line}: ${item.type}`
    }).join("\n")
  }).pipe(Effect.catchAll((error) => Effect.succeed(error.message)))

let latest = 0
const show = async (): Promise<void> => {
  const turn = ++latest
  const text = await runtime.runPromise(items(input.value)).catch((cause: unknown) => String(cause))
  if (turn === latest) output.textContent = text
}

input.addEventListener("input", () => void show())
output.textContent = "Loading the parser ..."
void show()
