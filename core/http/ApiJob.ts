/**
 * Packages and jobs as the deploy endpoint speaks of them.
 */
import * as Schema from "effect/Schema"
import * as ClusterConfig from "../config/ClusterConfig.ts"
import { jobStates } from "../cluster/execute/JobState.ts"
import { JobProgress } from "../cluster/execute/JobProgress.ts"
import { Digest } from "../archive/Manifest.ts"
import { Moment } from "../runtime/ResultEnvelope.ts"

/** A package that lies on the server. */
export const ApiPackage = Schema.Struct({
  digest: Digest,
  packageId: Schema.String,
  functionName: Schema.String,
  sizeBytes: Schema.Int
}).annotations({ identifier: "Package" })
export type ApiPackage = typeof ApiPackage.Type

/** Nothing at all means everything to some schedulers. */
const Memory = ClusterConfig.Memory.pipe(Schema.filter((memory) => {
  const bytes = ClusterConfig.memoryBytes(memory)
  return (bytes >= 1_048_576 && bytes <= ClusterConfig.mostMemoryBytes) || "Expected an amount from 1M to 1048576T"
}))
const Time = ClusterConfig.TimeLimit.pipe(Schema.filter((time) => {
  const seconds = ClusterConfig.timeSeconds(time)
  return (seconds > 0 && seconds <= ClusterConfig.mostTimeSeconds) || "Expected a time from 1s to 3650d"
}))

/** What the jobs of a call may use; it lies over what the server is configured with. */
export const ApiLimits = Schema.Struct({
  cores: Schema.optional(ClusterConfig.Cores),
  parallel: Schema.optional(Schema.Boolean),
  memory: Schema.optional(Memory),
  time: Schema.optional(Time)
}).annotations({ identifier: "Limits" })

/** One call of a package's function. */
export const ApiCall = Schema.Struct({
  /** Of a package that was uploaded. */
  digest: Digest,
  /** The value text of the array of arguments, as `ValueCodec.encode` writes it; or `json`. */
  arguments: Schema.optional(Schema.String),
  /** The arguments as a plain JSON array, for callers without our codec. */
  json: Schema.optional(Schema.Array(Schema.Unknown)),
  /** The value text of the options object. */
  options: Schema.optional(Schema.String),
  limits: Schema.optional(ApiLimits)
}).annotations({ identifier: "Call" })
export type ApiCall = typeof ApiCall.Type

export const ApiJobState = Schema.Literal(...jobStates)

/** A job, whoever submitted it. Times are milliseconds since 1970. */
export const ApiJob = Schema.Struct({
  jobId: Schema.String,
  packageId: Schema.String,
  functionName: Schema.String,
  createdAt: Moment
}).annotations({ identifier: "Job" })
export type ApiJob = typeof ApiJob.Type

/** What a job does, or how it ended. */
export const ApiJobStatus = Schema.Struct({
  ...ApiJob.fields,
  state: ApiJobState,
  reason: Schema.optional(Schema.String),
  host: Schema.optional(Schema.String),
  startedAt: Schema.optional(Moment),
  finishedAt: Schema.optional(Moment),
  exitCode: Schema.optional(Schema.Number),
  peakMemoryBytes: Schema.optional(Schema.Number),
  /** How far the function says it is. */
  progress: Schema.optional(JobProgress)
}).annotations({ identifier: "JobStatus" })
export type ApiJobStatus = typeof ApiJobStatus.Type

/** What the function returned. */
export const Returned = Schema.TaggedStruct("Returned", {
  jobId: Schema.String,
  /** Value text, for `ValueCodec.decode`. */
  value: Schema.String
}).annotations({ identifier: "Returned" })

/** Why there is no value. */
export const Failed = Schema.TaggedStruct("Failed", {
  jobId: Schema.String,
  /** The tag of the error, such as `JobFailedError`. */
  error: Schema.String,
  what: Schema.String,
  why: Schema.optional(Schema.String),
  remedy: Schema.optional(Schema.String)
}).annotations({ identifier: "Failed" })

/** The job has not ended yet. */
export const Pending = Schema.TaggedStruct("Pending", { jobId: Schema.String, state: ApiJobState })
  .annotations({ identifier: "Pending" })

export const ApiResult = Schema.Union(Returned, Failed, Pending).annotations({ identifier: "Result" })
export type ApiResult = typeof ApiResult.Type

/** The cluster behind the server, without its secrets and addresses. */
export const ApiCluster = Schema.Struct({
  clusterType: ClusterConfig.ClusterType,
  /** The version of Clustrix. */
  version: Schema.String,
  /** The largest package that is taken, in bytes. */
  packageBytes: Schema.Number,
  /** The largest call that is taken, in bytes. */
  callBytes: Schema.Number
}).annotations({ identifier: "Cluster" })
export type ApiCluster = typeof ApiCluster.Type
