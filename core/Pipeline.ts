/**
 * The whole way of a function, from its name to its result:
 *
 *     analyse -> resolve -> collect -> package -> deploy -> execute -> result
 *
 * The first three happen in `FilePackager` (see `package/preparePackage.ts`), deploying and executing in
 * `ClusterExecutor`. Where all of it happens is said once, by the layer that provides `Cluster`: no call takes a cluster.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { PackageStoreError } from "./archive/PackageStore.ts"
import * as RandomAccess from "./archive/RandomAccess.ts"
import { Cluster, type JobSettings } from "./config/Cluster.ts"
import type { ClusterConfigError } from "./config/ClusterConfig.ts"
import type { ConfigurationError } from "./config/ConfigurationError.ts"
import { type AskError, ClusterExecutor, type Job, type JobResult, type LogChunk, type ResultError,
  type SubmitError as ExecutorSubmitError, type SubmitMapRequest, type SubmitRequest,
  type TaskResult } from "./cluster/ClusterExecutor.ts"
import * as JobDirectory from "./cluster/execute/JobDirectory.ts"
import * as JobError from "./cluster/execute/JobError.ts"
import * as MapDirectory from "./cluster/execute/MapDirectory.ts"
import { FilePackager, type FunctionLike, type PackagedCall, type PackagingError } from "./packaging/FilePackager.ts"
import type { PackageOptionsInput } from "./packaging/PackageOptions.ts"
import * as Invocation from "./runtime/Invocation.ts"
import type { ResultEnvelopeError } from "./runtime/ResultEnvelope.ts"
import * as SourceMapDocument from "./runtime/SourceMapDocument.ts"
import * as ValueCodec from "./runtime/ValueCodec.ts"
import { Transport, type TransportError } from "./cluster/Transport.ts"

/** What can go wrong until a function and its call are a package. */
export type PackageError = PackagingError | ClusterConfigError

/** What can go wrong until the cluster has taken the job of a package. */
export type SubmitError = ExecutorSubmitError | PackageStoreError

/** What can go wrong until a job's result is here. */
export type { ResultError } from "./cluster/ClusterExecutor.ts"

/** All that can go wrong between a function and the result of one call. */
export type RunError = PackageError | SubmitError | ResultError

/** All that can go wrong until the job of many calls is submitted. */
export type SubmitMapError =
  | AskError
  | ConfigurationError
  | JobError.InputsError
  | JobError.JobAmbiguousError
  | PackageError
  | SubmitError

/** All that can go wrong with many calls as a whole; how each one ended is in its {@link Outcome}. */
export type MapError = SubmitMapError | ResultError

/** What files that come from elsewhere can have wrong with them, besides. */
export type FileError = Invocation.InvocationError | PlatformError | RandomAccess.PackageReadError

/** How one of many calls can end without a value. */
export type OutcomeError = JobError.JobError | ResultEnvelopeError

/** How the call for one input ended. `index`: the place of the input, from 0. */
export interface Outcome<A> {
  readonly index: number
  readonly outcome: Either.Either<A, OutcomeError>
}

/** A call of a function on the cluster of the program's layer. */
export interface FunctionCall {
  readonly fn: FunctionLike
  readonly args?: ReadonlyArray<unknown> | undefined
  /** The options object, passed as the last argument when it has any key. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
  readonly options?: PackageOptionsInput | undefined
  /** What this job may have besides the cluster's own settings. */
  readonly job?: JobSettings | undefined
}

/** What happens on the way, for whoever wants to watch. */
export interface Observer {
  readonly packaged?: ((packaged: PackagedCall) => Effect.Effect<void>) | undefined
  readonly submitted?: ((job: Job) => Effect.Effect<void>) | undefined
  /** What the function prints, while it runs. */
  readonly log?: ((chunk: LogChunk) => Effect.Effect<void>) | undefined
}

const readText = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path))

/** Says in the span which job it is about. */
const annotateJob = ({ jobId, packageId }: Job): Effect.Effect<void> => Effect.annotateCurrentSpan({ jobId, packageId })

/** How a package is submitted that is here already. */
export interface SubmitOptions extends Pick<SubmitRequest, "job" | "progress"> {}

/** Packages a function with one call of it. */
export const packageCall = (
  { args, fn, job, kwargs, options }: FunctionCall
): Effect.Effect<PackagedCall, PackageError, Cluster | FilePackager> =>
  Effect.flatMap(FilePackager, (packager) => packager.packageFunctionForExecution(fn, args, kwargs, options, job))

