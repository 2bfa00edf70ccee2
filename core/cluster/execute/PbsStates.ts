/**
 * The words of PBS Pro and OpenPBS (`qstat -x -f -F json`, PBS Professional Reference Guide: Job States, Job Exit Status Codes) and of
 * Torque (`qstat -x`, qstat(1B)) for what a job does. Written from these documents; not tested against a server.
 */
import * as Either from "effect/Either"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import type { SchedulerAnswer, SchedulerState } from "../Scheduler.ts"
import * as SchedulerXml from "./SchedulerXml.ts"

/** Attributes of a job that matter here, whichever server tells them. */
interface Attributes {
  readonly state: string
  readonly comment: string | undefined
  /** `node1/0*4+node2/0`. */
  readonly hosts: string | undefined
  readonly exitStatus: number | undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined

const numberOf = (value: unknown): number | undefined => {
  const text = textOf(value)
  return text === undefined || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text)
}

/** Where a signal ended the job, 256 and the signal's number. */
const signalled = 256

type Outcome = Extract<SchedulerState, { readonly _tag: "Ended" }>["outcome"]

/** Negative exit statuses: why the server ended the job. */
const proOutcomes: ReadonlyMap<number, Outcome> = new Map([
  [-26, "out-of-memory"],
  [-27, "out-of-memory"],
  [-28, "timed-out"],
  [-29, "timed-out"]
])
const torqueOutcomes: ReadonlyMap<number, Outcome> = new Map([
  [-10, "out-of-memory"],
  [-11, "timed-out"],
  [-12, "timed-out"]
])

const ended = (attributes: Attributes, outcomes: ReadonlyMap<number, Outcome>): SchedulerState => {
  const { comment, exitStatus, state } = attributes
  const outcome = exitStatus === undefined
    // It never began
    ? "cancelled"
    : exitStatus === 0
    ? "completed"
    : outcomes.get(exitStatus) ??
      (exitStatus === signalled + 15 || exitStatus === signalled + 9 ? "cancelled" : "failed")
  return {
    _tag: "Ended",
    outcome,
    exitCode: exitStatus !== undefined && exitStatus > signalled ? exitStatus - signalled + 128 : exitStatus,
    reason: [`${state}${exitStatus === undefined ? "" : `, Exit_status ${exitStatus}`}`,
      ...comment === undefined ? [] : [comment]]
      .join(": ")
  }
}

const stateOf = (attributes: Attributes, outcomes: ReadonlyMap<number, Outcome>): SchedulerState => {
  switch (attributes.state) {
    // Finished, completed, a finished element, moved to another server
    case "F":
    case "C":
    case "X":
      return ended(attributes, outcomes)
    case "M":
      return { _tag: "Unknown" }
    case "R":
    case "E":
    case "S":
    case "U":
    case "B":
      return { _tag: "Running", node: /^[^/+]+/.exec(attributes.hosts ?? "")?.[0] }
    default:
      return { _tag: "Pending", reason: attributes.comment ?? (attributes.state === "H" ? "held" : undefined) }
  }
}

/** `12.server`, `12[].server`, `12[3].server`, and Torque's `12-3.server`. */
export const jobOf = (
  id: string
): { readonly id: string; readonly element: number | undefined; readonly array: boolean } => {
  const [, number = "", brackets, bracketed, dashed] = /^(\d+)(\[(\d*)\]|-(\d+))?/.exec(id) ?? []
  const element = bracketed === undefined || bracketed === "" ? dashed : bracketed
  return { id: number, element: element === undefined ? undefined : Number(element), array: brackets !== undefined }
}

type Found = readonly [id: string, state: SchedulerState]

/** Of one answer. */
const limits: BoundedJson.Limits = { bytes: 67_108_864, depth: 32, elements: 2_000_000, stringBytes: 1_048_576 }

/** What PBS Pro and OpenPBS print; `undefined`: it is no JSON, or too much. Some versions leave out what they should escape. */
export const fromJson = (text: string): ReadonlyArray<Found> | undefined => {
  const root = Either.try(() => BoundedJson.parse(text, limits))
  if (Either.isLeft(root)) return undefined
  const jobs = isRecord(root.right) ? root.right["Jobs"] : undefined
  return Object.entries(isRecord(jobs) ? jobs : {}).flatMap(([id, job]): ReadonlyArray<Found> =>
    isRecord(job)
      ? [[
        id,
        stateOf({
          state: textOf(job["job_state"]) ?? "",
          comment: textOf(job["comment"]),
          hosts: textOf(job["exec_host"]),
          exitStatus: numberOf(job["Exit_status"])
        }, proOutcomes)
      ]]
      : []
  )
}

const readXml = SchedulerXml.reader("Job")

/** What Torque prints: several documents after one another, where several jobs were asked for. What cannot be read tells nothing. */
export const fromXml = (text: string): ReadonlyArray<Found> =>
  text.split(/(?=<Data>)/).flatMap((document) => {
    const root = readXml(document)
    const data = isRecord(root) ? root["Data"] : undefined
    const jobs: unknown = isRecord(data) ? data["Job"] : undefined
    return (Array.isArray(jobs) ? jobs : []).filter(isRecord).map((job): Found => [
      textOf(job["Job_Id"]) ?? "",
      stateOf({
        state: textOf(job["job_state"]) ?? "",
        comment: textOf(job["comment"]),
        hosts: textOf(job["exec_host"]),
        exitStatus: numberOf(job["exit_status"])
      }, torqueOutcomes)
    ])
  })

/** What is known of jobs, by their numbers alone: servers have several names. */
export const gather = (found: ReadonlyArray<Found>): ReadonlyMap<string, SchedulerAnswer> => {
  const arrays = new Map<string, Map<number, SchedulerState>>()
  const answers = new Map<string, SchedulerAnswer>()
  for (const [name, state] of found) {
    const { array, element, id } = jobOf(name)
    if (!array) {
      answers.set(id, state)
      continue
    }
    const known = arrays.get(id) ?? new Map<number, SchedulerState>()
    arrays.set(id, known)
    if (element !== undefined) known.set(element, state)
    answers.set(id, { _tag: "Array", elements: known })
  }
  return answers
}
