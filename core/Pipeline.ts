/**
 * The whole way of a function, from its name to its result:
 *
 *     analyse -> resolve -> collect -> package -> deploy -> execute -> result
 *
 * The first three happen in `FilePackager` (see `package/preparePackage.ts`), deploying and executing in
 * `ClusterExecutor`.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as RandomAccess from "./archive/RandomAccess.ts"
import type { ClusterConfig } from "./config/ClusterConfig.ts"
import { ClusterExecutor, type Job, type JobResult, type LogChunk, type SubmitMapRequest,
  type SubmitRequest } from "./cluster/ClusterExecutor.ts"
import * as JobDirectory from "./cluster/execute/JobDirectory.ts"
import * as JobError from "./cluster/execute/JobError.ts"
import * as MapDirectory from "./cluster/execute/MapDirectory.ts"
import { FilePackager, type FunctionLike, type Packaged } from "./packaging/FilePackager.ts"
import type { PackageOptionsInput } from "./packaging/PackageOptions.ts"
import * as Invocation from "./runtime/Invocation.ts"
import * as SourceMapDocument from "./runtime/SourceMapDocument.ts"
import * as ValueCodec from "./runtime/ValueCodec.ts"
import { Transport } from "./cluster/Transport.ts"

/** A call of a function on a cluster. */
export interface FunctionCall {
  readonly fn: FunctionLike
  readonly config: ClusterConfig
  readonly args?: ReadonlyArray<unknown> | undefined
  /** The options object, passed as the last argument when it has any key. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
  readonly options?: PackageOptionsInput | undefined
}

/** What happens on the way, for whoever wants to watch. */
export interface Observer {
  readonly packaged?: ((packaged: Packaged) => Effect.Effect<void>) | undefined
  readonly submitted?: ((job: Job) => Effect.Effect<void>) | undefined
  /** What the function prints, while it runs. */
  readonly log?: ((chunk: LogChunk) => Effect.Effect<void>) | undefined
}

const readText = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path))

/** Submits a package with one invocation of it: files that may come from another machine and another day. */
export const submitPackage = Effect.fn("clustrix.submit")(function*(
  zip: string,
  invocationFile: string,
  config: ClusterConfig,
  options: {
    /** Paths here. */
    readonly sourceMap?: string | undefined
    readonly nodeModules?: string | undefined
    readonly progress?: SubmitRequest["progress"]
  } = {}
) {
  const executor = yield* ClusterExecutor
  const invocation = yield* Invocation.decode(yield* readText(invocationFile), invocationFile)
  const { nodeModules, progress } = options
  const sourceMap = options.sourceMap === undefined
    ? undefined
    : yield* SourceMapDocument.decode(yield* readText(options.sourceMap), options.sourceMap)
  return yield* Effect.scoped(Effect.gen(function*() {
    const access = yield* RandomAccess.fromFile(zip)
    return yield* executor.submit({ package: access, invocation, config, sourceMap, nodeModules, progress })
  }))
})

/** One function, many calls. */
export interface MapCall extends Pick<SubmitMapRequest, "chunk" | "concurrency" | "retry" | "progress"> {
  readonly fn: FunctionLike
  readonly config: ClusterConfig
  /** The one argument of each call. */
  readonly inputs: Iterable<unknown>
  readonly options?: PackageOptionsInput | undefined
  /**
   * A job to go on with, whose results are then these; `true` for the newest of the same package and the same inputs, or a new one
   * if there is none. What has ended does not run again.
   */
  readonly resume?: string | boolean | undefined
}

/** Submits what is missing of a job that is many calls. `name`: as for `ClusterExecutor.find`. */
export const resumeMap = Effect.fn("clustrix.resume")(function*(
  name: string,
  { environmentVariables }: Pick<ClusterConfig, "environmentVariables">
) {
  const executor = yield* ClusterExecutor
  const job = yield* executor.find(name)
  yield* executor.resume(job.jobId, { environmentVariables })
  return job
})

/** The newest job of the package with these inputs. */
const sameMap = (packageId: string, inputs: string, count: number) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const transport = yield* Transport
    const jobs = (yield* executor.list).filter((job) => job.packageId === packageId && job.tasks === count)
    for (const job of jobs.reverse()) {
      const text = yield* JobDirectory.readText(transport, job.directory, MapDirectory.files.inputs)
      if (text === inputs) return job
    }
    return undefined
  })

