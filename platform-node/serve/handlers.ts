/**
 * What the endpoints of {@link ClusterApi} do: uploads, jobs, and what is behind the server.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import { Cluster } from "../../core/config/Cluster.ts"
import { ClusterExecutor, type Job } from "../../core/cluster/ClusterExecutor.ts"
import * as JobDirectory from "../../core/cluster/execute/JobDirectory.ts"
import * as JobStatus from "../../core/cluster/execute/JobStatus.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { PackageStore } from "../../core/archive/PackageStore.ts"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import { BadRequest, ClusterFailed, JobMissing, type NotReady, TooLarge, type TooManyRequests,
  Unauthorized } from "../../core/http/ApiError.ts"
import { type ApiJob, type ApiJobStatus, ApiPackage, type ApiResult } from "../../core/http/ApiJob.ts"
import { Authorization, ClusterApi, idempotencyKey, idempotencyKeyPattern } from "../../core/http/ClusterApi.ts"
import * as LogEvent from "../../core/http/LogEvent.ts"
import { Transport } from "../../core/cluster/Transport.ts"
import { version } from "../../package.json"
import * as Calls from "./Calls.ts"
import * as Client from "./Client.ts"
import type { Cpu } from "./Cpu.ts"
import type { Failure } from "./cpu/Task.ts"
import * as IdempotencyKeys from "./IdempotencyKeys.ts"
import type { Metrics } from "./Metrics.ts"
import type * as Occupancy from "./Occupancy.ts"
import * as RequestBody from "./RequestBody.ts"
import type { ServeOptions } from "./ServeOptions.ts"
import type { UploadDirectory } from "./UploadDirectory.ts"

/** Lets in whoever has a token, or everybody where none is required. */
export const layerAuthorization = ({ tokens }: ServeOptions): Layer.Layer<Authorization> =>
  Layer.succeed(Authorization, {
    // What is handed in here is the header without its first letters, whatever they are
    bearer: () =>
      Effect.flatMap(
        HttpServerRequest.HttpServerRequest,
        (request) =>
          !tokens.required || Client.of(request, tokens).owner !== undefined ? Effect.void : Effect.fail(
            new Unauthorized({
              what: "The token is missing or wrong",
              remedy: "Send the header `Authorization: Bearer TOKEN`; who runs the server has the token."
            })
          )
      )
  })

/** What tells of the server itself. `ready`: fails with the reason when it is not. */
export const layerProbes = (ready: Effect.Effect<void, NotReady>) =>
  HttpApiBuilder.group(ClusterApi, "probes", (handlers) =>
    handlers
      .handle("health", () => Effect.succeed({ status: "ok" as const }))
      .handle("ready", () => Effect.as(ready, { status: "ready" as const })))

export const layerMetrics = (metrics: Metrics) =>
  HttpApiBuilder.group(ClusterApi, "metrics", (handlers) => handlers.handle("metrics", () => Effect.sync(metrics.text)))

export const layerCluster = ({ limits }: ServeOptions) =>
  HttpApiBuilder.group(
    ClusterApi,
    "cluster",
    (handlers) =>
      Effect.map(Cluster, ({ config }) =>
        handlers.handle("describe", () =>
          Effect.succeed({
            clusterType: config.clusterType,
            version,
            packageBytes: limits.packageBytes,
            callBytes: limits.callBytes
          })))
  )

/** What a client sends after its request was answered is not read: the connection ends. */
const closing = HttpServerResponse.setHeader("connection", "close")

/** Where there is room for so much at once. */
export interface Rooms {
  readonly uploads: Occupancy.Occupancy
  readonly streams: Occupancy.Occupancy
  readonly results: Occupancy.Occupancy
}

