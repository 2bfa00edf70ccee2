/**
 * `clustrix/node`: Clustrix on Node, with a face of promises for programs that do not use Effect.
 *
 * The names are those of the original system. Rejections are the tagged errors themselves (`error._tag`,
 * `error.message`); {@link NodeHost} has the layers for programs that do use Effect.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Duration from "effect/Duration"
import * as OpenPackage from "../core/archive/OpenPackage.ts"
import * as Cleanup from "../core/archive/PackageCleanup.ts"
import * as RandomAccess from "../core/archive/RandomAccess.ts"
import * as ClusterConfig from "../core/config/ClusterConfig.ts"
import * as Executor from "../core/cluster/ClusterExecutor.ts"
import * as Context from "../core/packaging/ExecutionContext.ts"
import * as Answer from "../core/packaging/explain/Answer.ts"
import * as Subject from "../core/packaging/explain/Subject.ts"
import * as Packager from "../core/packaging/FilePackager.ts"
import type { Manifest } from "../core/archive/Manifest.ts"
import type { Metadata } from "../core/archive/Metadata.ts"
import type { PackageInfo } from "../core/packaging/PackageInfo.ts"
import type { PackageOptionsInput } from "../core/packaging/PackageOptions.ts"
import * as Pipeline from "../core/Pipeline.ts"
import { Transport } from "../core/cluster/Transport.ts"
import * as JobFiles from "../core/cluster/execute/JobFiles.ts"
import { unfinishedPackages } from "../core/cluster/execute/UnfinishedPackages.ts"
import * as Cluster from "./Cluster.ts"
import * as Configuration from "./Configuration.ts"
import * as NodeHost from "./NodeHost.ts"
import { onCluster as onShared } from "./run.ts"
import * as SharedClusters from "./SharedClusters.ts"

export * as AnalysisCache from "./AnalysisCache.ts"
export * as Cluster from "./Cluster.ts"
export {
  cluster,
  type CallError,
  type Clustered,
  type ClusterDecorator,
  type ClusterFunction,
  type ClusterJob,
  type ClusterOptions,
  type MapError,
  type MapOptions,
  type MapResults,
  type Outcome,
  type ReachError
} from "./clusteredFunction.ts"
export { ClusterClosedError } from "./ClusterClosedError.ts"
export * as ClusterFilesystem from "./ClusterFilesystem.ts"
export * as Configuration from "./Configuration.ts"
export { configure } from "./Configuration.ts"
export {
  clusterCountFiles,
  clusterDu,
  clusterExists,
  clusterFind,
  clusterGlob,
  clusterIsdir,
  clusterIsfile,
  clusterLs,
  clusterStat
} from "./clusterFunctions.ts"
export * as FunctionLocator from "./FunctionLocator.ts"
export * as Hasher from "./Hasher.ts"
export * as LocalScheduler from "./LocalScheduler.ts"
export * as LocalTransport from "./LocalTransport.ts"
export * as NodeHost from "./NodeHost.ts"
export * as PackageStore from "./PackageStore.ts"
export type { OnLog } from "./PrintedOutput.ts"
export { type CallArguments, type ClusterChoice, run, type RunOptions, type RunSettings } from "./run.ts"
export * as PackageMemory from "./PackageMemory.ts"
export * as SourceParser from "./SourceParser.ts"
export * as ValueInspection from "./ValueInspection.ts"
export * as SshCluster from "./SshCluster.ts"
export * as SshTransport from "./SshTransport.ts"
export type { ClusterConfig } from "../core/config/ClusterConfig.ts"
export type { ExecutionContext } from "../core/packaging/ExecutionContext.ts"
export type { FunctionLike } from "../core/packaging/FilePackager.ts"
export type { PackageInfo } from "../core/packaging/PackageInfo.ts"
export type { PackageOptionsInput } from "../core/packaging/PackageOptions.ts"

/** What packages and asks nothing of a cluster. */
const promise = <A, E>(effect: Effect.Effect<A, E, NodeHost.Services>): Promise<A> =>
  onShared<A, unknown>(Effect.succeed(ClusterConfig.local), effect)

