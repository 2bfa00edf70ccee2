/**
 * Slurm's words for what a job does, as `squeue` and `sacct` print them (man squeue, JOB STATE CODES; man sacct).
 */
import type { SchedulerAnswer, SchedulerState } from "../Scheduler.ts"

/** Of one job or element of an array: `12`, `18_3`. */
export interface Line {
  readonly id: string
  readonly element: number | undefined
  readonly state: SchedulerState
}

const pending: ReadonlySet<string> = new Set(["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"])

const outcomes: Readonly<
  Record<string, "cancelled" | "completed" | "failed" | "node-failure" | "out-of-memory" | "timed-out">
> = {
  COMPLETED: "completed",
  FAILED: "failed",
  LAUNCH_FAILED: "failed",
  RECONFIG_FAIL: "failed",
  CANCELLED: "cancelled",
  REVOKED: "cancelled",
  PREEMPTED: "cancelled",
  TIMEOUT: "timed-out",
  DEADLINE: "timed-out",
  OUT_OF_MEMORY: "out-of-memory",
  NODE_FAIL: "node-failure",
  BOOT_FAIL: "node-failure"
}

/** What Slurm prints where there is nothing to say. */
const nothing: ReadonlySet<string> = new Set(["", "None", "(null)", "N/A", "n/a", "None assigned"])
const wordOf = (text: string | undefined): string | undefined =>
  text === undefined || nothing.has(text) ? undefined : text

/** `code:signal`; `squeue` prints none. */
const exitCodeOf = (text: string | undefined): number | undefined => {
  if (text === undefined || text === "") return undefined
  const [code, signal] = text.split(":").map(Number)
  if (code === undefined || Number.isNaN(code)) return undefined
  return code === 0 && signal !== undefined && signal > 0 ? 128 + signal : code
}

/** `word` as either prints it; `CANCELLED by 0` is of sacct. */
export const stateOf = (word: string, reason?: string, node?: string, exitCode?: string): SchedulerState => {
  const [name = ""] = word.trim().split(/[ +]/)
  const outcome = outcomes[name]
  if (outcome !== undefined) {
    const words = wordOf(reason)
    return {
      _tag: "Ended",
      outcome,
      exitCode: exitCodeOf(exitCode),
      reason: words === undefined ? word.trim() : `${word.trim()}, ${words}`
    }
  }
  // One that was put back, by hand or because its node failed, waits until it begins
  if (pending.has(name)) return { _tag: "Pending", reason: wordOf(reason) ?? (name === "PENDING" ? undefined : name) }
  return { _tag: "Running", node: wordOf(node) }
}

/** A line of `squeue -r -o '%F|%K|%T|%N|%r'`. */
export const squeueLine = (line: string): Line | undefined => {
  const match = /^(\d+)\|(\d+|N\/A)\|([A-Z_]+)\|([^|]*)\|(.*)$/.exec(line)
  if (match === null) return undefined
  const [, id = "", element = "", state = "", node, reason] = match
  return { id, element: element === "N/A" ? undefined : Number(element), state: stateOf(state, reason, node) }
}

/** A line of `sacct -X -n -P -o JobID,State,ExitCode,NodeList`. Elements that never began share one line, which is passed over. */
export const sacctLine = (line: string): Line | undefined => {
  const match = /^(\d+)(?:_(\d+))?\|([^|]+)\|([^|]*)\|(.*)$/.exec(line)
  if (match === null) return undefined
  const [, id = "", element, state = "", exitCode, node] = match
  return {
    id,
    element: element === undefined ? undefined : Number(element),
    state: stateOf(state, undefined, node, exitCode)
  }
}

/** What lines say of jobs, by their names. The later line of one and the same wins. */
export const gather = (lines: ReadonlyArray<Line>): ReadonlyMap<string, SchedulerAnswer> => {
  const elements = new Map<string, Map<number, SchedulerState>>()
  const answers = new Map<string, SchedulerAnswer>()
  for (const { element, id, state } of lines) {
    if (element === undefined) answers.set(id, state)
    else {
      const known = elements.get(id) ?? new Map<number, SchedulerState>()
      elements.set(id, known.set(element, state))
      answers.set(id, { _tag: "Array", elements: known })
    }
  }
  return answers
}
