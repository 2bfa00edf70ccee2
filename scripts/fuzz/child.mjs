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

/** A program that waits for nothing any more, looked at so often (in milliseconds), and so many times in a row. */
const pause = 40
const pauses = 8
/** Whatever happens. */
const patience = 30_000

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

/** What the process waits for by itself. Modules that hooks load come from another thread, and do not show there. */
const waitsFor = () => process.getActiveResourcesInfo().sort().join()
const isHooked = process.execArgv.includes("--import")
let idle = ""

const settled = (promise, isLoading) =>
  new Promise((resolve) => {
    let quiet = 0
    let waited = 0
    let timer
    const look = () => {
      waited += pause
      quiet = waitsFor() === idle && !(isLoading && isHooked) ? quiet + 1 : 0
      if (quiet >= pauses || waited >= patience) resolve({ never: true })
      else timer = setTimeout(look, pause).unref()
    }
    timer = setTimeout(look, pause).unref()
    promise.then((value) => resolve({ value }), (thrown) => resolve({ thrown })).finally(() => clearTimeout(timer))
  })

/** Values that fit anything a little. */
const probes =
  () => [[], [3], ["a b-c"], [[3, 1, 2]], [{ a: 1, b: { c: 2 } }], [[{ a: 2 }, { a: 1 }], "a"], [(x) => x, 2], [
    "2024-01-31T10:20:30Z",
    2
  ], [new Date(0), 1], [null]]

/** What a function does with each of them. V8 quotes the text of expressions in these messages. */
const probe = async (fn) => {
  const answers = []
  for (const given of probes()) {
    try {
      answers.push(inspected(await fn(...given)))
    } catch (thrown) {
      answers.push(thrown instanceof TypeError || thrown instanceof ReferenceError ? thrown.name : describe(thrown))
    }
  }
  return answers
}

/** Classes cannot be called. */
const isCallable = (value) => typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value))

const namesOf = async ({ module }) => ({
  names: Object.entries(await import(pathToFileURL(module).href)).filter(([, value]) => isCallable(value)).map((
    [name]
  ) => name)
})

const run = async ({ closure, exported, module, probe: isProbe }) => {
  printed = ""
  const outcome = { phase: "load" }
  stdout.write = capture
  stderr.write = capture
  const loaded = await settled(
    (async () => {
      const fn = find(await import(pathToFileURL(module).href), exported)
      return closure ? { fn: await fn() } : { fn }
    })(),
    true
  )
  outcome.printedByLoading = printed
  printed = ""
  let ended = loaded
  if (loaded.value !== undefined) {
    outcome.phase = "call"
    ended = await settled(
      (async () => ({ result: isProbe ? await probe(loaded.value.fn) : await loaded.value.fn() }))(),
      false
    )
  }
  // Some libraries warn once in a process, and many functions share one here
  outcome.printed = isProbe ? "" : printed
  if (ended.never) outcome.never = true
  else if ("thrown" in ended) outcome.error = describe(ended.thrown)
  else outcome.value = inspected(ended.value.result)
  Reflect.deleteProperty(stdout, "write")
  Reflect.deleteProperty(stderr, "write")
  return outcome
}

process.on("message", async (task) => {
  if (idle === "") idle = waitsFor()
  let outcome
  try {
    outcome = task.names ? await namesOf(task) : await run(task)
  } catch (thrown) {
    outcome = { phase: "call", error: describe(thrown), printed }
  }
  send.call(process, outcome)
})
// What a program started and nobody waits for
process.on("unhandledRejection", () => {})
process.on("uncaughtException", (thrown) => capture(`uncaught ${describe(thrown).message}\n`))
send.call(process, "ready")
