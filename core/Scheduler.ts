/**
 * What runs jobs: the site's own scheduler, or this machine.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ClusterType } from "./ClusterConfig.ts"
import * as Explanation from "./Explanation.ts"

/** `Rejected`: the scheduler does not want the job; `why` has its own words. `Unavailable`: it does not answer. */
export class SchedulerError extends Schema.TaggedError<SchedulerError>()("SchedulerError", {
  reason: Schema.Literal("Rejected", "Unavailable", "NotFound"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** What a job may use. What is missing is the scheduler's default. */
export interface JobLimits {
  readonly cores?: number | undefined
  readonly memoryBytes?: number | undefined
  readonly timeSeconds?: number | undefined
  readonly partition?: string | undefined
  readonly queue?: string | undefined
}

/** A job whose script runs many times: once for each element. */
export interface JobArray {
  /** Elements are numbered from 0 to `size - 1`. */
  readonly size: number
  /** The most elements that may run at the same time; without it the scheduler decides. */
  readonly concurrency?: number | undefined
}

/**
 * A job whose directory is complete: its script is in it, and output goes to `stdout.log` and `stderr.log` beside `job.sh`. The
 * elements of an array append to the same two; what belongs to one element its script redirects itself.
 */
export interface JobToSubmit {
  readonly jobId: string
  /** Absolute directory there. */
  readonly directory: string
  /** The script, relative to the directory; `job.sh` without it. */
  readonly script?: string | undefined
  readonly array?: JobArray | undefined
  readonly limits: JobLimits
  /** Variables for the job, on top of what the machine gives every job. */
  readonly environment: ReadonlyMap<string, Redacted.Redacted>
}

/** A job that the scheduler took. */
export interface SubmittedJob {
  readonly directory: string
  /** The scheduler's own name for it; empty when the client was killed before it could write it down. */
  readonly schedulerId: string
}

/** What the scheduler says of a job, or of one element of an array; the job's directory says the rest. */
export type SchedulerState =
  | { readonly _tag: "Pending"; readonly reason: string | undefined }
  | { readonly _tag: "Running"; readonly node: string | undefined }
  | {
    readonly _tag: "Ended"
    readonly outcome: "completed" | "failed" | "cancelled" | "timed-out" | "out-of-memory" | "node-failure"
    readonly exitCode: number | undefined
  }
  /** It does not know the job, or not any more. */
  | { readonly _tag: "Unknown" }

export class Scheduler extends Context.Tag("clustrix/Scheduler")<Scheduler, {
  readonly clusterType: ClusterType
  /** Whether the scheduler ends jobs at their limits. Where it does not, the job script brings its own supervisor. */
  readonly enforcesLimits: boolean
  /** How long after a job's end its files may still be on their way here, in ms. */
  readonly settleMillis: number
  /** The lines that tell the scheduler what the job needs, for the head of `job.sh`. */
  readonly directives: (jobId: string, limits: JobLimits) => ReadonlyArray<string>
  /** Returns the scheduler's name for the job. */
  readonly submit: (job: JobToSubmit) => Effect.Effect<string, SchedulerError>
  /** The states of jobs, by `schedulerId`; one command for all of them. */
  readonly poll: (
    jobs: ReadonlyArray<SubmittedJob>
  ) => Effect.Effect<ReadonlyMap<string, SchedulerState>, SchedulerError>
  /** Ends a job. One that has ended already is fine. */
  readonly cancel: (job: SubmittedJob) => Effect.Effect<void, SchedulerError>
}>() {}
