/**
 * The packages that jobs still need.
 */
import * as Effect from "effect/Effect"
import { isFinal } from "./JobStatus.ts"
import type { ClusterExecutor } from "../ClusterExecutor.ts"

/** IDs of the packages of all jobs that have not ended. A job that cannot be asked counts as not ended. */
export const unfinishedPackages = (
  executor: typeof ClusterExecutor.Service
): Effect.Effect<ReadonlySet<string>> =>
  Effect.gen(function*() {
    const jobs = yield* executor.list
    const unfinished = yield* Effect.filter(jobs, (job) =>
      Effect.match(executor.status(job.jobId), {
        onFailure: () => true,
        onSuccess: (status) => !isFinal(status.state)
      }), {
      concurrency: 8
    })
    return new Set(unfinished.map(({ packageId }) => packageId))
  }).pipe(Effect.orDie)
