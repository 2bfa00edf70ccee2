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
import { Digest } from "../Manifest.ts"
import * as ApiError from "./ApiError.ts"
import { ApiCall, ApiCluster, ApiJob, ApiJobStatus, ApiPackage, ApiResult } from "./ApiJob.ts"

/** Whoever asks proves it by a token, unless the server has none. */
export class Authorization extends HttpApiMiddleware.Tag<Authorization>()("clustrix/serve/Authorization", {
  failure: ApiError.Unauthorized,
  security: { bearer: HttpApiSecurity.bearer }
}) {}

const digest = HttpApiSchema.param("digest", Digest)
const jobId = HttpApiSchema.param("jobId", Schema.String.pipe(Schema.pattern(/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/)))

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
      .annotate(OpenApi.Description, "Calls the function of a package: one job.")
  )
  .add(
    HttpApiEndpoint.get("list", "/jobs")
      .setUrlParams(Schema.Struct({
        limit: Schema.optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 1000)))
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
        "What the job prints, as server-sent events `stdout` and `stderr` (the data is a JSON string), until the event `end`, "
          + "whose data is the state. With the header Last-Event-ID it goes on behind that event."
      )
  )
  .add(
    HttpApiEndpoint.get("result")`/jobs/${jobId}/result`
      .setUrlParams(Schema.Struct({
        wait: Schema.optional(Schema.NumberFromString.pipe(Schema.between(0, 60)))
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
  .annotate(OpenApi.Title, "Clustrix")
  .annotate(OpenApi.Version, "1")
  .annotate(OpenApi.Description, "Runs packaged functions on the cluster that the server is configured with.")
{}
