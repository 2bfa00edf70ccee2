/**
 * This machine as a cluster: jobs are processes, their directories lie in the user's state directory.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ClusterConfig from "../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../core/cluster/ClusterExecutor.ts"
import { ClusterFilesystem as ClusterFilesystemTag } from "../core/cluster/ClusterFilesystem.ts"
import * as PackageDeployer from "../core/cluster/deploy/PackageDeployer.ts"
import type { Hasher } from "../core/archive/Hasher.ts"
import type { Cluster } from "../core/config/Cluster.ts"
import { Scheduler } from "../core/cluster/Scheduler.ts"
import { Transport } from "../core/cluster/Transport.ts"
import * as ClusterFilesystem from "./ClusterFilesystem.ts"
import * as LocalHost from "./LocalHost.ts"
import * as LocalScheduler from "./LocalScheduler.ts"
import * as LocalTransport from "./LocalTransport.ts"
import { otherwise } from "./otherwise.ts"

/** What a cluster provides, whatever its type. */
export type Services =
  | ClusterExecutor.ClusterExecutor
  | ClusterFilesystemTag
  | PackageDeployer.PackageDeployer
  | Scheduler
  | Transport

export interface Options {
  /** Absolute; jobs and unpacked packages lie under it. By default the user's own state directory. */
  readonly stateDirectory?: string | undefined
  /** Services to use in place of these. */
  readonly given?: Context.Context<never> | undefined
}

/** The cluster file functions start at `remoteWorkDir`, by default where this process stands. */
export const layer = (
  config: ClusterConfig.ClusterConfig = ClusterConfig.local,
  { given, stateDirectory: own }: Options = {}
): Layer.Layer<Services, ConfigError.ConfigError, Cluster | FileSystem.FileSystem | Path.Path | Hasher> =>
  Layer.unwrapEffect(
    Effect.map(
      own === undefined ? LocalTransport.stateDirectory : Effect.succeed(own),
      (stateDirectory) =>
        otherwise(given, ClusterExecutor.ClusterExecutor, ClusterExecutor.layer({ stateDirectory })).pipe(
          Layer.provideMerge(
            otherwise(given, PackageDeployer.PackageDeployer, PackageDeployer.layerFileSystem(LocalHost.current()))
          ),
          Layer.provideMerge(Layer.mergeAll(
            otherwise(given, Transport, LocalTransport.layer),
            otherwise(given, Scheduler, LocalScheduler.layer)
          )),
          Layer.merge(otherwise(
            given,
            ClusterFilesystemTag,
            Layer.suspend(() => ClusterFilesystem.layer(config.remoteWorkDir ?? process.cwd()))
          ))
        )
    )
  )
