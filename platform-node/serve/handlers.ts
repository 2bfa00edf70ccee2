/**
 * What the endpoints of {@link ClusterApi} do: uploads, jobs, and what is behind the server.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { ClusterExecutor, type Job } from "../../core/ClusterExecutor.ts"
import * as JobStatus from "../../core/execute/JobStatus.ts"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import { BadRequest, ClusterFailed, JobMissing, TooLarge, type TooManyRequests,
  Unauthorized } from "../../core/serve/ApiError.ts"
import { ApiCall, type ApiJobStatus, ApiPackage, type ApiResult } from "../../core/serve/ApiJob.ts"
import { Authorization, ClusterApi } from "../../core/serve/ClusterApi.ts"
import * as LogEvent from "../../core/serve/LogEvent.ts"
import { version } from "../../package.json"
import * as Calls from "./Calls.ts"
import * as Occupancy from "./Occupancy.ts"
import * as RequestBody from "./RequestBody.ts"
import type { ServeOptions } from "./ServeOptions.ts"
import type { UploadDirectory } from "./UploadDirectory.ts"

/** Lets in whoever has a token, or everybody where none is required. */
export const layerAuthorization = ({ tokens }: ServeOptions): Layer.Layer<Authorization> =>
  Layer.succeed(Authorization, {
    bearer: (token) =>
      tokens.accepts(token) ? Effect.void : Effect.fail(
        new Unauthorized({
          what: "The token is missing or wrong",
          remedy: "Send the header `Authorization: Bearer TOKEN`; who runs the server has the token."
        })
      )
  })

export const layerCluster = ({ config, limits }: ServeOptions) =>
  HttpApiBuilder.group(ClusterApi, "cluster", (handlers) =>
    handlers.handle("describe", () =>
      Effect.succeed({
        clusterType: config.clusterType,
        version,
        packageBytes: limits.packageBytes,
        callBytes: limits.callBytes
      })))

/** What a client sends after its request was answered is not read: the connection ends. */
const closing = HttpServerResponse.setHeader("connection", "close")

export const layerPackages = ({ limits }: ServeOptions, uploads: UploadDirectory) =>
  HttpApiBuilder.group(ClusterApi, "packages", (handlers) => {
    const room = Occupancy.make(limits.uploads, "uploads")
    const find = (digest: string) =>
      Effect.scoped(Effect.map(uploads.open(digest), ({ access, opened }): ApiPackage => ({
        digest,
        packageId: opened.packageId,
        functionName: opened.metadata.function_info.name,
        sizeBytes: access.sizeBytes
      })))
    const upload = (digest: string, request: HttpServerRequest.HttpServerRequest) =>
      Effect.gen(function*() {
        const known = yield* Effect.option(find(digest))
        if (Option.isSome(known)) return known.value
        const announced = Number(request.headers["content-length"] ?? 0)
        if (announced > limits.packageBytes) return yield* uploads.tooLarge
        yield* room.enter
        const bytes = RequestBody.bytesOf(
          request,
          () => new ClusterFailed({ reason: "BrokenOff", what: "The upload broke off", remedy: "Send it again." })
        )
        yield* uploads.save(digest, bytes)
        return yield* Effect.mapError(find(digest), Calls.clusterFailed)
      })
    return handlers
      .handle("find", ({ path }) => find(path.digest))
      .handleRaw("upload", ({ path, request }) =>
        upload(path.digest, request).pipe(
          Effect.flatMap(Schema.encode(ApiPackage)),
          Effect.map((answer) => closing(HttpServerResponse.unsafeJson(answer))),
          Effect.catchTag("ParseError", Effect.die)
        ))
  })

const statusOf = (job: Job, status: JobStatus.JobStatus): ApiJobStatus => {
  const { exitCode, finishedAt, host, peakMemoryBytes, reason, startedAt, state } = status
  const { createdAt, functionName, jobId, packageId } = job
  return {
    jobId,
    packageId,
    functionName,
    createdAt,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(host === undefined ? {} : { host }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes })
  }
}

