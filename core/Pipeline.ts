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
import type { ClusterConfig } from "./ClusterConfig.ts"
import { ClusterExecutor, type Job, type JobResult, type LogChunk, type SubmitRequest } from "./ClusterExecutor.ts"
import { FilePackager, type FunctionLike, type Packaged } from "./FilePackager.ts"
import type { PackageOptionsInput } from "./package/PackageOptions.ts"
import * as Invocation from "./runtime/Invocation.ts"
import * as SourceMapDocument from "./runtime/SourceMapDocument.ts"

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
