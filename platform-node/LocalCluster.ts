/**
 * This machine as a cluster: jobs are processes, their directories lie in the user's state directory.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ClusterConfig from "../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../core/cluster/ClusterExecutor.ts"
import type { ClusterFilesystem as ClusterFilesystemTag } from "../core/cluster/ClusterFilesystem.ts"
import * as PackageDeployer from "../core/cluster/deploy/PackageDeployer.ts"
import type { Hasher } from "../core/archive/Hasher.ts"
import type { Scheduler } from "../core/cluster/Scheduler.ts"
import type { Transport } from "../core/cluster/Transport.ts"
import * as ClusterFilesystem from "./ClusterFilesystem.ts"
import * as LocalHost from "./LocalHost.ts"
import * as LocalScheduler from "./LocalScheduler.ts"
import * as LocalTransport from "./LocalTransport.ts"

/** What a cluster provides, whatever its type. */
export type Services =
  | ClusterExecutor.ClusterExecutor
  | ClusterFilesystemTag
  | PackageDeployer.PackageDeployer
  | Scheduler
  | Transport

/** The cluster file functions start at `remoteWorkDir`, by default where this process stands. */
export const layer = (
  config: ClusterConfig.ClusterConfig = ClusterConfig.local
): Layer.Layer<Services, ConfigError.ConfigError, FileSystem.FileSystem | Path.Path | Hasher> =>
  Layer.unwrapEffect(
    Effect.map(LocalTransport.stateDirectory, (stateDirectory) =>
      ClusterExecutor.layer({ stateDirectory }).pipe(
        Layer.provideMerge(PackageDeployer.layerFileSystem(LocalHost.current())),
        Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
        Layer.merge(Layer.suspend(() => ClusterFilesystem.layer(config.remoteWorkDir ?? process.cwd())))
      ))
  )