/** Submits what {@link packageCall} gave. Nothing is read from files again: the ZIP comes from the store that it was written to. */
export const submitCall = (
  { info, invocation, open, sourceMap }: PackagedCall,
  options: SubmitOptions = {}
): Effect.Effect<Job, SubmitError, ClusterExecutor> =>
  Effect.scoped(Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    return yield* executor.submit({
      package: yield* open,
      invocation,
      sourceMap,
      nodeModules: info.nodeModules,
      ...options
    })
  })).pipe(Effect.tap(annotateJob), Effect.withSpan("clustrix.submit"))

/** Submits a package with one invocation of it: files that may come from another machine and another day. */
export const submitPackage = (
  zip: string,
  invocationFile: string,
  options: SubmitOptions & {
    /** Paths here. */
    readonly sourceMap?: string | undefined
    readonly nodeModules?: string | undefined
  } = {}
): Effect.Effect<
  Job,
  FileError | SourceMapDocument.SourceMapDocumentError | SubmitError,
  ClusterExecutor | FileSystem.FileSystem
> =>
  Effect.scoped(Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const invocation = yield* Invocation.decode(yield* readText(invocationFile), invocationFile)
    const { job, nodeModules, progress } = options
    const sourceMap = options.sourceMap === undefined
      ? undefined
      : yield* SourceMapDocument.decode(yield* readText(options.sourceMap), options.sourceMap)
    const access = yield* RandomAccess.fromFile(zip)
    return yield* executor.submit({ package: access, invocation, job, sourceMap, nodeModules, progress })
  })).pipe(Effect.tap(annotateJob), Effect.withSpan("clustrix.submit"))

/** How many calls are made. */
export interface MapOptions extends Pick<SubmitMapRequest, "chunk" | "concurrency" | "retry" | "progress"> {
  /**
   * A job to go on with, whose results are then these; `true` for the newest of the same package and the same inputs, or a new one
   * if there is none. What has ended does not run again.
   */
  readonly resume?: string | boolean | undefined
}

/** One function, many calls. */
export interface MapCall extends MapOptions, Pick<FunctionCall, "fn" | "options" | "job"> {
  /** The one argument of each call. */
  readonly inputs: Iterable<unknown>
}

/** Submits what is missing of a job that is many calls. `name`: as for `ClusterExecutor.find`. */
export const resumeMap = (
  name: string,
  { environmentVariables }: Pick<JobSettings, "environmentVariables"> = {}
): Effect.Effect<Job, AskError | JobError.JobAmbiguousError | JobError.JobEnvironmentError, ClusterExecutor> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const job = yield* executor.find(name)
    yield* executor.resume(job.jobId, { environmentVariables })
    return job
  }).pipe(Effect.withSpan("clustrix.resume"))

const inputsOf = (job: Job) =>
  Effect.flatMap(
    Transport,
    (transport) => JobDirectory.readText(transport, job.directory, MapDirectory.files.inputs)
  )

/** The newest job of the package with these inputs. */
const sameMap = (packageId: string, inputs: string, count: number) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const jobs = (yield* executor.list).filter((job) => job.packageId === packageId && job.tasks === count)
    for (const job of jobs.reverse()) {
      if ((yield* inputsOf(job)) === inputs) return job
    }
    return undefined
  })

/** The results of a job are taken for those of the inputs. */
const hasInputs = (job: Job, inputs: string) =>
  Effect.gen(function*() {
    const text = yield* inputsOf(job)
    // One call has none, which resuming it says
    if (text === undefined || text === inputs) return
    return yield* new JobError.InputsError({
      reason: "OtherInputs",
      what: `The job ${job.jobId} has other inputs than these`,
      why: "It goes on with its own, so that its results would not be those of these inputs.",
      remedy:
        `Pass the inputs that it was submitted with, in their order; or go on with it by \`clustrix map --resume ${job.jobId}\`.`
    })
  })

/** JavaScript does not know the types. */
const isIterable = (value: unknown): value is Iterable<unknown> =>
  value !== null && value !== undefined && typeof Reflect.get(Object(value), Symbol.iterator) === "function"

