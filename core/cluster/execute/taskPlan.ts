/**
 * The plan of a job that is many calls, from what was asked for.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError } from "../../config/ConfigurationError.ts"
import type { JobLimits } from "../Scheduler.ts"
import * as JobDirectory from "./JobDirectory.ts"

export interface TaskPlanRequest {
  readonly count: number
  readonly chunk: number | undefined
  readonly concurrency: number | undefined
  readonly retry: number | undefined
  readonly limits: JobLimits
}

/** Of an array, unless somebody says how many calls an element makes: what a Slurm takes as it comes. */
const mostElements = 1000

const isWhole = (value: number | undefined, least: number): boolean =>
  value === undefined || Number.isSafeInteger(value) && value >= least

const invalid = (name: string, value: number | undefined, least: number): ConfigurationError =>
  new ConfigurationError({
    reason: "InvalidValue",
    what: `\`${name}\` cannot be ${value}`,
    why: "It counts.",
    remedy: `Pass a whole number from ${least} on, or leave it out.`
  })

/** An infinite `chunk` is one element for all, an infinite `concurrency` is none. */
export const taskPlan = (
  request: TaskPlanRequest
): Effect.Effect<JobDirectory.TaskPlan, ConfigurationError> =>
  Effect.gen(function*() {
    const { count, limits, retry = 0 } = request
    const chunk = request.chunk === Infinity ? Math.max(1, count) : request.chunk
    const concurrency = request.concurrency === Infinity ? undefined : request.concurrency
    if (!isWhole(chunk, 1)) return yield* invalid("chunk", chunk, 1)
    if (!isWhole(concurrency, 1)) return yield* invalid("concurrency", concurrency, 1)
    if (!isWhole(retry, 0)) return yield* invalid("retry", retry, 0)
    if (count > JobDirectory.mostTasks) {
      return yield* new ConfigurationError({
        reason: "InvalidValue",
        what: `One job cannot be ${count} calls`,
        why: `It is ${JobDirectory.mostTasks} at most.`,
        remedy: "Make several jobs of them, or let each call take more than one input."
      })
    }
    return {
      count,
      chunk: chunk ?? Math.max(1, Math.ceil(count / mostElements)),
      ...(concurrency === undefined ? {} : { concurrency }),
      tries: 1 + retry,
      limits
    }
  })
