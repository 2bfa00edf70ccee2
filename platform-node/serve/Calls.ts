/**
 * From the call that a client sends to the job that runs it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as ClusterConfig from "../../core/ClusterConfig.ts"
import { ClusterExecutor, type Job } from "../../core/ClusterExecutor.ts"
import * as JobStatus from "../../core/execute/JobStatus.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import { BadRequest, ClusterFailed, TooManyRequests } from "../../core/serve/ApiError.ts"
import type { ApiCall } from "../../core/serve/ApiJob.ts"
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
    what: error.what ?? "The cluster does not answer as it should",
    ...(error.why === undefined ? {} : { why: error.why }),
    remedy: "Ask again later; `clustrix doctor` on the server tells what is wrong."
  })

const decodeList = (call: ApiCall): Effect.Effect<ReadonlyArray<unknown>, BadRequest> => {
  if (call.arguments === undefined) return Effect.succeed(call.json ?? [])
  if (call.json !== undefined) return Effect.fail(bad("A call has `arguments` or `json`, not both"))
  return ValueCodec.decode(call.arguments).pipe(
    Effect.mapError((error) => bad("The arguments are no value text", error.what)),
    Effect.filterOrFail(Array.isArray, () => bad("The arguments are not an array"))
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const decodeOptions = ({ options }: ApiCall): Effect.Effect<Readonly<Record<string, unknown>>, BadRequest> =>
  options === undefined ? Effect.succeed({}) : ValueCodec.decode(options).pipe(
    Effect.mapError((error) => bad("The options are no value text", error.what)),
    Effect.filterOrFail(isRecord, () => bad("The options are not an object"))
  )

/** The cluster of this call: what the server is configured with, and within that what the caller asks for. */
const configOf = (
  own: ClusterConfig.ClusterConfig,
  { limits = {} }: ApiCall
): Effect.Effect<ClusterConfig.ClusterConfig, BadRequest> => {
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
    : Effect.succeed({
      ...own,
      ...(cores === undefined ? {} : { cores }),
      ...(memory === undefined ? {} : { memory }),
      ...(parallel === undefined ? {} : { parallel }),
      ...(time === undefined ? {} : { time })
    })
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
    const executor = yield* ClusterExecutor
    const admit = yield* makeRunning(options.limits.jobs)

    /** Makes the job. Once it is handed to the cluster, a client that goes away does not take it back. */
    return (call: ApiCall) =>
      Effect.acquireUseRelease(
        Scope.make(),
        (scope) =>
          Effect.gen(function*() {
            const { access, opened } = yield* Scope.extend(uploads.open(call.digest), scope)
            const config = yield* configOf(options.config, call)
            const invocation = yield* Invocation.make({
              package: {
                packageId: opened.packageId,
                digest: opened.digest,
                functionName: opened.metadata.function_info.name
              },
              arguments: yield* decodeList(call),
              options: yield* decodeOptions(call),
              cluster: config,
              runtimeVersion: process.version
            }).pipe(Effect.catchTag("ValueNotCarriedError", (error) => Effect.fail(bad(error.what))))
            return yield* admit(
              Effect.uninterruptible(
                Effect.mapError(executor.submit({ package: access, invocation, config }), clusterFailed)
              )
            )
          }),
        (scope) => Scope.close(scope, Exit.void)
      )
  })
