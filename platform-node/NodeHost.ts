/**
 * Everything that the packager needs, on Node.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Layer from "effect/Layer"
import type { AnalysisCache as AnalysisCacheTag } from "../core/modules/AnalysisCache.ts"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import { ExecutionHost } from "../core/packaging/ExecutionContext.ts"
import type { FilePackager } from "../core/packaging/FilePackager.ts"
import type { Hasher as HasherTag } from "../core/archive/Hasher.ts"
import { layer as layerPackager } from "../core/packaging/makeFilePackager.ts"
import type { PackageStore as PackageStoreTag } from "../core/archive/PackageStore.ts"
import type { SourceParser as SourceParserTag } from "../core/language/SourceParser.ts"
import * as AnalysisCache from "./AnalysisCache.ts"
import * as Cluster from "./Cluster.ts"
import * as FunctionLocator from "./FunctionLocator.ts"
import * as Hasher from "./Hasher.ts"
import * as LocalCluster from "./LocalCluster.ts"
import * as NodeDirectoryEntries from "./NodeDirectoryEntries.ts"
import * as NodeFileTimes from "./NodeFileTimes.ts"
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
  NodeFileTimes.layer,
  NodePath.layer,
  Hasher.layer,
  FunctionLocator.layer,
  SourceParser.layer,
  AnalysisCache.layerConfig,
  PackageMemory.layerConfig,
  ValueInspection.layer,
  layerExecutionHost
)

/** Runs jobs on this machine (cluster type `local`), with their directories in the user's state directory. */
export const layerLocal: Layer.Layer<Services | LocalCluster.Services, ConfigError.ConfigError> = Layer.suspend(() =>
  Layer.provideMerge(LocalCluster.layer(), layer)
)

/** Runs jobs where `config` says. */
export const layerCluster = (
  config: ClusterConfig,
  options?: Cluster.Options
): Layer.Layer<Services | LocalCluster.Services, Cluster.ClusterError> =>
  Layer.provideMerge(Cluster.layer(config, options), layer)

/** The packager and its services. Fails when the environment variables for the directories cannot be read. */
export const layer: Layer.Layer<Services, ConfigError.ConfigError> = layerPackager.pipe(
  Layer.provideMerge(PackageStore.layerConfig),
  Layer.provideMerge(platform)
)
