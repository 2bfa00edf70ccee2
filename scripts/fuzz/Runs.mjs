/**
 * Runs programs and packages in child processes, which serve many of them each.
 */
import { fork } from "node:child_process"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"

const script = fileURLToPath(new URL("./child.mjs", import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href

/** A child that has run so many programs is replaced: Node never forgets a module. */
const programsPerChild = 300
/** One that does not answer at all is ended, in milliseconds; functions that are only tried may well compute for ever. */
const patience = 60_000
const patienceWithProbes = 15_000

const start = (language) =>
  new Promise((resolve, reject) => {
    const child = fork(script, [], {
      execArgv: [...language === "ts" ? ["--import", tsx] : [], "--no-warnings"],
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: ["ignore", "ignore", "inherit", "ipc"]
    })
    child.once("message", () => resolve(child))
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code}`)))
  })

const ask = (child, task) =>
  new Promise((resolve) => {
    const end = (outcome) => {
      clearTimeout(timer)
      child.off("message", answered)
      child.off("exit", ended)
      resolve(outcome)
    }
    const answered = (outcome) => end({ outcome })
    const ended = (code) => end({ outcome: { phase: "call", ended: code, printed: "" }, isOver: true })
    const timer = setTimeout(() => {
      child.kill("SIGKILL")
      end({ outcome: { phase: "call", never: true, printed: "" }, isOver: true })
    }, task.probe === true ? patienceWithProbes : patience)
    child.once("message", answered)
    child.once("exit", ended)
    child.send(task)
  })

/** Makes a pool with at most one child for each language and lane. */
export const make = () => {
  const idle = { js: [], ts: [] }
  const all = new Set()
  const take = async (language) => {
    const free = idle[language].pop()
    if (free !== undefined) return free
    const child = await start(language)
    all.add(child)
    return { child, runs: 0 }
  }
  const end = ({ child }) => {
    all.delete(child)
    child.kill("SIGKILL")
  }
  return {
    /** What the function did: see child.mjs. `ownProcess`: it changes what others would see. */
    run: async (task, { language, ownProcess = false }) => {
      const worker = await take(language)
      const { isOver = false, outcome } = await ask(worker.child, task)
      worker.runs += 1
      if (isOver || ownProcess || outcome.never === true || worker.runs >= programsPerChild) end(worker)
      else idle[language].push(worker)
      return outcome
    },
    close: () => {
      for (const child of all) child.kill("SIGKILL")
    }
  }
}
