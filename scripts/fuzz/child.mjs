/**
 * Runs functions that its parent names, one after the other, and says what each did. Every program lies in a directory of its own, so
 * that its modules are fresh.
 */
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { inspect } from "node:util"

globalThis.require = createRequire(import.meta.url)
Reflect.deleteProperty(globalThis, "require")

const { send } = process
const { stdout, stderr } = process
const { setTimeout, clearTimeout } = globalThis
const inspected = (value) =>
  inspect(value, { depth: 8, maxArrayLength: 1000, maxStringLength: 20_000, breakLength: 100, showProxy: false })
const describe = (thrown) =>
  thrown instanceof Error
    ? { name: String(thrown.name), message: String(thrown.message) }
    : { name: "thrown value", message: inspected(thrown) }

/** Programs wait for nothing but themselves: one that has not ended by then never will. */
const unsettledAfter = 1500

const member = (holder, name) =>
  (typeof holder === "object" && holder !== null) || typeof holder === "function" ? Reflect.get(holder, name)
    : undefined

/** As the runner of a package finds its function. */
const find = (namespace, exported) => {
  const [first = "default", ...rest] = exported.split(".")
  let value = member(namespace, first) ?? member(member(namespace, "default"), first)
  if (typeof value === "object" && first === "default" && rest.length === 0) value = member(value, "default") ?? value
  let receiver
  for (const name of rest) {
    receiver = value
    value = member(value, name)
  }
  if (typeof value !== "function") throw new TypeError(`${exported} is ${typeof value}`)
  return (...given) => Reflect.apply(value, receiver, given)
}

let printed = ""
const capture = (text) => {
  printed += text
  return true
}

const settled = (promise) =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ never: true }), unsettledAfter)
    promise.then((value) => resolve({ value }), (thrown) => resolve({ thrown })).finally(() => clearTimeout(timer))
  })

const run = async ({ module, exported, closure, args = [] }) => {
  printed = ""
  const outcome = { phase: "load" }
  stdout.write = capture
  stderr.write = capture
  const loaded = await settled((async () => {
    const fn = find(await import(pathToFileURL(module).href), exported)
    return closure ? { fn: await fn() } : { fn }
  })())
  outcome.printedByLoading = printed
  printed = ""
  let ended = loaded
  if (loaded.value !== undefined) {
    outcome.phase = "call"
    ended = await settled((async () => ({ result: await loaded.value.fn(...args) }))())
  }
  outcome.printed = printed
  if (ended.never) outcome.never = true
  else if ("thrown" in ended) outcome.error = describe(ended.thrown)
  else outcome.value = inspected(ended.value.result)
  Reflect.deleteProperty(stdout, "write")
  Reflect.deleteProperty(stderr, "write")
  return outcome
}

process.on("message", async (task) => {
  let outcome
  try {
    outcome = await run(task)
  } catch (thrown) {
    outcome = { phase: "call", error: describe(thrown), printed }
  }
  send.call(process, outcome)
})
// What a program started and nobody waits for
process.on("unhandledRejection", () => {})
process.on("uncaughtException", (thrown) => capture(`uncaught ${describe(thrown).message}\n`))
send.call(process, "ready")