/** The value texts of the calls' arguments. Fails with the path of the first input that cannot be carried. */
const encodeInputs = (fn: FunctionLike, inputs: Iterable<unknown>) =>
  Effect.gen(function*() {
    if (!isIterable(inputs)) {
      return yield* new JobError.InputsError({
        reason: "NotIterable",
        what: `The inputs of many calls must be iterable. Received ${inputs === null ? "null" : typeof inputs}`,
        remedy: "Pass an array, or another iterable; collect what comes asynchronously into an array first."
      })
    }
    if (typeof fn === "function" && fn.length > 1) {
      return yield* new JobError.InputsError({
        reason: "SeveralParameters",
        what: `${
          fn.name === "" ? "The function" : fn.name
        } has ${fn.length} parameters, and each call of many gets one argument`,
        why: "The other parameters would be undefined.",
        remedy: "Pass a function of one parameter: (input) => f(input.a, input.b)."
      })
    }
    return yield* Effect.forEach(
      inputs,
      (input, index) => ValueCodec.encode([input], { subject: `The input ${index}` })
    )
  })

/** Submits the calls of a package, or goes on with the same ones. */
const submitInputs = (
  packaged: PackagedCall,
  inputs: ReadonlyArray<string>,
  { job, resume, ...options }: MapOptions & Pick<FunctionCall, "job">
): Effect.Effect<Job, SubmitMapError, Cluster | ClusterExecutor | Transport> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const { config } = yield* Cluster
    const reuse = job?.reuse ?? config.reuse ?? false
    const { info: { nodeModules, packageId }, invocation, open, sourceMap } = packaged
    // Many calls that were made before are gone on with: what has ended does not run again
    const known = resume === true || (resume === undefined && reuse)
      ? yield* sameMap(packageId, MapDirectory.inputsText(inputs), inputs.length)
      : undefined
    if (known !== undefined) {
      const missing = yield* executor.resume(known.jobId, { environmentVariables: job?.environmentVariables })
      return missing === 0 && reuse ? { ...known, reused: true as const } : known
    }
    const { chunk, concurrency, progress, retry } = options
    return yield* Effect.scoped(Effect.flatMap(open, (access) =>
      executor.submitMap({
        package: access,
        invocation,
        job,
        sourceMap,
        nodeModules,
        progress,
        inputs,
        chunk,
        concurrency,
        retry
      })))
  })

/** Submits a call for each input of a package that is here already: one job. */
export const submitPackagedMap = (
  packaged: PackagedCall,
  fn: FunctionLike,
  given: Iterable<unknown>,
  options: MapOptions & Pick<FunctionCall, "job"> = {}
): Effect.Effect<Job, SubmitMapError, Cluster | ClusterExecutor | Transport> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const inputs = yield* encodeInputs(fn, given)
    if (typeof options.resume !== "string") return yield* submitInputs(packaged, inputs, options)
    yield* hasInputs(yield* executor.find(options.resume), MapDirectory.inputsText(inputs))
    return yield* resumeMap(options.resume, options.job)
  }).pipe(Effect.tap(annotateJob), Effect.withSpan("clustrix.map"))

/** Packages a function and submits a call of it for each input: one job. Its results are those of `ClusterExecutor.results`. */
export const submitMap = (
  call: MapCall,
  observer: Observer = {}
): Effect.Effect<Job, SubmitMapError, Cluster | ClusterExecutor | FilePackager | Transport> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const { fn, job, options, resume } = call
    // Before anything is packaged, for they may not be carried
    const inputs = yield* encodeInputs(fn, call.inputs)
    if (typeof resume === "string") {
      yield* hasInputs(yield* executor.find(resume), MapDirectory.inputsText(inputs))
      return yield* resumeMap(resume, job)
    }
    const packaged = yield* packageCall({ fn, job, options })
    yield* observer.packaged?.(packaged) ?? Effect.void
    const submitted = yield* submitInputs(packaged, inputs, call)
    yield* observer.submitted?.(submitted) ?? Effect.void
    return submitted
  }).pipe(Effect.tap(annotateJob), Effect.withSpan("clustrix.map"))

/** The outcome for whoever wants the value, and not how it came about. */
const outcomeOf = ({ index, outcome }: TaskResult): Outcome<unknown> => ({
  index,
  outcome: Either.map(outcome, ({ value }) => value)
})

