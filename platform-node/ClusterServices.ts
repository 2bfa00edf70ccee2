/**
 * The services that reach the cluster of a configuration: transport, scheduler, deployer, executor, files. The packager is not among
 * them.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Hasher } from "../core/archive/Hasher.ts"
import { type Cluster, layerOf } from "../core/config/Cluster.ts"
import type { ClusterConfig, ClusterConfigError } from "../core/config/ClusterConfig.ts"
import type { TransportError } from "../core/cluster/Transport.ts"
import * as LocalCluster from "./LocalCluster.ts"
import type { SshOptions } from "./ssh/SshTarget.ts"

/** What {@link layer} provides. */
export type Services = Cluster | LocalCluster.Services

export type ClusterError = ClusterConfigError | ConfigError.ConfigError | TransportError

/** Of a connection over a network: `prompt` answers what a server asks beyond the password, such as a one-time code. */
export interface Options extends Pick<SshOptions, "isInBackground" | "prompt" | "retry"> {
  /** Services to use in place of the cluster's own. */
  readonly given?: Context.Context<never> | undefined
}

/** Runs jobs where `config` says. Nothing is connected before it is needed. */
export const layer = (
  config: ClusterConfig,
  options: Options = {}
): Layer.Layer<Services, ClusterError, FileSystem.FileSystem | Path.Path | Hasher> => {
  const services = (): Layer.Layer<
    LocalCluster.Services,
    ClusterError,
    Cluster | FileSystem.FileSystem | Path.Path | Hasher
  > => {
    switch (config.clusterType) {
      case "local":
        return LocalCluster.layer(config, { given: options.given })
      case "ssh":
      case "slurm":
      case "sge":
      case "pbs":
        // Half of the command's code, which only those pay for who use it
        return Layer.unwrapEffect(Effect.map(
          Effect.promise(() => import("./SshCluster.ts")),
          (SshCluster) => SshCluster.layer(config, options)
        ))
    }
  }
  return Layer.provideMerge(services(), layerOf(config))
}
