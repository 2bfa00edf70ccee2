/**
 * Everything that the packager needs, on Node.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AnalysisCache as AnalysisCacheTag } from "../core/AnalysisCache.ts"
import * as ClusterExecutor from "../core/ClusterExecutor.ts"
import * as PackageDeployer from "../core/execute/PackageDeployer.ts"
import { ExecutionHost } from "../core/ExecutionContext.ts"
import type { FilePackager } from "../core/FilePackager.ts"
import type { Hasher as HasherTag } from "../core/Hasher.ts"
import { layer as layerPackager } from "../core/package/makeFilePackager.ts"
import type { PackageStore as PackageStoreTag } from "../core/PackageStore.ts"
import type { SourceParser as SourceParserTag } from "../core/SourceParser.ts"
import * as AnalysisCache from "./AnalysisCache.ts"
import type { Scheduler } from "../core/Scheduler.ts"
import type { Transport } from "../core/Transport.ts"
import * as LocalHost from "./LocalHost.ts"
import * as LocalScheduler from "./LocalScheduler.ts"
import * as LocalTransport from "./LocalTransport.ts"
import * as FunctionLocator from "./FunctionLocator.ts"
import * as Hasher from "./Hasher.ts"
import * as NodeDirectoryEntries from "./NodeDirectoryEntries.ts"
import * as PackageMemory from "./PackageMemory.ts"
import * as PackageStore from "./PackageStore.ts"
import * as SourceParser from "./SourceParser.ts"
import * as ValueInspection from "./ValueInspection.ts"

/** The process as it stands when the layer is built. */
export const layerExecutionHost: Layer.Layer<ExecutionHost> = Layer.sync(ExecutionHost, () => ({
  workingDirectory: process.cwd(),
  runtimeVersion: process.version
}))

/** What {@link layer} provides. */
export type Services =
  | AnalysisCacheTag
  | ExecutionHost
  | FilePackager
  | FileSystem.FileSystem
  | HasherTag
  | PackageStoreTag
  | Path.Path
  | SourceParserTag

const platform = Layer.mergeAll(
  NodeFileSystem.layer,
  NodeDirectoryEntries.layer,
  NodePath.layer,
  Hasher.layer,
  FunctionLocator.layer,
  SourceParser.layer,
  AnalysisCache.layerConfig,
  PackageMemory.layerConfig,
  ValueInspection.layer,
  layerExecutionHost
)

const executor = Layer.unwrapEffect(
  Effect.map(LocalTransport.stateDirectory, (stateDirectory) =>
    ClusterExecutor.layer({ stateDirectory }).pipe(
      Layer.provideMerge(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer))
    ))
)

/** Runs jobs on this machine (cluster type `local`), with their directories in the user's state directory. */
export const layerLocal: Layer.Layer<
  Services | ClusterExecutor.ClusterExecutor | PackageDeployer.PackageDeployer | Transport | Scheduler,
  ConfigError.ConfigError
> = Layer.suspend(() => executor.pipe(Layer.provideMerge(layer)))

/** The packager and its services. Fails when the environment variables for the directories cannot be read. */
export const layer: Layer.Layer<Services, ConfigError.ConfigError> = layerPackager.pipe(
  Layer.provideMerge(PackageStore.layerConfig),
  Layer.provideMerge(platform)
)
