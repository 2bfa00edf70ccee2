/**
 * The files of a job, and what they say: the durable truth, readable by any client at any time.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import { ClusterType } from "../../config/ClusterConfig.ts"
import { Digest, Name } from "../../archive/Manifest.ts"
import { Moment } from "../../runtime/ResultEnvelope.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { Transport } from "../Transport.ts"
import { TransportError } from "../Transport.ts"
import * as HostProcess from "./HostProcess.ts"

export const files = {
  description: "job.json",
  submitted: "submitted.json",
  invocation: "invocation.json",
  script: "job.sh",
  state: "state",
  /** How far the function is, if it says so. */
  progress: "progress",
  result: "result",
  /** Somebody asked for the job's end; what is left without a result was cancelled. */
  cancelled: "cancelled",
  sourceMap: "sourcemap.json",
  stdout: "stdout.log",
  stderr: "stderr.log",
  work: "work"
} as const

/** The most calls in one job: `attach` and `logs` look at each of them. */
export const mostTasks = 1_000_000

const Count = Schema.Int.pipe(Schema.positive())
const Amount = Schema.Number.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER))
const Text = Schema.String.pipe(Schema.maxLength(4096))

/** How many calls a job is, and how they are to run. */
export const TaskPlan = Schema.Struct({
  count: Schema.Int.pipe(Schema.between(0, mostTasks)),
  /** Tasks that one element of the array runs, one after the other. */
  chunk: Count,
  /** The most elements that run at once. */
  concurrency: Schema.optional(Count),
  /** How often a task is run at most, until it returns. */
  tries: Count,
  /** Of each task; whoever resumes the job asks the scheduler for the same. */
  limits: Schema.Struct({
    cores: Schema.optional(Amount),
    memoryBytes: Schema.optional(Amount),
    timeSeconds: Schema.optional(Amount),
    partition: Schema.optional(Text),
    queue: Schema.optional(Text),
    schedulerOptions: Schema.optional(Schema.Array(Text))
  })
})
export type TaskPlan = typeof TaskPlan.Type

/** `job.json`: what the job is. Written before it is submitted. */
export const JobDescription = Schema.Struct({
  format: Schema.Literal("clustrix-job"),
  formatVersion: Schema.Literal(1),
  jobId: Name,
  packageId: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{16}$/)),
  digest: Digest,
  functionName: Name,
  clusterType: ClusterType,
  /** Absolute; on the cluster. */
  packageDirectory: Text,
  /** By the client's clock. */
  createdAt: Moment,
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
  schedulerId: Name,
  submittedAt: Moment
})
export type Submission = typeof Submission.Type

/** Of a process of a job, or of its group. */
const ProcessId = Schema.Int.pipe(Schema.between(HostProcess.leastId, HostProcess.mostId))

/** `state`: written by the job's own supervisor when the function starts. */
export const RunningState = Schema.Struct({
  state: Schema.Literal("running"),
  host: Schema.String.pipe(Schema.maxLength(255)),
  pid: ProcessId,
  processStart: Schema.optional(Name),
  /** The process group of the function. */
  group: ProcessId,
  groupStart: Schema.optional(Name),
  startedAt: Moment
})
export type RunningState = typeof RunningState.Type

const decoder = new TextDecoder()

/** The description of a job in the directory of another one. */
export const otherJob = (directory: string, { jobId }: JobDescription): TransportError =>
  new TransportError({
    reason: "Unavailable",
    path: `${directory}/${files.description}`,
    what: `${directory}/${files.description} is of another job`,
    why: `It is that of ${Quotation.quoted(jobId)}.`,
    remedy: "Give the directory its own name again, or remove it."
  })

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

/** The JSON of the text of a file of the job; `undefined` when there is none (yet). */
export const parseJson = <A, I>(
  text: string | undefined,
  directory: string,
  name: string,
  schema: Schema.Schema<A, I>
): Effect.Effect<A | undefined, TransportError> =>
  text === undefined
    ? Effect.succeed(undefined)
    : Effect.mapError(ForeignJson.decoder(schema, BoundedJson.small)(text), ({ why }) =>
      new TransportError({
        reason: "Unavailable",
        path: `${directory}/${name}`,
        what: `${directory}/${name} cannot be understood`,
        why,
        remedy: "Something else wrote to the job's directory: run the job again."
      }))

/** The JSON of a file of the job; `undefined` when there is none (yet). A file that is not as it should be is a failure. */
export const readJson = <A, I>(
  transport: typeof Transport.Service,
  directory: string,
  name: string,
  schema: Schema.Schema<A, I>
): Effect.Effect<A | undefined, TransportError> =>
  Effect.flatMap(
    readText(transport, directory, name, BoundedJson.small.bytes + 1),
    (text) => parseJson(text, directory, name, schema)
  )
