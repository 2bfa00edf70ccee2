/**
 * Grid Engine's words for what a job does: the XML of `qstat`, the records of `qacct` (man qstat, man sge_status).
 */
import type { SchedulerAnswer, SchedulerState } from "../Scheduler.ts"
import * as SchedulerXml from "./SchedulerXml.ts"

/** Of one job or element of an array. Elements count from 0 here, and from 1 there. */
export interface Entry {
  readonly id: string
  readonly name: string
  readonly elements: ReadonlyArray<number> | undefined
  readonly state: SchedulerState
}

const readXml = SchedulerXml.reader("job_list")

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const textOf = (value: unknown): string => typeof value === "string" ? value : ""

/** `qw hqw t r dr Eqw ...`: the letters of man qstat. */
export const stateOf = (letters: string, queue: string): SchedulerState => {
  if (letters.includes("E")) {
    return {
      _tag: "Ended",
      outcome: "failed",
      exitCode: undefined,
      reason: `${letters} (an error keeps it in the queue)`
    }
  }
  if (/[qw]/.test(letters)) {
    const reason = letters.startsWith("R") ? "requeued" : letters.includes("h") ? "held" : undefined
    return { _tag: "Pending", reason: reason === undefined ? undefined : `${letters} (${reason})` }
  }
  return { _tag: "Running", node: queue.split("@")[1] }
}

/** Elements that are told of in one answer, all jobs together. Of more nothing is known. */
const mostElements = 2_000_000

/** `3`, `3,5`, `3-9:2`, and several of them: the tasks of one entry, as elements, `most` of them. */
export const elementsOf = (tasks: string, most = mostElements): ReadonlyArray<number> => {
  const elements: Array<number> = []
  for (const part of tasks.split(",")) {
    const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim())
    if (match === null) continue
    const [first, last, step] = [Number(match[1]), Number(match[2] ?? match[1]), Math.max(1, Number(match[3] ?? 1))]
    for (let task = first; task <= last && elements.length < most; task += step) elements.push(task - 1)
  }
  return elements
}

/** {@link elementsOf} of one entry after the other. */
const elementsReader = (): (tasks: string) => ReadonlyArray<number> => {
  let left = mostElements
  return (tasks) => {
    const elements = elementsOf(tasks, left)
    left -= elements.length
    return elements
  }
}

/** What `qstat -xml` printed: running jobs in `queue_info`, waiting ones in `job_info`. `undefined`: it is no such thing. */
export const qstatEntries = (xml: string): ReadonlyArray<Entry> | undefined => {
  const root = readXml(xml)
  const info = isRecord(root) ? root["job_info"] : undefined
  if (!isRecord(info)) return undefined
  const read = elementsReader()
  return [info["queue_info"], info["job_info"]].flatMap((section) => {
    const list: unknown = isRecord(section) ? section["job_list"] : undefined
    return (Array.isArray(list) ? list : []).filter(isRecord).map((job): Entry => {
      const tasks = textOf(job["tasks"])
      return {
        id: textOf(job["JB_job_number"]),
        name: textOf(job["JB_name"]),
        elements: tasks === "" ? undefined : read(tasks),
        state: stateOf(textOf(job["state"]), textOf(job["queue_name"]))
      }
    })
  })
}

/** The words of `qstat -j` for why jobs are in an error state, by their numbers. */
export const errorReasons = (lines: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const reasons = new Map<string, string>()
  let id = ""
  for (const line of lines) {
    const [, key = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    if (key === "job_number") id = value
    if (key.startsWith("error reason") && !reasons.has(id)) reasons.set(id, value)
  }
  return reasons
}

const killed = 128 + 9
/** sge_status(5). */
const failures = { daemonDied: "21", limit: "37", afterJob: "100" }

const recordState = (record: ReadonlyMap<string, string>): SchedulerState => {
  const failed = record.get("failed") ?? "0"
  const status = record.get("exit_status") ?? ""
  const [code = "0"] = failed.split(/[ :]/)
  const exitCode = Number.parseInt(status, 10)
  const ended = (outcome: Extract<SchedulerState, { readonly _tag: "Ended" }>["outcome"]): SchedulerState => ({
    _tag: "Ended",
    outcome,
    exitCode: Number.isNaN(exitCode) ? undefined : exitCode,
    reason: `failed ${failed}, exit_status ${status}`
  })
  if (code === "0") return ended(exitCode === 0 ? "completed" : "failed")
  if (code === failures.limit) return ended("timed-out")
  if (code === failures.daemonDied) return ended("node-failure")
  // What qdel does. Whoever runs out of memory is the function's process, and the job itself lives to tell of it
  return ended(code === failures.afterJob && exitCode === killed ? "cancelled" : "failed")
}

/** What `qacct -j` printed: a rule, then a line for each field. A job that was started anew has several records; the last counts. */
export const qacctEntries = (lines: ReadonlyArray<string>): ReadonlyArray<Entry> => {
  const records: Array<Map<string, string>> = []
  for (const line of lines) {
    if (/^=+$/.test(line)) records.push(new Map())
    const [, key, value] = /^(\w+)\s+(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined) records.at(-1)?.set(key, value ?? "")
  }
  const read = elementsReader()
  return records.map((record) => {
    const task = record.get("taskid") ?? "undefined"
    return {
      id: record.get("jobnumber") ?? "",
      name: record.get("jobname") ?? "",
      elements: task === "undefined" ? undefined : read(task),
      state: recordState(record)
    }
  })
}

/** What entries say of jobs, by their numbers. The later entry of one and the same wins. */
export const gather = (entries: ReadonlyArray<Entry>): ReadonlyMap<string, SchedulerAnswer> => {
  const arrays = new Map<string, Map<number, SchedulerState>>()
  const answers = new Map<string, SchedulerAnswer>()
  for (const { elements, id, state } of entries) {
    if (elements === undefined) {
      answers.set(id, state)
      continue
    }
    const known = arrays.get(id) ?? new Map<number, SchedulerState>()
    for (const element of elements) known.set(element, state)
    arrays.set(id, known)
    answers.set(id, { _tag: "Array", elements: known })
  }
  return answers
}
