/**
 * From how a job ended to its value, or to the one error that says why there is none.
 */
import * as Effect from "effect/Effect"
import type { Description } from "../../runtime/ErrorDescription.ts"
import type { ResultEnvelope } from "../../runtime/ResultEnvelope.ts"
import type { SourceMapDocument } from "../../runtime/SourceMapDocument.ts"
import * as ValueCodec from "../../runtime/ValueCodec.ts"
import * as JobError from "./JobError.ts"
import type { JobStatus } from "./JobStatus.ts"
import * as RemoteError from "./RemoteError.ts"

/** What a function returned, and the circumstances. */
export interface JobResult {
  readonly value: unknown
  readonly envelope: ResultEnvelope
}

export interface JobPlace {
  readonly jobId: string
  readonly directory: string
  readonly functionName: string
}

const seeLogs = (place: JobPlace): string => `Read ${place.directory}/stderr.log.`

const errorFields = (error: Description | undefined, document: SourceMapDocument | undefined) => {
  if (error === undefined) return undefined
  const remote = RemoteError.fromDescription(error, document)
  return {
    remote,
    fields: {
      ...(remote.location === undefined ? {} : { location: remote.location }),
      ...(remote.stack === undefined ? {} : { stackTrace: remote.stack }),
      cause: remote.thrown
    },
    says: remote.name === undefined ? remote.message : `${remote.name}: ${remote.message}`
  }
}

/** The value, or the error. `document` maps stacks to the user's own lines. */
export const fromEnvelope = (
  place: JobPlace,
  envelope: ResultEnvelope,
  document: SourceMapDocument | undefined
): Effect.Effect<JobResult, JobError.JobError> => {
  const { jobId, directory, functionName } = place
  const at = { jobId, directory, envelope }
  const thrown = errorFields(envelope.error, document)
  switch (envelope.status) {
    case "returned":
      return Effect.map(ValueCodec.decode(envelope.value ?? "-1"), (value) => ({ value, envelope }))
    case "threw":
      return Effect.fail(
        new JobError.JobFailedError({
          ...at,
          ...thrown?.fields,
          ...(thrown?.remote.name === undefined ? {} : { errorName: thrown.remote.name }),
          errorMessage: thrown?.remote.message ?? "",
          what: `${functionName} threw ${thrown?.says ?? "something"}`,
          ...(thrown?.remote.stack === undefined ? {} : { why: thrown.remote.stack }),
          remedy: `Correct the function or its arguments. What it printed is in ${directory}/stdout.log and stderr.log.`
        })
      )
    case "not-carried":
      return Effect.fail(
        ValueCodec.refused(
          `The result of ${functionName}`,
          // The runner writes its own kinds, and this text may come from another version: only shown.
          (envelope.refusal ?? { path: "$", kind: "value the codec refuses", description: "unknown" }) as Parameters<
            typeof ValueCodec.refused
          >[1]
        )
      )
    case "not-loaded":
    case "bad-invocation":
      return Effect.fail(
        new JobError.JobNotStartedError({
          ...at,
          ...thrown?.fields,
          what: `${functionName} could not be started: ${thrown?.says ?? envelope.message ?? envelope.status}`,
          ...(thrown?.remote.stack === undefined ? {} : { why: thrown.remote.stack }),
          remedy: seeLogs(place)
        })
      )
    case "uncaught":
    case "exited":
    case "unsettled":
    case "killed":
      return Effect.fail(
        new JobError.JobEndedError({
          ...at,
          ...thrown?.fields,
          reason: envelope.status === "uncaught"
            ? "Uncaught"
            : envelope.status === "exited"
            ? "Exited"
            : envelope.status === "unsettled"
            ? "Unsettled"
            : "Killed",
          exitCode: envelope.exitCode,
          what: `${functionName} ended before it returned: ${
            thrown === undefined ? envelope.message ?? envelope.status : `nobody caught ${thrown.says}`
          }`,
          ...(thrown?.remote.stack === undefined ? {} : { why: thrown.remote.stack }),
          remedy: envelope.status === "exited"
            ? "Return from the function instead of calling process.exit."
            : envelope.status === "unsettled"
            ? "Look for a promise that nothing resolves."
            : envelope.status === "uncaught"
            ? "Await every promise that the function starts, and catch what its callbacks throw."
            : "Ask for more memory if the machine ran out of it."
        })
      )
    case "out-of-memory":
      return Effect.fail(
        new JobError.OutOfMemoryError({
          ...at,
          what: `${functionName} ran out of memory`,
          ...(envelope.message === undefined ? {} : { why: envelope.message }),
          remedy: "Set `memory` in the cluster configuration to more, or hold less in memory at once."
        })
      )
    case "timed-out":
      return Effect.fail(
        new JobError.TimeLimitError({
          ...at,
          what: `${functionName} reached its time limit`,
          ...(envelope.message === undefined ? {} : { why: envelope.message }),
          remedy: "Set `time` in the cluster configuration to more, or find out what the function waits for."
        })
      )
    case "cancelled":
      return Effect.fail(
        new JobError.JobCancelledError({
          ...at,
          what: `The job ${jobId} was cancelled`,
          remedy: "Submit it again if that was not wanted."
        })
      )
  }
}

/** The error of a job that is over and left no result. */
export const withoutResult = (place: JobPlace, status: JobStatus): Effect.Effect<never, JobError.JobError> => {
  const at = { jobId: place.jobId, directory: place.directory }
  const why = status.reason === undefined ? {} : { why: status.reason }
  switch (status.state) {
    case "cancelled":
      return Effect.fail(
        new JobError.JobCancelledError({
          ...at,
          ...why,
          what: `The job ${place.jobId} was cancelled`,
          remedy: "Submit it again if that was not wanted."
        })
      )
    case "timed-out":
      return Effect.fail(
        new JobError.TimeLimitError({
          ...at,
          ...why,
          what: `${place.functionName} reached its time limit`,
          remedy: "Set `time` in the cluster configuration to more."
        })
      )
    case "out-of-memory":
      return Effect.fail(
        new JobError.OutOfMemoryError({
          ...at,
          ...why,
          what: `${place.functionName} ran out of memory`,
          remedy: "Set `memory` in the cluster configuration to more."
        })
      )
    case "node-failed":
      return Effect.fail(
        new JobError.NodeFailedError({
          ...at,
          ...why,
          what: `The node${
            status.host === undefined ? "" : ` ${status.host}`
          } that ran ${place.functionName} went down`,
          remedy: "Run it again."
        })
      )
    case "failed":
      return Effect.fail(
        status.startedAt === undefined
          ? new JobError.JobNotStartedError({
            ...at,
            ...why,
            what: `${place.functionName} could not be started`,
            remedy: seeLogs(place)
          })
          : new JobError.JobEndedError({
            ...at,
            ...why,
            reason: "Killed",
            exitCode: status.exitCode ?? -1,
            what: `${place.functionName} ended before it returned`,
            remedy: seeLogs(place)
          })
      )
    default:
      if (status.isRemoved === true) {
        return Effect.fail(
          new JobError.JobVanishedError({
            ...at,
            ...why,
            what: `The directory of the job ${place.jobId} was removed before its result was read`,
            remedy: "Its logs are gone with it. End what still runs by the scheduler's own commands, then run it again."
          })
        )
      }
      return Effect.fail(
        new JobError.JobVanishedError({
          ...at,
          ...why,
          what: `The job ${place.jobId} is gone: nothing of it runs, and it left no result`,
          remedy: `Perhaps the machine was restarted, or its processes were killed. ${
            seeLogs(place)
          } Then run it again.`
        })
      )
  }
}
