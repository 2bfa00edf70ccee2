/**
 * What runs jobs on the host of a cluster: its scheduler, or processes.
 */
import type * as Layer from "effect/Layer"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import * as GridEngineScheduler from "../core/cluster/execute/GridEngineScheduler.ts"
import * as PbsScheduler from "../core/cluster/execute/PbsScheduler.ts"
import * as ProcessScheduler from "../core/cluster/execute/ProcessScheduler.ts"
import * as SlurmScheduler from "../core/cluster/execute/SlurmScheduler.ts"
import type { Scheduler } from "../core/cluster/Scheduler.ts"
import type { Transport } from "../core/cluster/Transport.ts"

export const layer = (
  { clusterType, parallelEnvironment }: ClusterConfig
): Layer.Layer<Scheduler, never, Transport> => {
  switch (clusterType) {
    case "local":
    case "ssh":
      return ProcessScheduler.layer
    case "slurm":
      return SlurmScheduler.layer
    case "sge":
      return GridEngineScheduler.layer({ parallelEnvironment })
    case "pbs":
      return PbsScheduler.layer
  }
}
