/**
 * The ways in which a job does not give a result.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../../diagnostics/Explanation.ts"
import type { ResultEnvelope } from "../../runtime/ResultEnvelope.ts"
import type { ValueNotCarriedError, ValueTextError } from "../../runtime/ValueCodec.ts"

const fields = {
  jobId: Schema.String,
  /** The job's directory on the cluster, where its logs are. */
  directory: Schema.String,
  /** What the job wrote when it ended, where it did. */
  envelope: Schema.optional(Schema.declare((input): input is ResultEnvelope => typeof input === "object")),
  ...Explanation.fields
}

/**
 * The function threw. `cause` is its error, made anew here: name, message, cause chain, own properties, and a stack at
 * the user's own lines where a source map was given.
 */
export class JobFailedError extends Schema.TaggedError<JobFailedError>()("JobFailedError", {
  ...fields,
  /** `error.name` of what was thrown; `undefined` when it was no error. */
  errorName: Schema.optional(Schema.String),
  errorMessage: Schema.String,
  /** The mapped stack. */
  stackTrace: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The package's modules could not be loaded on the cluster, or the job's script ended before the function was called. */
export class JobNotStartedError extends Schema.TaggedError<JobNotStartedError>()("JobNotStartedError", {
  ...fields,
  stackTrace: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/**
 * The process ended before the function returned. `Exited`: it called `process.exit`; `Unsettled`: its promise can never
 * settle; `Uncaught`: an exception or rejection that nobody caught; `Killed`: a signal.
 */
export class JobEndedError extends Schema.TaggedError<JobEndedError>()("JobEndedError", {
  ...fields,
  reason: Schema.Literal("Exited", "Unsettled", "Uncaught", "Killed"),
  exitCode: Schema.Int,
  stackTrace: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export class OutOfMemoryError extends Schema.TaggedError<OutOfMemoryError>()("OutOfMemoryError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export class TimeLimitError extends Schema.TaggedError<TimeLimitError>()("TimeLimitError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export class JobCancelledError extends Schema.TaggedError<JobCancelledError>()("JobCancelledError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The machine that ran the job went down, and the scheduler does not start it again. */
export class NodeFailedError extends Schema.TaggedError<NodeFailedError>()("NodeFailedError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Nothing runs any more and there is no result: the machine went down, or somebody killed everything. */
export class JobVanishedError extends Schema.TaggedError<JobVanishedError>()("JobVanishedError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The function returned more than the one who asks wants to take. */
export class ResultTooLargeError extends Schema.TaggedError<ResultTooLargeError>()("ResultTooLargeError", {
  ...fields,
  limitBytes: Schema.Number
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** There is no job of that name, or its directory cannot be understood. */
export class JobNotFoundError extends Schema.TaggedError<JobNotFoundError>()("JobNotFoundError", fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A short name that several jobs share. */
export class JobAmbiguousError extends Schema.TaggedError<JobAmbiguousError>()("JobAmbiguousError", {
  name: Schema.String,
  /** Newest first. */
  jobIds: Schema.Array(Schema.String),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** An environment variable that is to go along is not set here. */
export class JobEnvironmentError extends Schema.TaggedError<JobEnvironmentError>()("JobEnvironmentError", {
  variable: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The invocation names a variable, and `more` others, that the configuration does not. */
export const foreignVariable = (variable: string, more: number): JobEnvironmentError => {
  const shown = JSON.stringify(variable.slice(0, 100))
  return new JobEnvironmentError({
    variable,
    what: `The invocation asks for the environment variable ${shown}${more === 0 ? "" : ` and ${more} more`}`,
    why: "Neither the configuration nor the command names it, so its value does not leave this machine.",
    remedy:
      "If the job may have it, name it in `environment_variables` or with `--env`; if you do not know why it is asked for, do not "
      + "run the invocation."
  })
}

/** Inputs of many calls that cannot be gone through, or that are not those of the job that is to go on. */
export class InputsError extends Schema.TaggedError<InputsError>()("InputsError", {
  reason: Schema.Literal("NotIterable", "OtherInputs", "SeveralParameters"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** How a job that ran can disappoint. */
export type JobError =
  | JobFailedError
  | JobNotStartedError
  | JobEndedError
  | OutOfMemoryError
  | TimeLimitError
  | JobCancelledError
  | NodeFailedError
  | JobVanishedError
  | ResultTooLargeError
  | ValueNotCarriedError
  | ValueTextError
