/**
 * The errors that the deploy endpoint answers with: what, why and what to do, under a status of HTTP.
 */
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"

const fields = { what: Schema.String, why: Schema.optional(Schema.String), remedy: Schema.optional(Schema.String) }

/** 400: the request cannot be understood. */
export class BadRequest extends Schema.TaggedError<BadRequest>()(
  "BadRequest",
  fields,
  HttpApiSchema.annotations({ status: 400, description: "The request cannot be understood." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 401: no token, or a wrong one. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()(
  "Unauthorized",
  fields,
  HttpApiSchema.annotations({ status: 401, description: "No token, or a wrong one." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 403: the page that asks is not allowed to, or the name by which the server was asked is not its own. */
export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  fields,
  HttpApiSchema.annotations({
    status: 403,
    description: "The asking page, or the host name that it used, is not allowed."
  })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 404: no package of this digest was uploaded. */
export class PackageMissing extends Schema.TaggedError<PackageMissing>()(
  "PackageMissing",
  { digest: Schema.String, ...fields },
  HttpApiSchema.annotations({ status: 404, description: "No package of this digest is here: upload it." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 404: there is no such job. */
export class JobMissing extends Schema.TaggedError<JobMissing>()(
  "JobMissing",
  { jobId: Schema.String, ...fields },
  HttpApiSchema.annotations({ status: 404, description: "There is no such job." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 408: the client sends more slowly than the server waits for. */
export class TooSlow extends Schema.TaggedError<TooSlow>()(
  "TooSlow",
  fields,
  HttpApiSchema.annotations({ status: 408, description: "The body comes too slowly." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 409: an idempotency key that belongs to another call, or to one of which nobody knows whether it became a job. */
export class KeyConflict extends Schema.TaggedError<KeyConflict>()(
  "KeyConflict",
  fields,
  HttpApiSchema.annotations({
    status: 409,
    description: "The idempotency key was used for another call, or for one whose outcome is not known."
  })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 413: the package, or the arguments of a call, are larger than the server takes. */
export class TooLarge extends Schema.TaggedError<TooLarge>()(
  "TooLarge",
  { limitBytes: Schema.Number, ...fields },
  HttpApiSchema.annotations({ status: 413, description: "More bytes than the server takes." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 422: what was uploaded is no package, is damaged, or has another digest. */
export class PackageRefused extends Schema.TaggedError<PackageRefused>()(
  "PackageRefused",
  { reason: Schema.String, ...fields },
  HttpApiSchema.annotations({ status: 422, description: "No package, a damaged one, or one with another digest." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 429: too many requests, uploads or open streams; `retryAfterSeconds` says when it is worth to ask again. */
export class TooManyRequests extends Schema.TaggedError<TooManyRequests>()(
  "TooManyRequests",
  { retryAfterSeconds: Schema.Number, ...fields },
  HttpApiSchema.annotations({ status: 429, description: "Too much at once: ask again later." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 502: the cluster cannot be reached, or refuses; `reason` is the tag of its error. */
export class ClusterFailed extends Schema.TaggedError<ClusterFailed>()(
  "ClusterFailed",
  { reason: Schema.String, ...fields },
  HttpApiSchema.annotations({
    status: 502,
    description: "The cluster behind the server cannot be reached, or refuses."
  })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 503: the server runs, and cannot do its work now. */
export class NotReady extends Schema.TaggedError<NotReady>()(
  "NotReady",
  fields,
  HttpApiSchema.annotations({ status: 503, description: "The server cannot store packages, or reach its cluster." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** 503: the server ends. */
export class ShuttingDown extends Schema.TaggedError<ShuttingDown>()(
  "ShuttingDown",
  fields,
  HttpApiSchema.annotations({ status: 503, description: "The server ends: ask again when it is back." })
) {
  override get message(): string {
    return Explanation.render(this)
  }
}
