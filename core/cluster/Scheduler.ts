/**
 * What runs jobs: the site's own scheduler, or this machine.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ClusterType } from "../config/ClusterConfig.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { JobContents } from "./execute/JobContents.ts"
import type { TransportError } from "./Transport.ts"

/** `Rejected`: the scheduler does not want the job; `why` has its own words. `Unavailable`: it does not answer. `NotFound`: its commands are not there. */
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
  /** Further options in the scheduler's own words, one each: `--gres=gpu:1`, `-l gpu=1`. */
  readonly schedulerOptions?: ReadonlyArray<string> | undefined
}

/** A job whose script runs many times: once for each element. */
export interface JobArray {
  /** Elements are numbered from 0 to `size - 1`. */
  readonly size: number
  /** The most elements that may run at the same time; without it the scheduler decides. */
  readonly concurrency?: number | undefined
}

/**
 * A job: its script is in its directory, and output goes to `stdout.log` and `stderr.log` beside it. The elements of an array append
 * to the same two; what belongs to one element its script redirects itself.
 */
export interface JobToSubmit {
  readonly jobId: string
  /** Absolute directory there. */
  readonly directory: string
  /** The files that the command which submits makes first; without them, the directory is complete. */
  readonly contents?: JobContents | undefined
  /** The script, relative to the directory; `job.sh` without it. */
  readonly script?: string | undefined
  readonly array?: JobArray | undefined
  readonly limits: JobLimits
  /** Variables for the job, on top of what the machine gives every job. */
  readonly environment: ReadonlyMap<string, Redacted.Redacted>
}

/** What the scheduler and the host said when they took a job. */
export interface Acceptance {
  /** The scheduler's own name for the job. It is in the job's `submitted.json` too. */
  readonly schedulerId: string
  /** Where the package that the job needs finds npm packages: an absolute directory, or `none`. */
  readonly modules: string | undefined
}

/** A job that the scheduler took. */
export interface SubmittedJob {
  readonly directory: string
  /** The scheduler's own name for it; empty when the client was killed before it could write it down. */
  readonly schedulerId: string
  /** The array that it was submitted as. */
  readonly array?: JobArray | undefined
}

/** What the scheduler says of a job, or of one element of an array; the job's directory says the rest. */
export type SchedulerState =
  /** `reason`: its own words for what the job waits for. A job that was put back into the queue waits again. */
  | { readonly _tag: "Pending"; readonly reason: string | undefined }
  | { readonly _tag: "Running"; readonly node: string | undefined }
  | {
    readonly _tag: "Ended"
    readonly outcome: "completed" | "failed" | "cancelled" | "timed-out" | "out-of-memory" | "node-failure"
    readonly exitCode: number | undefined
    /** Its own words, where they tell more than the outcome. */
    readonly reason?: string | undefined
  }
  /** It does not know the job, or not any more. */
  | { readonly _tag: "Unknown" }

/** The states of an array's elements, by their numbers. An element that is missing is `Unknown`. */
export interface ArrayStates {
  readonly _tag: "Array"
  readonly elements: ReadonlyMap<number, SchedulerState>
}

/** An array that the scheduler does not know at all may be answered with one state: that of every element. */
export type SchedulerAnswer = SchedulerState | ArrayStates

/** What an answer says of a whole job: running if any element does, else waiting if any waits, else ended as the first did. */
export const overall = (answer: SchedulerAnswer): SchedulerState => {
  if (answer._tag !== "Array") return answer
  const states = [...answer.elements.values()]
  return states.find(({ _tag }) => _tag === "Running") ?? states.find(({ _tag }) => _tag === "Pending") ??
    states.find((state) => state._tag === "Ended" && state.outcome !== "completed") ?? states[0] ?? { _tag: "Unknown" }
}

/** What an answer says of one element. */
export const ofElement = (answer: SchedulerAnswer, index: number): SchedulerState =>
  answer._tag === "Array" ? answer.elements.get(index) ?? { _tag: "Unknown" } : answer

export class Scheduler extends Context.Tag("clustrix/Scheduler")<Scheduler, {
  readonly clusterType: ClusterType
  /**
   * Whether the scheduler may end jobs by itself, at limits or for others' sake, or start them anew. A job that was told to end then
   * does not know why. Every job keeps its limits to the second by its own supervisor all the same.
   */
  readonly endsJobs: boolean
  /** How long after a job's end its files may still be on their way here, in ms. */
  readonly settleMillis: number
  /** The least time between two questions to it, in ms. The job's directory may be asked more often. */
  readonly pollMillis: number
  /** The lines that tell the scheduler what the job needs, for the head of the job's script. */
  readonly directives: (jobId: string, limits: JobLimits, array?: JobArray) => ReadonlyArray<string>
  /** A word of POSIX `sh` that gives the number of the array's element, from 0, in the script of an array. */
  readonly elementIndex: string
  /**
   * Makes the job's files, hands it to the scheduler, and writes down what the scheduler calls it, by one command. Where the answer
   * is lost on the way, or does not come, it may be asked for again with the same job: nothing is submitted twice. Values of the
   * environment are never on a command line, nor in a file that others can read. A job that the scheduler rejects leaves nothing.
   *
   * Fails with a `TransportError` where the files cannot be made: `AlreadyExists` if the directory is another job's, `NotFound` if the
   * package is gone, `DiskFull`, `PermissionDenied`.
   */
  readonly submit: (job: JobToSubmit) => Effect.Effect<Acceptance, SchedulerError | TransportError>
  /**
   * The states of jobs, by `schedulerId`; one command for all of them. A scheduler that does not answer is `Unavailable`, which
   * says nothing of the jobs.
   */
  readonly poll: (
    jobs: ReadonlyArray<SubmittedJob>
  ) => Effect.Effect<ReadonlyMap<string, SchedulerAnswer>, SchedulerError>
  /** Ends a job. One that has ended already is fine. */
  readonly cancel: (job: SubmittedJob) => Effect.Effect<void, SchedulerError>
}>() {}
