/**
 * The nine file functions outside of a job: on the cluster that is configured (`clustrix config show`), and else on this
 * machine, relative to the current directory. The connection to a host is shared by all calls and keeps no process alive.
 * They reject with a `FileFailure`, as inside a job, or with what is wrong with configuration or connection.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Path from "node:path"
import * as ClusterFiles from "../core/cluster/filesystem/ClusterFiles.ts"
import { FileFailure } from "../core/cluster/filesystem/FileSource.ts"
import { ClusterFilesystem } from "../core/cluster/ClusterFilesystem.ts"
import { Transport, TransportError } from "../core/cluster/Transport.ts"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import * as Configuration from "./Configuration.ts"
import { nodeFileSource } from "./runner/NodeFileSource.ts"

type Use<A> = (files: ClusterFiles.ClusterFiles) => Promise<A>

/** What is wrong with the connection is said as such. */
const failureOf = (cause: unknown): unknown =>
  cause instanceof FileFailure && cause.cause instanceof TransportError ? cause.cause : cause

const onHost = async <A>(config: ClusterConfig, use: Use<A>): Promise<A> => {
  // As heavy as the whole packager: only those pay who use it
  const { hold, promise } = await import("./SharedClusters.ts")
  const asked = Effect.gen(function*() {
    const { files } = yield* Transport
    const { root } = yield* ClusterFilesystem
    return yield* Effect.tryPromise({ try: () => use(ClusterFiles.make(files, root)), catch: failureOf })
  })
  return promise(Effect.scoped(Effect.flatMap(hold(config), (services) => Effect.provide(asked, services))))
}

const onCluster = <A>(use: Use<A>): Promise<A> => {
  // The program of a job that has its own Clustrix
  const root = process.env["CLUSTRIX_FILESYSTEM_ROOT"]
  if (root !== undefined) return use(ClusterFiles.make(nodeFileSource, root))
  const exit = Effect.runSyncExit(Configuration.load())
  if (Exit.isFailure(exit)) return Promise.reject(Cause.squash(exit.cause))
  const { config } = exit.value
  return config.clusterType === "local"
    ? use(ClusterFiles.make(nodeFileSource, Path.resolve(config.remoteWorkDir ?? ".")))
    : onHost(config, use)
}

export const clusterLs: ClusterFiles.ClusterFiles["ls"] = async (...args) => onCluster(({ ls }) => ls(...args))
export const clusterFind: ClusterFiles.ClusterFiles["find"] = async (...args) => onCluster(({ find }) => find(...args))
export const clusterStat: ClusterFiles.ClusterFiles["stat"] = async (...args) => onCluster(({ stat }) => stat(...args))
export const clusterExists: ClusterFiles.ClusterFiles["exists"] = async (...args) =>
  onCluster(({ exists }) => exists(...args))
export const clusterIsdir: ClusterFiles.ClusterFiles["isdir"] = async (...args) =>
  onCluster(({ isdir }) => isdir(...args))
export const clusterIsfile: ClusterFiles.ClusterFiles["isfile"] = async (...args) =>
  onCluster(({ isfile }) => isfile(...args))
export const clusterGlob: ClusterFiles.ClusterFiles["glob"] = async (...args) => onCluster(({ glob }) => glob(...args))
export const clusterDu: ClusterFiles.ClusterFiles["du"] = async (...args) => onCluster(({ du }) => du(...args))
export const clusterCountFiles: ClusterFiles.ClusterFiles["countFiles"] = async (...args) =>
  onCluster(({ countFiles }) => countFiles(...args))
