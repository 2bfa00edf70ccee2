/**
 * The cluster that a configuration names.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ClusterConfig, ClusterConfigError } from "../core/config/ClusterConfig.ts"
import type { Hasher } from "../core/archive/Hasher.ts"
import type { Transport, TransportError } from "../core/cluster/Transport.ts"
import * as LocalCluster from "./LocalCluster.ts"
import type { SshOptions } from "./ssh/SshTarget.ts"

export type { Services } from "./LocalCluster.ts"

export type ClusterError = ClusterConfigError | ConfigError.ConfigError | TransportError

export interface Options {
  /** Answers what a server asks beyond the password, such as a one-time code. */
  readonly prompt?: SshOptions["prompt"]
  /** A way to the cluster that stands already, to be used instead of a new one. */
  readonly transport?: typeof Transport.Service | undefined
}

/** Runs jobs where `config` says. Nothing is connected before it is needed. */
export const layer = (
  config: ClusterConfig,
  options: Options = {}
): Layer.Layer<LocalCluster.Services, ClusterError, FileSystem.FileSystem | Path.Path | Hasher> => {
  switch (config.clusterType) {
    case "local":
      return LocalCluster.layer(config)
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
