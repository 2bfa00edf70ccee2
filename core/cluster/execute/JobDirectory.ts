/**
 * The files of a job, and what they say: the durable truth, readable by any client at any time.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import { ClusterType } from "../../config/ClusterConfig.ts"
import { Name } from "../../archive/Manifest.ts"
import type { Transport } from "../Transport.ts"
import { TransportError } from "../Transport.ts"

export const files = {
  description: "job.json",
  submitted: "submitted.json",
  invocation: "invocation.json",
  script: "job.sh",
  state: "state",
  result: "result",
  /** Somebody asked for the job's end; what is left without a result was cancelled. */
  cancelled: "cancelled",
  sourceMap: "sourcemap.json",
  stdout: "stdout.log",
  stderr: "stderr.log",
  work: "work"
} as const

/** How many calls a job is, and how they are to run. */
export const TaskPlan = Schema.Struct({
  count: Schema.Int,
  /** Tasks that one element of the array runs, one after the other. */
  chunk: Schema.Int,
  /** The most elements that run at once. */
  concurrency: Schema.optional(Schema.Int),
  /** How often a task is run at most, until it returns. */
  tries: Schema.Int,
  /** Of each task; whoever resumes the job asks the scheduler for the same. */
  limits: Schema.Struct({
    cores: Schema.optional(Schema.Number),
    memoryBytes: Schema.optional(Schema.Number),
    timeSeconds: Schema.optional(Schema.Number),
    partition: Schema.optional(Schema.String),
    queue: Schema.optional(Schema.String),
    schedulerOptions: Schema.optional(Schema.Array(Schema.String))
  })
})
export type TaskPlan = typeof TaskPlan.Type

/** `job.json`: what the job is. Written before it is submitted. */
export const JobDescription = Schema.Struct({
  format: Schema.Literal("clustrix-job"),
  formatVersion: Schema.Literal(1),
  jobId: Schema.String,
  packageId: Schema.String,
  digest: Schema.String,
  functionName: Name,
  clusterType: ClusterType,
  /** Absolute; on the cluster. */
  packageDirectory: Schema.String,
  /** Milliseconds since 1970, by the client's clock. */
  createdAt: Schema.Number,
  /** Who submitted it, where a server does that for others: a name that it gives them. */
  owner: Schema.optional(Name),
  /** What that server knows the call by. */
  callKey: Schema.optional(Name),
  /** Of a job that is many calls. */
  tasks: Schema.optional(TaskPlan)
})
export type JobDescription = typeof JobDescription.Type

/** `submitted.json`: the scheduler took it. */
export const Submission = Schema.Struct({
  schedulerId: Schema.String,
  submittedAt: Schema.Number
})
export type Submission = typeof Submission.Type

/** `state`: written by the job's own supervisor when the function starts. */
export const RunningState = Schema.Struct({
  state: Schema.Literal("running"),
  host: Schema.String,
  pid: Schema.Int,
  processStart: Schema.optional(Schema.String),
  /** The process group of the function. */
  group: Schema.Int,
  groupStart: Schema.optional(Schema.String),
  startedAt: Schema.Number
})
export type RunningState = typeof RunningState.Type

const decoder = new TextDecoder()

/** The text of a file of the job, or its first `mostBytes`; `undefined` when there is none (yet). */
export const readText = (
  transport: typeof Transport.Service,
  directory: string,
  name: string,
  mostBytes?: number
): Effect.Effect<string | undefined, TransportError> =>
  transport.readFile(`${directory}/${name}`, 0, mostBytes).pipe(
    Effect.map((bytes) => decoder.decode(bytes)),
    Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed(undefined))
  )

/** The JSON of a file of the job; `undefined` when there is none (yet). A file that is not as it should be is a failure. */
export const readJson = <A, I>(
  transport: typeof Transport.Service,
  directory: string,
  name: string,
  schema: Schema.Schema<A, I>
): Effect.Effect<A | undefined, TransportError> =>
  Effect.flatMap(readText(transport, directory, name, BoundedJson.small.bytes + 1), (text) =>
    text === undefined
      ? Effect.succeed(undefined)
      : Effect.mapError(ForeignJson.decoder(schema, BoundedJson.small)(text), ({ why }) =>
        new TransportError({
          reason: "Unavailable",
          path: `${directory}/${name}`,
          what: `${directory}/${name} cannot be understood`,
          why,
          remedy: "Something else wrote to the job's directory: run the job again."
        })))
