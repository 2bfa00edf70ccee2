/**
 * The packages that jobs still need.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { isFinal } from "./JobStatus.ts"
import type { ClusterExecutor } from "../ClusterExecutor.ts"

/** IDs of the packages of all jobs that have not ended. A job that cannot be asked counts as not ended. */
export const unfinishedPackages = (
  executor: typeof ClusterExecutor.Service
): Effect.Effect<ReadonlySet<string>> =>
  Effect.gen(function*() {
    const jobs = yield* executor.list
    const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
    const unfinished = jobs.filter((_job, index) => {
      const status = statuses[index]
      return status === undefined || Either.isLeft(status) || !isFinal(status.right.state)
    })
    return new Set(unfinished.map(({ packageId }) => packageId))
  }).pipe(Effect.orDie)