interface Explained {
  readonly _tag: string
  readonly what?: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** A job that is not there is the client's matter, all else the cluster's. */
const askFailed = (jobId: string) => (error: Explained): JobMissing | ClusterFailed =>
  error._tag === "JobNotFoundError"
    ? new JobMissing({
      jobId,
      what: `There is no job ${jobId} on the cluster`,
      remedy: "GET /v1/jobs lists those that are there."
    })
    : Calls.clusterFailed(error)

const unknownJob = new Set(["JobNotFoundError", "TransportError", "SchedulerError", "ResultEnvelopeError"])

/** As much as any answer may be. */
const smallResultBytes = 1_048_576

/** `ending`: done when the server ends. */
export const layerJobs = (
  options: ServeOptions,
  uploads: UploadDirectory,
  ending: Deferred.Deferred<void>
) =>
  HttpApiBuilder.group(ClusterApi, "jobs", (handlers) =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const submit = yield* Calls.make(options, uploads)
      const { limits } = options
      const streams = Occupancy.make(limits.streams, "open streams")
      const large = Occupancy.make(limits.results, "large results")

      const readCall = (request: HttpServerRequest.HttpServerRequest) =>
        Effect.gen(function*() {
          const large = new TooLarge({
            limitBytes: limits.callBytes,
            what: `The call is larger than the ${limits.callBytes} bytes that this server takes`,
            remedy: "Put large data into files that the function reads."
          })
          if (Number(request.headers["content-length"] ?? 0) > limits.callBytes) return yield* large
          let received = 0
          const broken = () => new BadRequest({ what: "The request broke off", remedy: "Send it again." })
          const text = yield* RequestBody.bytesOf(request, broken).pipe(
            Stream.tap((piece) => {
              received += piece.length
              return received > limits.callBytes ? large : Effect.void
            }),
            Stream.decodeText(),
            Stream.mkString
          )
          return yield* Effect.mapError(
            Schema.decode(Schema.parseJson(ApiCall), { onExcessProperty: "error" })(text),
            (error) =>
              new BadRequest({
                what: "This is no call",
                why: error.message.slice(0, 2000),
                remedy: "/docs shows what a call looks like."
              })
          )
        })

      const describe = (jobId: string) =>
        Effect.map(
          Effect.mapError(Effect.all([executor.attach(jobId), executor.status(jobId)]), askFailed(jobId)),
          ([job, status]) => statusOf(job, status)
        )

      const eventsOf = (jobId: string, lastId: string | undefined) => {
        const from = LogEvent.positionOf(lastId)
        let position = from
        const printed = Stream.tap(LogEvent.fromLogs(executor.logs(jobId, { from }), from), (event) =>
          Effect.sync(() => {
            position = LogEvent.positionOf(event.id)
          }))
        const last = Effect.map(executor.status(jobId), ({ state }) => LogEvent.end(position, state))
        const quiet = Stream.repeatEffectWithSchedule(Effect.succeed(": still here\n\n"), Schedule.spaced("15 seconds"))
        return Stream.concat(printed, Stream.fromEffect(last)).pipe(
          Stream.map(LogEvent.encode),
          Stream.merge(Stream.drop(quiet, 1), { haltStrategy: "left" }),
          Stream.encodeText,
          // Without its last event: the client comes back
          Stream.interruptWhenDeferred(ending)
        )
      }

      /** Waits for it; what is large is read only when there is room for it, which is kept until it is sent. */
      const valueOf = (jobId: string) =>
        Effect.catchTag(
          executor.result(jobId, { limitBytes: smallResultBytes }),
          "ResultTooLargeError",
          () => Effect.zipRight(large.enter, executor.result(jobId, { limitBytes: limits.resultBytes }))
        )

      const resultOf = (jobId: string, waitSeconds: number) =>
        valueOf(jobId).pipe(
          Effect.flatMap(({ envelope, value }) =>
            envelope.value === undefined ? ValueCodec.encode(value, { subject: "The result" })
              : Effect.succeed(envelope.value)
          ),
          Effect.map((value): ApiResult => ({ _tag: "Returned", jobId, value })),
          Effect.catchAll((error): Effect.Effect<ApiResult, JobMissing | ClusterFailed | TooManyRequests> =>
            error._tag === "TooManyRequests"
              ? error
              : unknownJob.has(error._tag)
              ? Effect.fail(askFailed(jobId)(error))
              : Effect.succeed({
                _tag: "Failed",
                jobId,
                error: error._tag,
                what: error.what,
                ...(error.why === undefined ? {} : { why: error.why }),
                ...(error.remedy === undefined ? {} : { remedy: error.remedy })
              })
          ),
          Effect.raceFirst(Effect.zipRight(
            Effect.race(Effect.sleep(Duration.seconds(waitSeconds)), Deferred.await(ending)),
            Effect.map(describe(jobId), ({ state }): ApiResult => ({ _tag: "Pending", jobId, state }))
          ))
        )

      return handlers
        .handleRaw("submit", ({ request }) =>
          Effect.gen(function*() {
            const { createdAt, functionName, jobId, packageId } = yield* submit(yield* readCall(request))
            return HttpServerResponse.unsafeJson({ jobId, packageId, functionName, createdAt }, {
              status: 201,
              headers: { location: `/v1/jobs/${jobId}` }
            })
          }))
        .handle("list", ({ urlParams }) =>
          Effect.gen(function*() {
            const jobs = (yield* executor.list).slice(-(urlParams.limit ?? 100)).reverse()
            const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
            // One whose files cannot be understood takes no other with it
            return jobs.flatMap((job, index) => {
              const status = statuses[index]
              return status?._tag === "Right" ? [statusOf(job, status.right)] : []
            })
          }).pipe(Effect.mapError(Calls.clusterFailed)))
        .handle("status", ({ path }) => describe(path.jobId))
        .handleRaw("logs", ({ path, request }) =>
          Effect.gen(function*() {
            // Known before the stream begins: afterwards there is no way to say it
            yield* Effect.mapError(executor.attach(path.jobId), askFailed(path.jobId))
            yield* streams.enter
            return HttpServerResponse.stream(eventsOf(path.jobId, request.headers["last-event-id"]), {
              contentType: "text/event-stream",
              headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
            })
          }))
        .handle("result", ({ path, urlParams }) =>
          Effect.gen(function*() {
            // Asked first: somebody who does not wait is answered at once
            const { state } = yield* describe(path.jobId)
            const wait = urlParams.wait ?? 0
            if (!JobStatus.isFinal(state)) {
              if (wait === 0) return { _tag: "Pending" as const, jobId: path.jobId, state }
              yield* streams.enter
            }
            return yield* resultOf(path.jobId, Math.max(wait, 10))
          }))
        .handle("cancel", ({ path }) =>
          Effect.zipRight(
            Effect.mapError(executor.cancel(path.jobId), askFailed(path.jobId)),
            describe(path.jobId)
          ))
    }))
