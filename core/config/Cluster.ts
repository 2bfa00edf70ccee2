/**
 * The cluster of a program: the one place that says where jobs run. A layer that runs jobs provides it with the configuration that
 * it was made for, and whatever needs the configuration reads it here, so that no call can name another cluster than the one that
 * its layer is connected to.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as ForeignJson from "../archive/ForeignJson.ts"
import { ClusterConfig, ClusterConfigError } from "./ClusterConfig.ts"

export class Cluster extends Context.Tag("clustrix/Cluster")<Cluster, {
  readonly config: ClusterConfig
}>() {}

/** Says which cluster it is, and nothing more: the services that reach it are made by others. */
export const layerOf = (config: ClusterConfig): Layer.Layer<Cluster> => Layer.succeed(Cluster, { config })

/** What one job may have besides the cluster's own settings: limits, and what the job is prepared with. None of it says where the job runs. */
export const JobSettings = ClusterConfig.pick(
  "cores",
  "parallel",
  "reuse",
  "memory",
  "time",
  "partition",
  "queue",
  "schedulerOptions",
  "moduleLoads",
  "preExecutionCommands",
  "environmentVariables"
)
export type JobSettings = typeof JobSettings.Type

const validate = Schema.validate(JobSettings, { onExcessProperty: "error", errors: "all" })

/** The configuration of one job. Fails if `job` has a key that says where the job runs: that is the cluster's. */
export const configOf = (
  { config }: typeof Cluster.Service,
  job: JobSettings = {}
): Effect.Effect<ClusterConfig, ClusterConfigError> =>
  Effect.matchEffect(validate(job), {
    onFailure: (cause) =>
      new ClusterConfigError({
        what: "The settings of the job cannot be used",
        why: ForeignJson.flaws(cause),
        remedy:
          `Set ${Object.keys(JobSettings.fields).join(", ")} for a job. What else there is belongs to the cluster: ` +
          "set it where the cluster is chosen."
      }),
    onSuccess: (settings) =>
      Effect.succeed({
        ...config,
        ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
      })
  })
