/** What the service offers; its clients and its OpenAPI document follow from it. */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"

/** The job does not exist, or did not end well. */
export class JobFailed extends Schema.TaggedError<JobFailed>()(
  "JobFailed",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 422 })
) {}

const Limit = Schema.Struct({ limit: Schema.Int.pipe(Schema.between(2, 1_000_000)) })
const Job = Schema.Struct({ jobId: Schema.String })

const primes = HttpApiGroup.make("primes")
  .add(HttpApiEndpoint.post("submit", "/primes").setPayload(Limit).addSuccess(Job).addError(JobFailed))
  .add(
    HttpApiEndpoint.get("result", "/primes/:jobId").setPath(Job)
      .addSuccess(Schema.Struct({ primes: Schema.Number })).addError(JobFailed)
  )
  // Server-sent events
  .add(
    HttpApiEndpoint.get("logs", "/primes/:jobId/logs").setPath(Job)
      .addSuccess(HttpApiSchema.Text({ contentType: "text/event-stream" })).addError(JobFailed)
  )

export class Api extends HttpApi.make("primes-service").add(primes) {}