/** The results of a job are taken for those of the inputs. */
const hasInputs = (job: Job, inputs: string) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const text = yield* JobDirectory.readText(transport, job.directory, MapDirectory.files.inputs)
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

/** Packages a function and submits a call of it for each input: one job. Its results are those of `ClusterExecutor.results`. */
export const submitMap = Effect.fn("clustrix.map")(function*(call: MapCall, observer: Observer = {}) {
  const executor = yield* ClusterExecutor
  const packager = yield* FilePackager
  if (!isIterable(call.inputs)) {
    return yield* new JobError.InputsError({
      reason: "NotIterable",
      what: "The inputs of many calls are no array, and nothing else that can be gone through",
      remedy: "Pass an array, or another iterable; collect what comes asynchronously into an array first."
    })
  }
  const inputs = yield* Effect.forEach(
    call.inputs,
    (input, index) => ValueCodec.encode([input], { subject: `The input ${index}` })
  )
  if (typeof call.resume === "string") {
    yield* hasInputs(yield* executor.find(call.resume), MapDirectory.inputsText(inputs))
    return yield* resumeMap(call.resume, call.config)
  }
  const packaged = yield* packager.packageFunctionForExecution(call.fn, call.config, [], {}, call.options)
  yield* observer.packaged?.(packaged) ?? Effect.void
  const { invocationPath = "", nodeModules, packageId, packagePath, sourceMapPath } = packaged.info
  const known = call.resume === true
    ? yield* sameMap(packageId, MapDirectory.inputsText(inputs), inputs.length)
    : undefined
  if (known !== undefined) {
    yield* executor.resume(known.jobId, call.config)
    yield* observer.submitted?.(known) ?? Effect.void
    return known
  }
  const invocation = yield* Invocation.decode(yield* readText(invocationPath), invocationPath)
  const sourceMap = sourceMapPath === undefined
    ? undefined
    : yield* SourceMapDocument.decode(yield* readText(sourceMapPath), sourceMapPath)
  const { chunk, concurrency, config, progress, retry } = call
  const job = yield* Effect.scoped(Effect.gen(function*() {
    const access = yield* RandomAccess.fromFile(packagePath)
    return yield* executor.submitMap({
      package: access,
      invocation,
      config,
      sourceMap,
      nodeModules,
      progress,
      inputs,
      chunk,
      concurrency,
      retry
    })
  }))
  yield* observer.submitted?.(job) ?? Effect.void
  return job
})

/** Waits for a job's end and tells what it prints meanwhile. Interrupting leaves the job running. */
export const watchJob = Effect.fn("clustrix.watch")(function*(job: Job, observer: Observer = {}) {
  const executor = yield* ClusterExecutor
  const log = observer.log
  const watching = log === undefined
    ? undefined
    : yield* Effect.fork(Stream.runForEach(executor.logs(job.jobId), log))
  const result: JobResult = yield* Effect.onExit(
    executor.result(job.jobId),
    (exit) =>
      watching === undefined ? Effect.void
        : Exit.isInterrupted(exit) ? Fiber.interrupt(watching)
        // The last lines may lie there before the watcher has read them
        : Effect.ignore(Fiber.join(watching))
  )
  return result
}, Effect.interruptible)

/** Waits for a job's end and tells what it prints meanwhile. Interrupting cancels the job. */
export const awaitJob = Effect.fn("clustrix.await")(function*(job: Job, observer: Observer = {}) {
  const executor = yield* ClusterExecutor
  return yield* Effect.onInterrupt(watchJob(job, observer), () => Effect.ignore(executor.cancel(job.jobId)))
})

/** Packages a function, runs it on the cluster, and brings the result back. */
export const run = Effect.fn("clustrix.run")(function*(call: FunctionCall, observer: Observer = {}) {
  const packager = yield* FilePackager
  const packaged = yield* packager.packageFunctionForExecution(
    call.fn,
    call.config,
    call.args,
    call.kwargs,
    call.options
  )
  yield* observer.packaged?.(packaged) ?? Effect.void
  const { info } = packaged
  // From the moment of submission on, interrupting means cancelling the job
  return yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const job = yield* submitPackage(info.packagePath, info.invocationPath ?? "", call.config, {
        sourceMap: info.sourceMapPath,
        nodeModules: info.nodeModules
      })
      yield* observer.submitted?.(job) ?? Effect.void
      const result = yield* restore(awaitJob(job, observer))
      return { packaged, job, result }
    })
  )
})
