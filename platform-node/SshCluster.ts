/**
 * A host over SSH as a cluster: its files, its jobs.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import { ClusterConfigError } from "../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../core/cluster/ClusterExecutor.ts"
import * as ClusterFilesystem from "../core/cluster/ClusterFilesystem.ts"
import type { Cluster } from "../core/config/Cluster.ts"
import { PackageDeployer } from "../core/cluster/deploy/PackageDeployer.ts"
import * as TransportDeployer from "../core/cluster/deploy/TransportDeployer.ts"
import type { Hasher } from "../core/archive/Hasher.ts"
import { Scheduler } from "../core/cluster/Scheduler.ts"
import { Transport, type TransportError } from "../core/cluster/Transport.ts"
import * as HostScheduler from "./HostScheduler.ts"
import * as HostSupplies from "./HostSupplies.ts"
import * as LocalTransport from "./LocalTransport.ts"
import { otherwise } from "./otherwise.ts"
import * as SharedDirectory from "./SharedDirectory.ts"
import { remote } from "./remote/remote.generated.ts"
import type { SshOptions } from "./ssh/SshTarget.ts"
import * as SshTransport from "./ssh/SshTransport.ts"

/** What {@link layer} provides. */
export type Services =
  | ClusterExecutor.ClusterExecutor
  | ClusterFilesystem.ClusterFilesystem
  | PackageDeployer
  | Scheduler
  | Transport

/** What a program decides of a connection. */
export type ConnectionOptions = Pick<SshOptions, "isInBackground" | "prompt" | "retry">

/** The part of a configuration that is about the connection. */
export const sshOptions = (
  config: ClusterConfig,
  options: ConnectionOptions = {}
): Effect.Effect<SshOptions, ClusterConfigError> =>
  config.clusterHost === undefined
    ? Effect.fail(
      new ClusterConfigError({
        what: `A cluster of type ${config.clusterType} needs a host`,
        remedy: "Set cluster_host: a host name, an address, or a Host of ~/.ssh/config."
      })
    )
    : Effect.succeed({
      host: config.clusterHost,
      port: config.clusterPort,
      username: config.username,
      password: config.password,
      keyFile: config.keyFile,
      keyPassphrase: config.keyPassphrase,
      agent: config.agent,
      proxyJump: config.proxyJump,
      hostKeys: config.strictHostKeyChecking,
      knownHostsFile: config.knownHostsFile,
      configFile: config.sshConfigFile,
      connectTimeoutSeconds: config.connectTimeout,
      ...options
    })

/** `remote_work_dir`, absolute there; by default the user's home directory. */
export const workDirectory = (
  transport: typeof Transport.Service,
  config: ClusterConfig
): Effect.Effect<string, TransportError> => {
  const { remoteWorkDir = "~" } = config
  if (remoteWorkDir.startsWith("/")) return Effect.succeed(remoteWorkDir.replace(/(?<=.)\/+$/, ""))
  return Effect.map(
    transport.realPath("."),
    (home) => remoteWorkDir === "~" ? home : `${home}/${remoteWorkDir.replace(/^~\//, "")}`.replace(/\/+$/, "")
  )
}

/** The way there: none over the network for a machine that shares the cluster's scheduler and its directory. */
const transportOf = (config: ClusterConfig, options: ConnectionOptions) => {
  if (config.clusterType !== "ssh" && config.clusterHost === undefined) return LocalTransport.layer
  const overSsh = Layer.unwrapEffect(Effect.map(sshOptions(config, options), SshTransport.layer))
  return config.clusterType === "ssh" ? overSsh : SharedDirectory.layer(config, overSsh)
}

const overTransport = (config: ClusterConfig, given: Context.Context<never> | undefined) =>
  Layer.unwrapEffect(Effect.gen(function*() {
    const transport = yield* Transport
    const root = yield* workDirectory(transport, config)
    return Layer.mergeAll(
      otherwise(
        given,
        ClusterExecutor.ClusterExecutor,
        ClusterExecutor.layer({ stateDirectory: `${root}/.clustrix`, filesystemRoot: root })
      ),
      otherwise(given, ClusterFilesystem.ClusterFilesystem, ClusterFilesystem.layer(root))
    ).pipe(Layer.provideMerge(Layer.mergeAll(
      otherwise(given, PackageDeployer, TransportDeployer.layer(remote)),
      otherwise(given, Scheduler, HostScheduler.layer(config))
    )))
  }))

export interface Options extends ConnectionOptions {
  /** Services to use in place of these. */
  readonly given?: Context.Context<never> | undefined
}

/** Runs jobs on the host that `config` names, or under its scheduler; without a host, under the scheduler of this machine. */
export const layer = (
  config: ClusterConfig,
  { given, ...options }: Options = {}
): Layer.Layer<
  Services,
  ClusterConfigError | TransportError,
  Cluster | FileSystem.FileSystem | Hasher
> => {
  const transport = given === undefined ? Option.none() : Context.getOption(given, Transport)
  return overTransport(config, given).pipe(
    Layer.provideMerge(Option.match(transport, {
      onNone: () => transportOf(config, options),
      onSome: (standing) => Layer.succeed(Transport, standing)
    })),
    Layer.provide(HostSupplies.layer({ runtimeArchive: config.runtimeArchive }))
  )
}
