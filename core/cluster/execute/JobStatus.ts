/**
 * The state of a job, from its directory and from the scheduler's words.
 */
import * as Quotation from "../../diagnostics/Quotation.ts"
import type * as ResultEnvelope from "../../runtime/ResultEnvelope.ts"
import type { SchedulerState } from "../Scheduler.ts"
import type { RunningState } from "./JobDirectory.ts"
import type { JobProgress } from "./JobProgress.ts"
import type { JobState } from "./JobState.ts"
import type { TaskCounts } from "./TaskFiles.ts"

export interface JobStatus {
  readonly jobId: string
  readonly state: JobState
  /** The scheduler's reason while queued; the runner's words when it ended. */
  readonly reason: string | undefined
  readonly host: string | undefined
  /** Milliseconds since 1970, by the clock of the machine that runs the job. */
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly exitCode: number | undefined
  readonly peakMemoryBytes: number | undefined
  /** Of a job that is many calls. */
  readonly tasks?: TaskCounts
  /** How far the function is, or was when it ended without a value, if it says so. */
  readonly progress?: JobProgress
  /** Its directory was removed, and with it its logs. */
  readonly isRemoved?: true
}

const states: Readonly<Record<ResultEnvelope.Status, JobState>> = {
  returned: "succeeded",
  threw: "failed",
  "not-carried": "failed",
  "not-loaded": "failed",
  "bad-invocation": "failed",
  uncaught: "failed",
  exited: "failed",
  unsettled: "failed",
  killed: "failed",
  "out-of-memory": "out-of-memory",
  "timed-out": "timed-out",
  cancelled: "cancelled"
}

/**
 * Whether the job was told to end, or killed, and cannot know why: at a limit, on request, for a job of more importance, to be
 * started anew elsewhere. Under a scheduler that does such things it is the scheduler who knows.
 */
export const isDoubtful = (envelope: ResultEnvelope.ResultEnvelope | undefined): boolean =>
  envelope !== undefined && (envelope.status === "cancelled" || envelope.status === "killed")

/** What the scheduler says of a job with a doubtful result, and what the job cannot know. */
export const knowsBetter = (scheduler: SchedulerState): boolean =>
  scheduler._tag === "Pending" || scheduler._tag === "Running" ||
  scheduler._tag === "Ended" &&
    (scheduler.outcome === "timed-out" || scheduler.outcome === "out-of-memory" || scheduler.outcome === "node-failure")

const outcomes: Readonly<Record<Extract<SchedulerState, { readonly _tag: "Ended" }>["outcome"], JobState>> = {
  // Its result is gone
  completed: "vanished",
  failed: "failed",
  cancelled: "cancelled",
  "timed-out": "timed-out",
  "out-of-memory": "out-of-memory",
  "node-failure": "node-failed"
}

/** Whether nothing more will happen. */
export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "running"

const reasonOf = (envelope: ResultEnvelope.ResultEnvelope): string | undefined => {
  const { error, message, refusal } = envelope
  if (message !== undefined) return Quotation.shortened(message)
  if (refusal !== undefined) {
    return `${Quotation.shortened(refusal.path)} is ${Quotation.shortened(refusal.description)}`
  }
  if (error === undefined) return undefined
  return error.type === "error"
    ? `${Quotation.shortened(error.name)}: ${Quotation.shortened(error.message)}`
    : Quotation.shortened(error.printed)
}

/** What a scheduler says, as much of it as is shown. */
const wordsOf = (text: string | undefined): string | undefined => text === undefined ? undefined : Quotation.plain(text)

const nothing = {
  reason: undefined,
  host: undefined,
  startedAt: undefined,
  finishedAt: undefined,
  exitCode: undefined,
  peakMemoryBytes: undefined
}

/** The state of a job that is many calls. `scheduler`: of all its elements together. */
export const ofTasks = (jobId: string, tasks: TaskCounts, scheduler: SchedulerState, submitted: boolean): JobStatus => {
  const known = { ...nothing, jobId, tasks }
  if (tasks.succeeded === tasks.total) return { ...known, state: "succeeded" }
  if (tasks.succeeded + tasks.failed === tasks.total) {
    return { ...known, state: "failed", reason: `${tasks.failed} of ${tasks.total} tasks failed` }
  }
  return {
    ...derive({ jobId, envelope: undefined, scheduler, running: undefined, submitted }),
    ...scheduler._tag === "Running" ? { state: "running" as const } : {},
    tasks
  }
}

/** The state that follows from what is known. A result beats the scheduler, which beats the job's own `state` file. */
export const derive = (input: {
  readonly jobId: string
  readonly envelope: ResultEnvelope.ResultEnvelope | undefined
  readonly scheduler: SchedulerState
  readonly running: RunningState | undefined
  readonly submitted: boolean
  /** The job's directory is not there; what the scheduler calls the job, where that is known. */
  readonly removed?: { readonly schedulerId: string | undefined } | undefined
}): JobStatus => {
  const { envelope, jobId, removed, running, scheduler } = input
  const known = { ...nothing, jobId, host: running?.host, startedAt: running?.startedAt }
  if (envelope !== undefined) {
    return {
      jobId,
      state: states[envelope.status],
      reason: reasonOf(envelope),
      host: envelope.host,
      startedAt: envelope.startedAt,
      finishedAt: envelope.finishedAt,
      exitCode: envelope.exitCode,
      peakMemoryBytes: envelope.peakMemoryBytes
    }
  }
  if (removed !== undefined) {
    const { schedulerId = "" } = removed
    const name = schedulerId === "" ? "the scheduler's job" : `the scheduler's job ${schedulerId}`
    const does = scheduler._tag === "Running" ? `${name} still runs`
      : scheduler._tag === "Pending" ? `${name} still waits` : "nothing of it runs"
    return { ...known, state: "vanished", isRemoved: true, reason: `Its directory was removed; ${does}` }
  }
  switch (scheduler._tag) {
    case "Pending":
      return { ...known, state: "queued", reason: wordsOf(scheduler.reason) }
    case "Running":
      return {
        ...known,
        state: running === undefined ? "queued" : "running",
        host: running?.host ?? wordsOf(scheduler.node)
      }
    case "Unknown":
      return input.submitted || running !== undefined
        ? { ...known, state: "vanished", reason: "Nothing runs any more, and there is no result" }
        : { ...known, state: "vanished", reason: "It was never submitted" }
    case "Ended": {
      const { exitCode, outcome } = scheduler
      const state = outcomes[outcome]
      const reason = outcome === "cancelled"
        ? "It was ended on request"
        : `The scheduler says ${wordsOf(scheduler.reason) ?? outcome}, and there is no result`
      return { ...known, state, exitCode, reason }
    }
  }
}
