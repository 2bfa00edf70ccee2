/**
 * `node living.mjs COUNT`: finds out, COUNT times in one process, where a new closure is written and what it holds, and
 * prints the milliseconds of each as JSON.
 */
import { FunctionLocator } from "clustrix"
import { NodeHost } from "clustrix/node"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const file = fileURLToPath(import.meta.url)
const lines = readFileSync(file, "utf8").split("\n")

const make = (size) => {
  const table = new Map([[size, { size }]])
  const held = { size, list: [size] }
  const inner = (key) => table.get(key)?.size ?? held.list[0]
  return (key) => inner(key) + held.size
}

/** Where `name` stands in the line that holds `text`. */
const mention = (text, name) => {
  const line = lines.findIndex((each) => each.includes(text))
  return { name, mentions: [{ file, line: line + 1, column: lines[line].lastIndexOf(name) + 1 }] }
}
const wanted = [mention("inner(key) + held", "inner"), mention("inner(key) + held", "held")]

const program = Effect.gen(function*() {
  const locator = yield* FunctionLocator.FunctionLocator
  const milliseconds = []
  for (let index = 0; index < Number(process.argv[2]); index++) {
    const fn = make(index)
    const started = performance.now()
    yield* locator.locate(fn)
    const variables = yield* locator.variables(fn, wanted)
    milliseconds.push(performance.now() - started)
    if (variables.get("held")?.size !== index) throw new Error("A closure was not read")
  }
  console.log(JSON.stringify(milliseconds))
})
await Effect.runPromise(Effect.provide(program, NodeHost.layer))