export const layerPackages = ({ limits, tokens }: ServeOptions, uploads: UploadDirectory, rooms: Rooms) =>
  HttpApiBuilder.group(ClusterApi, "packages", (handlers) => {
    const upload = (digest: string, request: HttpServerRequest.HttpServerRequest) =>
      Effect.gen(function*() {
        const { share } = Client.of(request, tokens)
        const known = yield* Effect.option(uploads.find(share, digest))
        if (Option.isSome(known)) return known.value
        const announced = Number(request.headers["content-length"] ?? 0)
        if (announced > limits.packageBytes) return yield* uploads.tooLarge
        yield* rooms.uploads.enter(share)
        const bytes = RequestBody.bytesOf(
          request,
          limits,
          () => new ClusterFailed({ reason: "BrokenOff", what: "The upload broke off", remedy: "Send it again." })
        )
        return yield* uploads.save(share, digest, bytes)
      })
    return handlers
      .handle("find", ({ path, request }) => uploads.find(Client.of(request, tokens).share, path.digest))
      .handleRaw("upload", ({ path, request }) =>
        upload(path.digest, request).pipe(
          Effect.flatMap(Schema.encode(ApiPackage)),
          Effect.map((answer) => closing(HttpServerResponse.unsafeJson(answer))),
          Effect.catchTag("ParseError", Effect.die)
        ))
  })

const statusOf = (job: Job, status: JobStatus.JobStatus): ApiJobStatus => {
  const { exitCode, finishedAt, host, peakMemoryBytes, progress, reason, startedAt, state } = status
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
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    ...(progress === undefined ? {} : { progress })
  }
}

