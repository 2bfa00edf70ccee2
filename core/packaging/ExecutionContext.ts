/**
 * The circumstances of a call: what the original calls `ExecutionContext`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import { ClusterConfig } from "../config/ClusterConfig.ts"

export class ExecutionContext extends Schema.Class<ExecutionContext>("ExecutionContext")({
  /** Absolute directory of the caller. */
  workingDirectory: Schema.String,
  /** The runtime of the caller, such as `v20.20.2`. */
  runtimeVersion: Schema.String,
  /** *Names* of the variables that go along, sorted; values are read when the job is submitted. */
  environmentVariables: Schema.Array(Schema.String),
  clusterConfig: ClusterConfig,
  functionArgs: Schema.Array(Schema.Unknown),
  /** Passed as the last argument when it has any key. */
  functionKwargs: Schema.Record({ key: Schema.String, value: Schema.Unknown })
}) {}

/** What the host says of itself. Nothing of it reaches a package. */
export class ExecutionHost extends Context.Tag("clustrix/ExecutionHost")<ExecutionHost, {
  readonly workingDirectory: string
  readonly runtimeVersion: string
}>() {}

/** The context of a call of a function with `args` and the options object `kwargs`. */
export const createExecutionContext = (
  config: ClusterConfig,
  args: ReadonlyArray<unknown> = [],
  kwargs: Readonly<Record<string, unknown>> = {}
): Effect.Effect<ExecutionContext, never, ExecutionHost> =>
  Effect.map(ExecutionHost, (host) =>
    new ExecutionContext({
      workingDirectory: host.workingDirectory,
      runtimeVersion: host.runtimeVersion,
      environmentVariables: [...new Set(config.environmentVariables ?? [])].sort(Order.string),
      clusterConfig: config,
      functionArgs: args,
      functionKwargs: kwargs
    }))