/** The same on a cluster. */
const onCluster = <A, E>(
  clusterConfig: ClusterConfig.ClusterConfig | undefined,
  effect: Effect.Effect<A, E, Cluster.Services>
): Promise<A> => onShared<A, unknown>(clusterOf(clusterConfig), effect)

/**
 * Closes the connections that the calls of this process share, when those under way have ended. Nobody needs to: they keep no process
 * alive, and end when nobody calls for a while. Later calls open them anew.
 */
export const close = (): Promise<void> => SharedClusters.closeAll()

/** The cluster of a call that names none: what is configured, and else this machine. */
const configured = Effect.map(Effect.suspend(() => Configuration.load()), ({ config }) => config)

const clusterOf = (clusterConfig: ClusterConfig.ClusterConfig | undefined) =>
  clusterConfig === undefined ? configured : Effect.succeed(clusterConfig)

/**
 * Packages the function that `fn` names and writes invocation and source map beside the ZIP. Without `clusterConfig`, here
 * and below, the cluster is the one that is configured (`clustrix config show`), and else this machine.
 *
 * @example
 * const info = await packageFunctionForExecution("src/analysis.ts#mainAnalysis", { clusterType: "local" })
 */
export const packageFunctionForExecution = (
  fn: Packager.FunctionLike,
  clusterConfig?: ClusterConfig.ClusterConfig,
  functionArgs: ReadonlyArray<unknown> = [],
  functionKwargs: Readonly<Record<string, unknown>> = {},
  options: PackageOptionsInput = {}
): Promise<PackageInfo> =>
  promise(Effect.gen(function*() {
    const packager = yield* Packager.FilePackager
    const config = yield* clusterOf(clusterConfig)
    const { info } = yield* Effect.provideService(
      packager.packageFunctionForExecution(fn, functionArgs, functionKwargs, options),
      Cluster.Cluster,
      { config }
    )
    return info
  }))

/** The circumstances of a call, for {@link FilePackager}. */
export const createExecutionContext = (
  clusterConfig?: ClusterConfig.ClusterConfig,
  functionArgs: ReadonlyArray<unknown> = [],
  functionKwargs: Readonly<Record<string, unknown>> = {}
): Context.ExecutionContext =>
  SharedClusters.valueOf(Effect.runSyncExit(Effect.provide(
    Effect.flatMap(
      clusterOf(clusterConfig),
      (config) => Context.createExecutionContext(config, functionArgs, functionKwargs)
    ),
    NodeHost.layerExecutionHost
  )))

/** Packages functions; nothing to dispose of: what it stages is gone when a call ends. */
export class FilePackager {
  /** Finds what the function needs and writes the package into the store. */
  packageFunction(
    fn: Packager.FunctionLike,
    context: Context.ExecutionContext,
    options: PackageOptionsInput = {}
  ): Promise<PackageInfo> {
    return promise(
      Effect.flatMap(
        Packager.FilePackager,
        (packager) => Effect.map(packager.packageFunction(fn, context, options), ({ info }) => info)
      )
    )
  }
}

/**
 * Why `what` is in the package of `fn`: a file, a declaration (`src/a.ts#helper`, `helper`), an npm package, or a captured
 * variable (`predict.line`). The chain begins at the function. This is what `clustrix explain --json` prints, and the way
 * to ask it of a living function. Without `what`, everything that goes along.
 *
 * Rejects with `NotExplainedError` when `what` is not there, or may be several things.
 */
export function explain(fn: Packager.FunctionLike, what: string, options?: PackageOptionsInput): Promise<Explained>
export function explain(
  fn: Packager.FunctionLike,
  what?: undefined,
  options?: PackageOptionsInput
): Promise<ExplainedPackage>
export function explain(
  fn: Packager.FunctionLike,
  what?: string,
  options: PackageOptionsInput = {}
): Promise<Explained | ExplainedPackage> {
  return promise(Effect.gen(function*() {
    const packager = yield* Packager.FilePackager
    const prepared = yield* packager.prepare(fn, options)
    if (what === undefined) return Answer.everythingJson(prepared)
    return Answer.answerJson(Answer.answer(prepared, yield* Subject.findSubject(prepared, what)))
  }))
}

/** Why one thing is in a package, or is not. */
export type Explained = ReturnType<typeof Answer.answerJson>

