/**
 * What can go wrong when a page asks its packaging worker.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../../core/Explanation.ts"
import { SourceLocation } from "../../core/SourceLocation.ts"
import type { Remark } from "./PackageAnalysis.ts"

/** The worker's answer is an error of the core; `tag` is its own (`SourceSyntaxError`, `ResolutionError`, ...). */
export class PackagingFailedError extends Schema.TaggedError<PackagingFailedError>()("PackagingFailedError", {
  tag: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The request was taken back: by its signal, or because a later one took its place. */
export class SupersededError extends Schema.TaggedError<SupersededError>()("SupersededError", {
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The worker itself failed, or was closed. The next request starts a new one, unless it was closed. */
export class WorkerFailedError extends Schema.TaggedError<WorkerFailedError>()("WorkerFailedError", {
  reason: Schema.Literal("Crashed", "Closed"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export type PackagingWorkerError = PackagingFailedError | SupersededError | WorkerFailedError

/** The error of a remark of severity `error`. */
export const fromRemark = ({ code, location, remedy, what, why }: Remark): PackagingFailedError =>
  new PackagingFailedError({
    tag: code,
    what,
    ...(location === undefined ? {} : { location: new SourceLocation(location) }),
    ...(why === undefined ? {} : { why }),
    ...(remedy === undefined ? {} : { remedy })
  })
