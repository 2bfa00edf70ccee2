/**
 * Everything that the packager needs, on Node.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { AnalysisCache as AnalysisCacheTag } from "../core/modules/AnalysisCache.ts"
import { FunctionLocator as FunctionLocatorTag } from "../core/closures/FunctionLocator.ts"
import { ExecutionHost } from "../core/packaging/ExecutionContext.ts"
import { FilePackager } from "../core/packaging/FilePackager.ts"
import { Hasher as HasherTag } from "../core/archive/Hasher.ts"
import { layer as layerPackager } from "../core/packaging/makeFilePackager.ts"
import { PackageStore as PackageStoreTag } from "../core/archive/PackageStore.ts"
import { SourceParser as SourceParserTag } from "../core/language/SourceParser.ts"
import { DirectoryEntries } from "../core/resolution/DirectoryEntries.ts"
import { FileTimes } from "../core/resolution/FileTimes.ts"
import { FileAnswers } from "../core/packaging/memory/FileAnswers.ts"
import { PackageMemory as PackageMemoryTag } from "../core/packaging/memory/PackageMemory.ts"
import { ValueInspection as ValueInspectionTag } from "../core/runtime/ValueCodec.ts"
import * as AnalysisCache from "./AnalysisCache.ts"
import * as FunctionLocator from "./FunctionLocator.ts"
import * as Hasher from "./Hasher.ts"
import * as NodeDirectoryEntries from "./NodeDirectoryEntries.ts"
import * as NodeFileAnswers from "./NodeFileAnswers.ts"
import * as NodeFileTimes from "./NodeFileTimes.ts"
import { otherwise } from "./otherwise.ts"
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
  | FunctionLocatorTag
  | HasherTag
  | PackageMemoryTag
  | PackageStoreTag
  | Path.Path
  | SourceParserTag
  | ValueInspectionTag

/** Node's own knowledge of its files, which says nothing of the files of another file system. */
const platformFiles = Layer.mergeAll(
  NodeFileSystem.layer,
  NodeDirectoryEntries.layer,
  NodeFileAnswers.layer,
  NodeFileTimes.layer
)

const filesOf = (
  given: Context.Context<never> | undefined
): Layer.Layer<FileSystem.FileSystem> => {
  const own = given === undefined ? Option.none() : Context.getOption(given, FileSystem.FileSystem)
  if (given === undefined || Option.isNone(own)) return platformFiles
  const files = Layer.succeed(FileSystem.FileSystem, own.value)
  const known = Context.pick(DirectoryEntries, FileAnswers, FileTimes)(
    given as Context.Context<DirectoryEntries | FileAnswers | FileTimes>
  )
  return Layer.merge(files, Layer.succeedContext(known))
}

/** The packager and its services, with those of `given` in place of Clustrix's own. */
export const layerOver = (
  given: Context.Context<never> | undefined
): Layer.Layer<Services, ConfigError.ConfigError> => {
  const platform = Layer.mergeAll(
    filesOf(given),
    otherwise(given, Path.Path, NodePath.layer),
    otherwise(given, HasherTag, Hasher.layer),
    otherwise(given, FunctionLocatorTag, FunctionLocator.layer),
    otherwise(given, SourceParserTag, SourceParser.layer),
    otherwise(given, AnalysisCacheTag, AnalysisCache.layerConfig),
    otherwise(given, PackageMemoryTag, PackageMemory.layerConfig),
    otherwise(given, ValueInspectionTag, ValueInspection.layer),
    otherwise(given, ExecutionHost, layerExecutionHost)
  )
  return otherwise(given, FilePackager, layerPackager).pipe(
    Layer.provideMerge(otherwise(given, PackageStoreTag, PackageStore.layerConfig)),
    Layer.provideMerge(platform)
  )
}

/** The packager and its services. Fails when the environment variables for the directories cannot be read. */
export const layer: Layer.Layer<Services, ConfigError.ConfigError> = layerOver(undefined)