interface Explained {
  readonly _tag: string
  readonly what?: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

const noJob = (jobId: string): JobMissing =>
  new JobMissing({
    jobId,
    what: `There is no job ${jobId} on the cluster`,
    remedy: "GET /v1/jobs lists those that are there."
  })

/** A job that is not there is the client's matter, all else the cluster's. */
const askFailed = (jobId: string) => (error: Explained): JobMissing | ClusterFailed =>
  error._tag === "JobNotFoundError" ? noJob(jobId) : Calls.clusterFailed(error)

const unknownJob = new Set(["JobNotFoundError", "TransportError", "SchedulerError", "ResultEnvelopeError"])

/** Between two looks at what a job says of its progress. */
const progressInterval = Duration.seconds(1)

/** A result of more is read on another thread. */
const smallResultBytes = 65_536
/** A result of more than this is large: there is room for some of them at once. */
const largeResultBytes = 1_048_576

const failureOf = (failure: Failure): ClusterFailed => new ClusterFailed(failure)

/** `ending`: done when the server ends. */
export const layerJobs = (
  options: ServeOptions,
  uploads: UploadDirectory,
  cpu: Cpu,
  rooms: Rooms,
  ending: Deferred.Deferred<void>
) =>
  HttpApiBuilder.group(ClusterApi, "jobs", (handlers) =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor
      const transport = yield* Transport
      const store = yield* PackageStore
      const submit = yield* Calls.make(options, uploads)
      const keys = IdempotencyKeys.make(Path.join(store.location, ".clustrix_serve_keys"))
      const { limits, tokens } = options

      const readCall = (request: HttpServerRequest.HttpServerRequest, client: Client.Client) =>
        Effect.gen(function*() {
          const large = new TooLarge({
            limitBytes: limits.callBytes,
            what: `The call is larger than the ${limits.callBytes} bytes that this server takes`,
            remedy: "Put large data into files that the function reads."
          })
          if (Number(request.headers["content-length"] ?? 0) > limits.callBytes) return yield* large
          const broken = () => new BadRequest({ what: "The request broke off", remedy: "Send it again." })
          const body = yield* RequestBody.wholeOf(
            RequestBody.bytesOf(request, limits, broken),
            limits.callBytes,
            large
          )
          return yield* Effect.mapError(
            cpu.run("call", client.share, { body, limitBytes: limits.callBytes }),
            ({ remedy, what, why }) => new BadRequest({ what, why, remedy })
          )
        })

      const isVisible = (job: Job, client: Client.Client): boolean =>
        !options.privateJobs || !tokens.required || job.owner === client.owner

      /** The job, if the client may see it. */
      const attach = (jobId: string, request: HttpServerRequest.HttpServerRequest) =>
        Effect.mapError(executor.attach(jobId), askFailed(jobId)).pipe(
          Effect.filterOrFail(
            (job) => isVisible(job, Client.of(request, tokens)),
            () => noJob(jobId)
          )
        )

      const describe = (job: Job) =>
        Effect.map(
          Effect.mapError(executor.status(job.jobId), askFailed(job.jobId)),
          (status) => statusOf(job, status)
        )

      const eventsOf = (jobId: string, lastId: string | undefined) => {
        const from = LogEvent.positionOf(lastId)
        let position = from
        const printed = Stream.tap(LogEvent.fromLogs(executor.logs(jobId, { from }), from), (event) =>
          Effect.sync(() => {
            position = LogEvent.positionOf(event.id)
          }))
        let told: number | undefined
        const said = Effect.map(executor.progress(jobId), (progress) => {
          if (progress === undefined || progress.at === told) return []
          told = progress.at
          return [LogEvent.ofProgress(position, progress)]
        })
        const watched = Stream.flatMap(
          Stream.repeatEffectWithSchedule(said, Schedule.spaced(progressInterval)),
          Stream.fromIterable
        )
        const last = Effect.map(
          Effect.all([said, executor.status(jobId)]),
          ([events, { state }]) => [...events, LogEvent.end(position, state)]
        )
        const quiet = Stream.repeatEffectWithSchedule(Effect.succeed(": still here\n\n"), Schedule.spaced("15 seconds"))
        return Stream.merge(printed, watched, { haltStrategy: "left" }).pipe(
          Stream.concat(Stream.flatMap(Stream.fromEffect(last), Stream.fromIterable)),
          Stream.map(LogEvent.encode),
          Stream.merge(Stream.drop(quiet, 1), { haltStrategy: "left" }),
          Stream.encodeText,
          // Without its last event: the client comes back
          Stream.interruptWhenDeferred(ending)
        )
      }

      type Answer = HttpServerResponse.HttpServerResponse
      const json = (result: ApiResult): Answer => HttpServerResponse.unsafeJson(result)

      /** The file of a result that is not small, read here, looked at elsewhere. */
      const largeResult = (job: Job, client: Client.Client) =>
        Effect.gen(function*() {
          const file = `${job.directory}/${JobDirectory.files.result}`
          const read = (most: number) => Effect.mapError(transport.readFile(file, 0, most + 1), Calls.clusterFailed)
          const most = Math.min(largeResultBytes, limits.resultBytes)
          let bytes = yield* read(most)
          if (bytes.length > most && limits.resultBytes > most) {
            // Kept until it is sent
            yield* rooms.results.enter(client.share)
            bytes = yield* read(limits.resultBytes)
          }
          if (bytes.length > limits.resultBytes) {
            return json({
              _tag: "Failed",
              jobId: job.jobId,
              error: "ResultTooLargeError",
              what:
                `The result of ${job.jobId} is larger than the ${limits.resultBytes} bytes that this server hands on`,
              remedy: "Let the function write large data to files, and return their names."
            })
          }
          const { body } = yield* Effect.mapError(
            cpu.run("result", client.share, { jobId: job.jobId, bytes }),
            failureOf
          )
          return HttpServerResponse.uint8Array(body, { contentType: "application/json" })
        })

      /** Waits for it. */
      const ended = (job: Job, client: Client.Client) =>
        executor.result(job.jobId, {
          // Those of many calls are decoded here, and made one
          limitBytes: job.tasks === undefined ? smallResultBytes : Math.min(largeResultBytes, limits.resultBytes)
        }).pipe(
          Effect.flatMap(({ envelope, value }) =>
            envelope.value === undefined ? ValueCodec.encode(value, { subject: "The result" })
              : Effect.succeed(envelope.value)
          ),
          Effect.map((value): Answer => json({ _tag: "Returned", jobId: job.jobId, value })),
          Effect.catchAll((error): Effect.Effect<Answer, JobMissing | ClusterFailed | TooManyRequests, Scope.Scope> =>
            error._tag === "ResultTooLargeError" && job.tasks === undefined
              ? largeResult(job, client)
              : unknownJob.has(error._tag)
              ? Effect.fail(askFailed(job.jobId)(error))
              : Effect.succeed(json({
                _tag: "Failed",
                jobId: job.jobId,
                error: error._tag,
                ...Quotation.explained({ what: error.what, why: error.why, remedy: error.remedy })
              }))
          )
        )

      const resultOf = (job: Job, client: Client.Client, waitSeconds: number) =>
        Effect.raceFirst(
          ended(job, client),
          Effect.zipRight(
            Effect.race(Effect.sleep(Duration.seconds(waitSeconds)), Deferred.await(ending)),
            Effect.map(describe(job), ({ state }): Answer => json({ _tag: "Pending", jobId: job.jobId, state }))
          )
        )

      const toApi = ({ createdAt, functionName, jobId, packageId }: Job): ApiJob => ({
        jobId,
        packageId,
        functionName,
        createdAt
      })

      /** The job of a call whose key was seen before, if it became one. */
      const findByKey = (callKey: string) =>
        Effect.map(Effect.mapError(executor.list, Calls.clusterFailed), (jobs) => {
          const job = jobs.findLast((each) => each.callKey === callKey)
          return job === undefined ? undefined : toApi(job)
        })

      return handlers
        .handleRaw("submit", ({ request }) =>
          Effect.gen(function*() {
            const client = Client.of(request, tokens)
            const key = request.headers[idempotencyKey]
            if (key !== undefined && !idempotencyKeyPattern.test(key)) {
              return yield* new BadRequest({
                what: "The idempotency key is not possible",
                remedy: "Send 1 to 255 visible ASCII characters, such as a UUID."
              })
            }
            const call = yield* readCall(request, client)
            const { isNew, job } = key === undefined
              ? { isNew: true, job: toApi(yield* submit(call, client)) }
              : yield* keys.once(client.owner, key, call.fingerprint, {
                find: findByKey,
                submit: (callKey) => Effect.map(submit(call, client, callKey), toApi)
              })
            return HttpServerResponse.unsafeJson(job, {
              status: 201,
              headers: {
                location: `/v1/jobs/${job.jobId}`,
                ...(isNew ? {} : { "idempotency-replayed": "true" })
              }
            })
          }))
        .handle("list", ({ request, urlParams }) =>
          Effect.gen(function*() {
            const client = Client.of(request, tokens)
            const seen = (yield* executor.list).filter((job) => isVisible(job, client))
            const jobs = seen.slice(-(urlParams.limit ?? 100)).reverse()
            const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
            // One whose files cannot be understood takes no other with it
            return jobs.flatMap((job, index) => {
              const status = statuses[index]
              return status?._tag === "Right" ? [statusOf(job, status.right)] : []
            })
          }).pipe(Effect.mapError(Calls.clusterFailed)))
        .handle("status", ({ path, request }) => Effect.flatMap(attach(path.jobId, request), describe))
        .handleRaw("logs", ({ path, request }) =>
          Effect.gen(function*() {
            // Known before the stream begins: afterwards there is no way to say it
            yield* attach(path.jobId, request)
            yield* rooms.streams.enter(Client.of(request, tokens).share)
            return HttpServerResponse.stream(eventsOf(path.jobId, request.headers["last-event-id"]), {
              contentType: "text/event-stream",
              headers: { "cache-control": "no-store", "x-accel-buffering": "no" }
            })
          }))
        .handleRaw("result", ({ path, request, urlParams }) =>
          Effect.gen(function*() {
            const client = Client.of(request, tokens)
            const job = yield* attach(path.jobId, request)
            // Asked first: somebody who does not wait is answered at once
            const { state } = yield* describe(job)
            const wait = urlParams.wait ?? 0
            if (!JobStatus.isFinal(state)) {
              if (wait === 0) return json({ _tag: "Pending", jobId: path.jobId, state })
              yield* rooms.streams.enter(client.share)
            }
            return yield* resultOf(job, client, Math.max(wait, 10))
          }))
        .handle(
          "cancel",
          ({ path, request }) =>
            Effect.flatMap(
              attach(path.jobId, request),
              (job) =>
                Effect.zipRight(Effect.mapError(executor.cancel(path.jobId), askFailed(path.jobId)), describe(job))
            )
        )
    }))
