/**
 * Signals by which a scheduler warns a job (`sbatch --signal=B:USR1@60`, `qsub -notify`, soft limits of time). Without a handler
 * SIGUSR1 opens Node's debugger to everybody on the compute node, and SIGUSR2 ends the process.
 */
import type { ChildProcess } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import process from "node:process"
import { debuggerGuard } from "../../core/runtime/DebuggerGuard.ts"

const warnings = ["SIGUSR1", "SIGUSR2"] as const
/** What the supervisor passes on: the warnings, and what else a scheduler can be told to send that would end the supervisor. */
const passedOn = [...warnings, "SIGALRM", "SIGQUIT", "SIGXCPU"] as const

/** Signals of one kind that come within this time are one: a scheduler may send it to the job's script and to its processes. */
const togetherMs = 100
const retryMs = 20
/** After this time a signal is passed on to a process that still has no handler: the function may have removed it. */
const longestHoldMs = 10_000

/** Gives the process handlers that do nothing. The function's own handlers come beside them. */
export const ignoreWarnings = (): void => {
  for (const signal of warnings) process.on(signal, () => undefined)
}

/** Takes the guard against the debugger out of the environment again: the program shall not see it. */
export const removeDebuggerGuard = (): void => {
  const options = process.env["NODE_OPTIONS"]
  if (options === debuggerGuard) delete process.env["NODE_OPTIONS"]
  else if (options?.endsWith(` ${debuggerGuard}`) === true) {
    process.env["NODE_OPTIONS"] = options.slice(0, -debuggerGuard.length - 1)
  }
}

/** Whether a process has a handler for SIGUSR2, which Node itself has none for. proc(5) */
const isListening = (pid: number): boolean => {
  let status: string
  try {
    status = fs.readFileSync(`/proc/${pid}/status`, "utf8")
  } catch {
    // There is no /proc here, or the process has ended
    return true
  }
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return caught === undefined || (BigInt(`0x${caught}`) >> BigInt(os.constants.signals.SIGUSR2 - 1) & 1n) === 1n
}

/**
 * Gives the process handlers that pass signals on; the child that gets them is named later. A signal that comes before the child has
 * its own handlers is held until it has.
 */
export const passOn = (): (child: ChildProcess) => void => {
  const recipient: { child: ChildProcess | undefined } = { child: undefined }
  for (const signal of passedOn) {
    let last = -Infinity
    process.on(signal, () => {
      const now = performance.now()
      if (now - last < togetherMs) return
      last = now
      const send = (): void => {
        const { child } = recipient
        if (child !== undefined && (child.exitCode !== null || child.signalCode !== null)) return
        const isHeld = child?.pid === undefined || !isListening(child.pid)
        if (isHeld && performance.now() - now < longestHoldMs) setTimeout(send, retryMs)
        else child?.kill(signal)
      }
      send()
    })
  }
  return (child) => {
    recipient.child = child
  }
}
