/**
 * Everything that the packager needs, on Node.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Layer from "effect/Layer"
import type { AnalysisCache as AnalysisCacheTag } from "../core/AnalysisCache.ts"
import { ExecutionHost } from "../core/ExecutionContext.ts"
import type { FilePackager } from "../core/FilePackager.ts"
import type { Hasher as HasherTag } from "../core/Hasher.ts"
import { layer as layerPackager } from "../core/package/makeFilePackager.ts"
import type { PackageStore as PackageStoreTag } from "../core/PackageStore.ts"
import type { SourceParser as SourceParserTag } from "../core/SourceParser.ts"
import * as AnalysisCache from "./AnalysisCache.ts"
import * as Hasher from "./Hasher.ts"
import * as PackageStore from "./PackageStore.ts"
import * as SourceParser from "./SourceParser.ts"

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
  NodePath.layer,
  Hasher.layer,
  SourceParser.layer,
  AnalysisCache.layerConfig,
  layerExecutionHost
)

/** The packager and its services. Fails when the environment variables for the directories cannot be read. */
export const layer: Layer.Layer<Services, ConfigError.ConfigError> = layerPackager.pipe(
  Layer.provideMerge(PackageStore.layerConfig),
  Layer.provideMerge(platform)
)
