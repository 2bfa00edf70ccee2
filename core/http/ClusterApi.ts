/**
 * The deploy endpoint: packages are uploaded by digest, calls of them become jobs. `clustrix serve` is one server of it,
 * {@link file://./ClusterClient.ts} the client, and `/docs` of a server shows it.
 *
 * Bytes and streams are not JSON: an upload is the bare bytes of the ZIP, logs are server-sent events
 * ({@link file://./LogEvent.ts}).
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiMiddleware from "@effect/platform/HttpApiMiddleware"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as HttpApiSecurity from "@effect/platform/HttpApiSecurity"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { Digest } from "../archive/Manifest.ts"
import * as ApiError from "./ApiError.ts"
import { ApiCall, ApiCluster, ApiJob, ApiJobStatus, ApiPackage, ApiResult } from "./ApiJob.ts"

/** Whoever asks proves it by a token, unless the server has none. */
export class Authorization extends HttpApiMiddleware.Tag<Authorization>()("clustrix/serve/Authorization", {
  failure: ApiError.Unauthorized,
  security: { bearer: HttpApiSecurity.bearer }
}) {}

/** What is wrong with a parameter, without repeating it: it may be anything, and be long. */
const expected = <A, I>(schema: Schema.Schema<A, I>, what: string): Schema.Schema<A, I> =>
  schema.annotations({ message: () => ({ message: `Expected ${what}`, override: true }) })

const digest = HttpApiSchema.param("digest", expected(Digest, "64 lower-case hexadecimal digits"))
const jobId = HttpApiSchema.param(
  "jobId",
  expected(Schema.String.pipe(Schema.pattern(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/)), "the ID of a job")
)

/** The header by which a call that is sent again is known, and what it may be. */
export const idempotencyKey = "idempotency-key"
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/

/** What a program says of itself to whoever watches it. */
export const Probes = HttpApiGroup.make("probes")
  .add(
    HttpApiEndpoint.get("health", "/healthz")
      .addSuccess(Schema.Struct({ status: Schema.Literal("ok") }))
      .annotate(OpenApi.Description, "Answers as long as the server runs. No token is needed.")
  )
  .add(
    HttpApiEndpoint.get("ready", "/readyz")
      .addSuccess(Schema.Struct({ status: Schema.Literal("ready") }))
      .addError(ApiError.NotReady)
      .annotate(
        OpenApi.Description,
        "Whether packages can be stored and the cluster answers, as it was found in the last seconds. No token is needed."
      )
  )

/** Numbers of the server, for whoever has a token. */
export const Metrics = HttpApiGroup.make("metrics").add(
  HttpApiEndpoint.get("metrics", "/metrics")
    .addSuccess(
      Schema.String.pipe(HttpApiSchema.withEncoding({ kind: "Text", contentType: "text/plain; version=0.0.4" }))
    )
    .annotate(OpenApi.Description, "Counts and times in the text format of Prometheus.")
)

/** Packages, by the digest of their manifest. */
export const Packages = HttpApiGroup.make("packages")
  .add(
    HttpApiEndpoint.get("find")`/packages/${digest}`
      .addSuccess(ApiPackage)
      .addError(ApiError.PackageMissing)
      .annotate(OpenApi.Description, "Whether a package is here: ask before uploading it.")
  )
  .add(
    HttpApiEndpoint.put("upload")`/packages/${digest}`
      .setPayload(HttpApiSchema.Uint8Array())
      .addSuccess(ApiPackage)
      .addError(ApiError.TooLarge)
      .addError(ApiError.PackageRefused)
      .addError(ApiError.BadRequest)
      .addError(ApiError.TooSlow)
      .annotate(
        OpenApi.Description,
        "The bytes of the ZIP. Every byte is verified; a package that is here already is not read again."
      )
  )

/** Calls of packages. */
export const Jobs = HttpApiGroup.make("jobs")
  .add(
    HttpApiEndpoint.post("submit", "/jobs")
      .setPayload(ApiCall)
      .addSuccess(ApiJob, { status: 201 })
      .addError(ApiError.PackageMissing)
      .addError(ApiError.BadRequest)
      .addError(ApiError.TooLarge)
      .addError(ApiError.TooSlow)
      .addError(ApiError.KeyConflict)
      .annotate(
        OpenApi.Description,
        "Calls the function of a package: one job. With a header Idempotency-Key (1 to 255 visible ASCII characters), a call "
          + "that is sent again within a day is answered with the job that it became."
      )
  )
  .add(
    HttpApiEndpoint.get("list", "/jobs")
      .setUrlParams(Schema.Struct({
        limit: Schema.optional(
          expected(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 1000)), "a whole number from 1 to 1000")
        )
      }))
      .addSuccess(Schema.Array(ApiJobStatus))
      .annotate(OpenApi.Description, "The newest jobs, the newest first; 100 of them unless `limit` says otherwise.")
  )
  .add(
    HttpApiEndpoint.get("status")`/jobs/${jobId}`
      .addSuccess(ApiJobStatus)
      .addError(ApiError.JobMissing)
      .annotate(OpenApi.Description, "What a job does, or how it ended.")
  )
  .add(
    HttpApiEndpoint.get("logs")`/jobs/${jobId}/logs`
      .addSuccess(
        Schema.String.pipe(HttpApiSchema.withEncoding({ kind: "Text", contentType: "text/event-stream" }))
      )
      .addError(ApiError.JobMissing)
      .annotate(
        OpenApi.Description,
        "What the job prints, as server-sent events `stdout` and `stderr` (the data is a JSON string), and `progress` (an object "
          + "with `done`, `total`, and perhaps `note`: what the function says with `progress`), until the event `end`, whose "
          + "data is the state. With the header Last-Event-ID it goes on behind that event."
      )
  )
  .add(
    HttpApiEndpoint.get("result")`/jobs/${jobId}/result`
      .setUrlParams(Schema.Struct({
        wait: Schema.optional(
          expected(Schema.NumberFromString.pipe(Schema.between(0, 60)), "a number of seconds from 0 to 60")
        )
      }))
      .addSuccess(ApiResult)
      .addError(ApiError.JobMissing)
      .annotate(OpenApi.Description, "What the function returned, or why not. `wait`: for so many seconds, if need be.")
  )
  .add(
    HttpApiEndpoint.post("cancel")`/jobs/${jobId}/cancel`
      .addSuccess(ApiJobStatus)
      .addError(ApiError.JobMissing)
      .annotate(OpenApi.Description, "Ends the job. One that has ended already stays as it is.")
  )

/** What is behind the server. */
export const Cluster = HttpApiGroup.make("cluster").add(
  HttpApiEndpoint.get("describe", "/cluster")
    .addSuccess(ApiCluster)
    .annotate(OpenApi.Description, "The kind of cluster, and what the server takes.")
)

export class ClusterApi extends HttpApi.make("clustrix")
  .add(Cluster.middleware(Authorization))
  .add(Packages.middleware(Authorization))
  .add(Jobs.middleware(Authorization))
  .addError(ApiError.Forbidden)
  .addError(ApiError.TooManyRequests)
  .addError(ApiError.ClusterFailed)
  .addError(ApiError.ShuttingDown)
  .prefix("/v1")
  .add(Probes)
  .add(Metrics.middleware(Authorization))
  .annotate(OpenApi.Title, "Clustrix")
  .annotate(OpenApi.Version, "1")
  .annotate(OpenApi.Description, "Runs packaged functions on the cluster that the server is configured with.")
{}