/** The outcomes of the job that `submit` gives, as they come. Ending early, or interrupting, cancels what still runs. */
export const outcomesOf = <E, R>(
  submit: Effect.Effect<Job, E, R>,
  { ordered }: { readonly ordered?: boolean | undefined } = {}
): Stream.Stream<Outcome<unknown>, E | ResultError, R | ClusterExecutor> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    let isOver = false
    // From the moment of submission on, somebody waits for it
    const job = yield* Effect.acquireRelease(
      Effect.interruptible(submit),
      ({ jobId }) => isOver ? Effect.void : Effect.ignore(executor.cancel(jobId))
    )
    return executor.results(job.jobId, { ordered }).pipe(
      Stream.map(outcomeOf),
      Stream.concat(Stream.execute(Effect.sync(() => {
        isOver = true
      })))
    )
  }))

/** Waits for a job's end and tells what it prints meanwhile. Interrupting leaves the job running. */
export const watchJob = (
  { jobId }: Pick<Job, "jobId">,
  { log }: Pick<Observer, "log"> = {}
): Effect.Effect<JobResult, ResultError, ClusterExecutor> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    if (log === undefined) return yield* executor.result(jobId)
    const told = { stdout: 0, stderr: 0 }
    const tell = (chunk: LogChunk) =>
      Effect.uninterruptible(Effect.zipRight(
        log(chunk),
        Effect.sync(() => {
          told[chunk.stream] += chunk.bytes.length
        })
      ))
    const watching = yield* Effect.fork(Effect.ignore(Stream.runForEach(executor.logs(jobId), tell)))
    // The watcher looks seldom where nothing comes: what it has not seen at the end is read then
    const rest = Effect.suspend(() =>
      Effect.ignore(Stream.runForEach(executor.logs(jobId, { follow: false, from: { ...told } }), tell))
    )
    return yield* Effect.onExit(
      executor.result(jobId),
      (exit) => Effect.zipRight(Fiber.interrupt(watching), Exit.isInterrupted(exit) ? Effect.void : rest)
    )
  }).pipe(Effect.interruptible, Effect.withSpan("clustrix.watch", { attributes: { jobId } }))

/** Waits for a job's end and tells what it prints meanwhile. Interrupting cancels the job. */
export const awaitJob = (
  job: Pick<Job, "jobId">,
  observer: Pick<Observer, "log"> = {}
): Effect.Effect<JobResult, ResultError, ClusterExecutor> =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    return yield* Effect.onInterrupt(watchJob(job, observer), () => Effect.ignore(executor.cancel(job.jobId)))
  }).pipe(Effect.withSpan("clustrix.await", { attributes: { jobId: job.jobId } }))

/**
 * Submits a job and waits for its end. From the moment of submission on, interrupting means cancelling the job. One that did not start
 * over a package that was not checked again is submitted once more, which checks the package and brings what is missing.
 */
export const submitAndAwait = <E, R>(
  submit: Effect.Effect<Job, E, R>,
  observer: Pick<Observer, "log" | "submitted"> = {}
): Effect.Effect<
  { readonly job: Job; readonly result: JobResult },
  E | ResultError,
  R | ClusterExecutor
> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const once = Effect.gen(function*() {
        const job = yield* submit
        yield* observer.submitted?.(job) ?? Effect.void
        const result = yield* Effect.either(restore(awaitJob(job, observer)))
        return { job, result }
      })
      const first = yield* once
      const isDoubtful = first.job.packageNotChecked === true && Either.isLeft(first.result) &&
        first.result.left._tag === "JobNotStartedError"
      if (isDoubtful) {
        yield* Effect.logDebug(`Job ${first.job.jobId} did not start: its package is checked, and it runs again`)
      }
      const { job, result } = isDoubtful ? yield* once : first
      return { job, result: yield* result }
    })
  )

/** What {@link run} needs: a cluster's layer provides it. */
export type Requirements = Cluster | ClusterExecutor | FilePackager

/** What a run gave. */
export interface Ran {
  readonly packaged: PackagedCall
  readonly job: Job
  readonly result: JobResult
}

/** Packages a function, runs it on the cluster, and brings the result back. */
export const run = (
  call: FunctionCall,
  observer: Observer = {}
): Effect.Effect<Ran, RunError, Requirements> =>
  Effect.gen(function*() {
    const packaged = yield* packageCall(call)
    yield* observer.packaged?.(packaged) ?? Effect.void
    const { job, result } = yield* submitAndAwait(submitCall(packaged, { job: call.job }), observer)
    yield* Effect.annotateCurrentSpan({ packageId: packaged.info.packageId, jobId: job.jobId })
    return { packaged, job, result }
  }).pipe(Effect.withSpan("clustrix.run"))

export type { TransportError }
