/**
 * From the call that a client sends to the job that runs it.
 */
import * as Effect from "effect/Effect"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { Cluster, configOf, type JobSettings } from "../../core/config/Cluster.ts"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import { ClusterExecutor, type Job } from "../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import * as JobStatus from "../../core/cluster/execute/JobStatus.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import { BadRequest, ClusterFailed, TooManyRequests } from "../../core/http/ApiError.ts"
import type { Client } from "./Client.ts"
import type { ReadCall } from "./cpu/Task.ts"
import type { ServeOptions } from "./ServeOptions.ts"
import type { UploadDirectory } from "./UploadDirectory.ts"

const bad = (what: string, why?: string): BadRequest =>
  new BadRequest({ what, ...(why === undefined ? {} : { why }), remedy: "Correct the call, and send it again." })

/** What a cluster's errors say, without what only its administrator may know. */
export const clusterFailed = (
  error: { readonly _tag: string; readonly what?: string; readonly why?: string | undefined }
) =>
  new ClusterFailed({
    reason: error._tag,
    ...Quotation.explained({ what: error.what ?? "The cluster does not answer as it should", why: error.why }),
    remedy: "Ask again later; `clustrix doctor` on the server tells what is wrong."
  })

/** What the caller asks for, within what the server is configured with. */
const settingsOf = (
  own: ClusterConfig.ClusterConfig,
  { limits = {} }: ReadCall
): Effect.Effect<JobSettings, BadRequest> => {
  const { cores, memory, parallel, time } = limits
  const over = (given: number | undefined, most: number | undefined): boolean =>
    given !== undefined && most !== undefined && given > most
  const seconds = (text: string | undefined) => text === undefined ? undefined : ClusterConfig.timeSeconds(text)
  const bytes = (text: string | undefined) => text === undefined ? undefined : ClusterConfig.memoryBytes(text)
  const beyond = [
    over(cores, own.cores) ? `cores (at most ${own.cores})` : undefined,
    over(bytes(memory), bytes(own.memory)) ? `memory (at most ${own.memory})` : undefined,
    over(seconds(time), seconds(own.time)) ? `time (at most ${own.time})` : undefined
  ].filter((each) => each !== undefined)
  return beyond.length > 0
    ? Effect.fail(bad(`The call asks for more than this server gives: ${beyond.join(", ")}`))
    : Effect.succeed({ cores, memory, parallel, time })
}

/** The jobs that have not ended, as far as this server knows: those it submitted, and those it found when it began. */
const makeRunning = (most: number) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const known = new Set<string>()
    let reserved = 0
    const look = (jobIds: ReadonlyArray<string>) =>
      Effect.map(Effect.mapError(executor.statuses(jobIds), clusterFailed), (statuses) =>
        statuses.forEach((status, index) => {
          const jobId = jobIds[index]
          if (jobId === undefined) {
            return
          }
          if (status._tag === "Right" && !JobStatus.isFinal(status.right.state)) {
            known.add(jobId)
          } else known.delete(jobId)
        }))
    // Found once, when the first job is submitted: the directories are the truth
    const find = yield* Effect.cached(
      Effect.mapError(executor.list, clusterFailed).pipe(
        Effect.flatMap((jobs) =>
          look(
            jobs.slice(-1000).map(({ jobId }) =>
              jobId
            )
          )
        )
      )
    )
    const lookIfFull = Effect.suspend(() => known.size + reserved >= most ? look([...known]) : Effect.void)
    /** Runs `submit` when there is room for one more. */
    const admit = <E, R>(submit: Effect.Effect<Job, E, R>) =>
      Effect.zipRight(
        Effect.zipRight(find, lookIfFull),
        Effect.acquireUseRelease(
          Effect.suspend(() => {
            if (known.size + reserved >= most) {
              return new TooManyRequests({
                retryAfterSeconds: 10,
                what: `${most} jobs have not ended yet: this server takes no more`,
                remedy: "Wait until some have ended, or cancel them."
              })
            }
            reserved += 1
            return Effect.void
          }),
          () => Effect.tap(submit, ({ jobId }) => Effect.sync(() => known.add(jobId))),
          () =>
            Effect.sync(() => {
              reserved -= 1
            })
        )
      )
    return admit
  })

export const make = (options: ServeOptions, uploads: UploadDirectory) =>
  Effect.gen(function*() {
    const cluster = yield* Cluster
    const executor = yield* ClusterExecutor
    const admit = yield* makeRunning(options.limits.jobs)

    /** Makes the job. Once it is handed to the cluster, a client that goes away does not take it back. */
    return (call: ReadCall, client: Client, callKey?: string) =>
      Effect.scoped(Effect.gen(function*() {
        const { functionName, packageId } = yield* uploads.find(client.share, call.digest)
        const job = yield* settingsOf(cluster.config, call)
        const config = yield* Effect.mapError(configOf(cluster, job), clusterFailed)
        const access = yield* Effect.mapError(RandomAccess.fromFile(uploads.pathOf(call.digest)), clusterFailed)
        const invocation = yield* Invocation.make({
          package: { packageId, digest: call.digest, functionName },
          encoded: { arguments: call.arguments, options: call.options },
          cluster: config,
          runtimeVersion: process.version
        }).pipe(Effect.catchTag("ValueNotCarriedError", Effect.die)) // they are encoded already
        return yield* admit(
          Effect.uninterruptible(
            Effect.mapError(
              executor.submit({ package: access, invocation, job, owner: client.owner, callKey }),
              clusterFailed
            )
          )
        )
      }))
  })