/** All that is in a package, and why. */
export type ExplainedPackage = ReturnType<typeof Answer.everythingJson>

/** What a package holds, verified down to every byte. */
export interface InspectedPackage {
  readonly packageId: string
  readonly digest: string
  readonly sizeBytes: number
  readonly manifest: Manifest
  readonly metadata: Metadata
}

/** Opens and verifies the ZIP at `packagePath`. */
export const inspectPackage = (packagePath: string): Promise<InspectedPackage> =>
  promise(Effect.scoped(Effect.gen(function*() {
    const access = yield* RandomAccess.fromFile(packagePath)
    const { digest, manifest, metadata, packageId, sizeBytes } = yield* OpenPackage.verifyPackage(access)
    return { packageId, digest, sizeBytes, manifest, metadata }
  })))

/** Removes packages older than `olderThan`, but none that an unfinished job or a fresh lease refers to. */
export const cleanupPackages = (
  options: { readonly olderThan: Duration.DurationInput }
): Promise<{ readonly removed: ReadonlyArray<string>; readonly kept: ReadonlyArray<string> }> =>
  onCluster(
    ClusterConfig.local,
    Effect.gen(function*() {
      const executor = yield* Executor.ClusterExecutor
      const { kept, removed } = yield* Cleanup.cleanupPackages({ ...options, references: unfinishedPackages(executor) })
      return { removed: removed.map(({ path }) => path), kept: kept.map(({ stored }) => stored.path) }
    })
  )

/** Runs packages on a cluster. All it knows of a job lies in the job's directory. */
export class ClusterExecutor {
  readonly clusterConfig: ClusterConfig.ClusterConfig
  constructor(clusterConfig?: ClusterConfig.ClusterConfig) {
    this.clusterConfig = clusterConfig ?? SharedClusters.valueOf(Effect.runSyncExit(configured))
  }
  /** Submits a package that `packageFunctionForExecution` made, and gives the job's ID. */
  submit(info: PackageInfo): Promise<string> {
    return onCluster(
      this.clusterConfig,
      Effect.map(
        Pipeline.submitPackage(info.packagePath, info.invocationPath ?? "", {
          sourceMap: info.sourceMapPath,
          nodeModules: info.nodeModules
        }),
        ({ jobId }) => jobId
      )
    )
  }
  #ask<A, E>(question: (executor: typeof Executor.ClusterExecutor.Service) => Effect.Effect<A, E>): Promise<A> {
    return onCluster(this.clusterConfig, Effect.flatMap(Executor.ClusterExecutor, question))
  }
  /** `queued`, `running`, and how it ended. */
  status(jobId: string): Promise<Effect.Effect.Success<ReturnType<typeof Executor.ClusterExecutor.Service.status>>> {
    return this.#ask((executor) => executor.status(jobId))
  }
  /** What the job has printed so far. */
  logs(jobId: string): Promise<ReadonlyArray<Executor.LogChunk>> {
    return this.#ask((executor) =>
      Effect.map(Stream.runCollect(executor.logs(jobId, { follow: false })), Chunk.toReadonlyArray)
    )
  }
  /** Waits for the job's end and gives what the function returned. */
  result(jobId: string): Promise<unknown> {
    return this.#ask((executor) => Effect.map(executor.result(jobId), ({ value }) => value))
  }
  cancel(jobId: string): Promise<void> {
    return this.#ask((executor) => executor.cancel(jobId))
  }
  /**
   * Brings the files that the function left in its working directory into `directory` here: those that match one of `globs`, by
   * default all. Packaged data files are not among them. Rejects with `FilesNotWrittenError` when one is here already, unless
   * `force` says to replace it.
   */
  fetch(
    jobId: string,
    directory: string,
    options: JobFiles.FetchOptions = {}
  ): Promise<ReadonlyArray<JobFiles.FetchedFile>> {
    return onCluster(
      this.clusterConfig,
      Effect.gen(function*() {
        const executor = yield* Executor.ClusterExecutor
        return yield* JobFiles.fetch(yield* Transport, yield* executor.attach(jobId), directory, options)
      })
    )
  }
  /** All jobs of the cluster, oldest first. */
  list(): Promise<ReadonlyArray<Executor.Job>> {
    return this.#ask((executor) => executor.list)
  }
}
