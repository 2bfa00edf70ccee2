/**
 * A process that watches over the one that runs the function: for machines without a scheduler that would do it. It
 * outlives the client, ends the function's whole process group at the time limit or when it is told to (SIGTERM), passes a
 * scheduler's warning signals on to the function, and sees to it that every job has a result.
 */
import * as childProcess from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import process from "node:process"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"
import * as ExitCode from "../../core/runtime/ExitCode.ts"
import * as ResultFile from "./ResultFile.ts"
import type { RunnerArguments } from "./RunnerArguments.ts"
import * as Signals from "./Signals.ts"

/** Between SIGTERM and SIGKILL, in milliseconds. */
const graceMs = 2000
/** The longest that one timer can wait. */
const longestTimerMs = 2 ** 31 - 1
/** Where V8 says that its heap is full, then prints a trace. */
const tailBytes = 65_536

/** When the process started, in the kernel's ticks: with the pid it names a process for good. */
export const processStart = (pid: number): string | undefined => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    // The second field, the command, is in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
  } catch {
    return undefined
  }
}

const tail = (file: string): string => {
  try {
    const handle = fs.openSync(file, "r")
    try {
      const { size } = fs.fstatSync(handle)
      const bytes = Buffer.alloc(Math.min(size, tailBytes))
      fs.readSync(handle, bytes, 0, bytes.length, size - bytes.length)
      return bytes.toString("utf8")
    } finally {
      fs.closeSync(handle)
    }
  } catch {
    return ""
  }
}

const crashes = ["SIGABRT", "SIGTRAP", "SIGILL", "SIGSEGV"]

/** The ending of a runner that left no result, from how its process ended. */
export const endingOf = (job: string, code: number | null, signal: string | null): ResultFile.Ending => {
  const named = signal ??
    (code !== null && code > 128
      ? Object.entries(os.constants.signals).find(([, number]) => number === code - 128)?.[0] ?? null
      : null)
  const exitCode = code ?? 128 + (Object.entries(os.constants.signals).find(([name]) => name === signal)?.[1] ?? 0)
  if (named !== null && crashes.includes(named)) {
    if (/heap out of memory|out of memory/i.test(tail(path.join(job, "stderr.log")))) {
      return {
        status: "out-of-memory",
        exitCode,
        signal: named,
        message: "The runtime's heap was exhausted; ask for more memory"
      }
    }
  }
  if (named === "SIGTERM" || named === "SIGINT" || named === "SIGHUP") {
    return { status: "cancelled", exitCode, signal: named, message: `The job was ended by ${named}` }
  }
  if (named !== null) {
    return {
      status: "killed",
      exitCode,
      signal: named,
      message: named === "SIGKILL"
        ? "The job was killed by SIGKILL, which is what the kernel does when the machine is out of memory"
        : `The job was ended by ${named}`
    }
  }
  if (exitCode === ExitCode.unsettled) {
    return {
      status: "unsettled",
      exitCode,
      message: "The function's promise can never settle: nothing is left that could settle it"
    }
  }
  return {
    status: "exited",
    exitCode,
    message: `The process ended with exit code ${exitCode} before the function returned`
  }
}

const startedAtOf = (job: string): number => {
  try {
    const state: unknown = BoundedJson.parse(
      fs.readFileSync(path.join(job, "state"), "utf8"),
      BoundedJson.small
    )
    const at = typeof state === "object" && state !== null ? Reflect.get(state, "startedAt") : undefined
    return typeof at === "number" ? at : Date.now()
  } catch {
    return Date.now()
  }
}

/** Writes the result of a runner that ended with `code` (as a shell sees it) and left none. */
export const conclude = (job: string, code: number): void => {
  if (fs.existsSync(ResultFile.resultFile(job))) return
  ResultFile.writeResult(job, startedAtOf(job), endingOf(job, code, null), false)
}

const killGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-group, signal)
  } catch {
    // The group is gone, which is what we want.
  }
}

/** Runs this runner again without `--supervise`, and waits for it. Resolves to the exit code. */
export const supervise = (script: string, options: RunnerArguments, job: string): Promise<number> =>
  new Promise((resolve) => {
    const passTo = Signals.passOn()
    const startedAt = Date.now()
    const own = ["--job", job, ...(options.invocation === undefined ? [] : ["--invocation", options.invocation])]
    const { name } = ResultFile.runtime()
    const heap = options.memoryBytes === undefined
      ? []
      : [`--max-old-space-size=${Math.max(16, Math.floor(options.memoryBytes / 1024 ** 2))}`]
    // Bun has no such limit.
    const words = name === "deno"
      ? ["run", "-A", ...heap.map((flag) => `--v8-flags=${flag}`), script, ...own]
      : name === "node"
      ? [...heap, script, ...own]
      : [script, ...own]
    let stopped: ResultFile.Ending | undefined
    const timers = new Set<NodeJS.Timeout>()
    const after = (ms: number, act: () => void): void => {
      const part = Math.min(ms, longestTimerMs)
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (ms > part) after(ms - part, act)
        else act()
      }, part)
      timers.add(timer)
    }
    const child = childProcess.spawn(process.execPath, words, { stdio: "inherit", detached: true })
    passTo(child)
    const stop = (ending: ResultFile.Ending): void => {
      if (stopped !== undefined) return
      stopped = ending
      const group = child.pid
      if (group === undefined) return
      killGroup(group, "SIGTERM")
      after(graceMs, () => killGroup(group, "SIGKILL"))
    }
    const finish = (code: number | null, signal: string | null, fault?: Error): void => {
      for (const timer of timers) clearTimeout(timer)
      // What the function started and left behind ends with it.
      if (child.pid !== undefined) killGroup(child.pid, "SIGKILL")
      const left = fs.existsSync(ResultFile.resultFile(job))
      const ending: ResultFile.Ending | undefined = left
        ? undefined
        : fault !== undefined
        ? {
          status: "not-loaded",
          exitCode: ExitCode.notLoaded,
          message: `The runtime cannot be started: ${fault.message}`
        }
        : stopped ?? endingOf(job, code, signal)
      if (ending !== undefined) ResultFile.writeResult(job, startedAt, ending, false)
      resolve(ending?.exitCode ?? code ?? 1)
    }
    child.once("error", (fault) => finish(null, null, fault))
    child.once("exit", (code, signal) => finish(code, signal))
    if (child.pid === undefined) return
    ResultFile.writeAtomically(
      path.join(job, "state"),
      `${
        JSON.stringify({
          state: "running",
          host: os.hostname(),
          pid: process.pid,
          processStart: processStart(process.pid),
          group: child.pid,
          groupStart: processStart(child.pid),
          startedAt
        })
      }\n`
    )
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(
        signal,
        () => stop({ status: "cancelled", exitCode: ExitCode.cancelled, signal, message: "The job was cancelled" })
      )
    }
    if (options.timeLimitSeconds !== undefined) {
      const seconds = options.timeLimitSeconds
      after(seconds * 1000, () =>
        stop({
          status: "timed-out",
          exitCode: ExitCode.timedOut,
          message: `The function was still running after its time limit of ${seconds} s`
        }))
    }
  })
