/**
 * The nine file functions outside of a job: on the cluster that is configured (`clustrix config show`), and else on this
 * machine, relative to the current directory. The connection to a host is shared by all calls and keeps no process alive.
 * They reject with a `FileFailure`, as inside a job, or with what is wrong with configuration or connection.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Path from "node:path"
import * as ClusterFiles from "../core/cluster/filesystem/ClusterFiles.ts"
import { type ClusterConfig, secretsOf } from "../core/config/ClusterConfig.ts"
import * as Configuration from "./Configuration.ts"
import { nodeFileSource } from "./runner/NodeFileSource.ts"
import type { SshFiles } from "./ssh/SshFiles.ts"

type Use<A> = (files: ClusterFiles.ClusterFiles) => Promise<A>

/** One for each configuration that was asked about. */
const hosts = new Map<string, Promise<SshFiles>>()

const hostOf = (config: ClusterConfig): Promise<SshFiles> => {
  const key = JSON.stringify([config, secretsOf(config).map(Redacted.value)])
  const known = hosts.get(key)
  if (known !== undefined) return known
  // As heavy as half of the command: only those pay who use it
  const forget = (): void => {
    if (hosts.get(key) === host) hosts.delete(key)
  }
  const host = import("./ssh/SshFiles.ts").then((SshFiles) => SshFiles.make(config, forget))
  hosts.set(key, host)
  return host
}

/** Node ends when nothing but an idle connection is left; somebody who waits for an answer is something. */
const staying = async <A>(act: () => Promise<A>): Promise<A> => {
  const stay = setInterval(() => undefined, 2 ** 30)
  try {
    return await act()
  } finally {
    clearInterval(stay)
  }
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
    // Files need no scheduler: they lie on the host, whatever starts the jobs there
    : staying(async () => (await hostOf(config)).ask(use))
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
