/**
 * The steps that show whether a configured cluster works.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import * as Path from "node:path"
import type * as ClusterConfig from "../core/config/ClusterConfig.ts"
import { accessChecks } from "../core/cluster/doctor/accessChecks.ts"
import { type Check, CheckFailedError, type Explained } from "../core/cluster/doctor/Check.ts"
import * as HostChecks from "../core/cluster/doctor/hostChecks.ts"
import * as JobCheck from "../core/cluster/doctor/jobCheck.ts"
import * as RuntimeChecks from "../core/cluster/doctor/runtimeChecks.ts"
import { scheduler } from "../core/cluster/doctor/schedulerCheck.ts"
import { describe } from "../core/config/Sourced.ts"
import type { ResolvedConfiguration } from "../core/config/resolveConfiguration.ts"
import { Transport, type TransportError } from "../core/cluster/Transport.ts"
import * as ClusterServices from "./ClusterServices.ts"
import * as HostSupplies from "./HostSupplies.ts"
import * as LocalTransport from "./LocalTransport.ts"
import * as NodeHost from "./NodeHost.ts"
import * as SshAccess from "./ssh/SshAccess.ts"
import * as SshSession from "./ssh/SshSession.ts"
import * as SshTarget from "./ssh/SshTarget.ts"
import * as SshTransport from "./ssh/SshTransport.ts"
import * as SshCluster from "./SshCluster.ts"

type Way = typeof Transport.Service

/** What is left to say when the configuration cannot be read. */
export const unreadable = (error: Explained): ReadonlyArray<Check> => [
  { name: "configuration", title: "Configuration", run: Effect.fail(error) }
]

/** The configuration is read already: what it says, and where. */
const configuration = ({ config, files, profile }: ResolvedConfiguration): Check => ({
  name: "configuration",
  title: "Configuration",
  run: Effect.gen(function*() {
    const { clusterHost, clusterType } = config
    if (clusterType === "ssh") yield* SshCluster.sshOptions(config)
    const where = profile === undefined
      ? files[0] ?? "no file and no profile"
      : `profile ${profile.value} (${profile.origin._tag === "Call" ? "--cluster" : describe(profile.origin)})`
    return {
      detail: `${where}: ${clusterType}${
        clusterType === "local" ? ", this machine" : ` on ${clusterHost ?? "this machine"}`
      }`
    }
  })
})

/** A package and a state of its own on this machine, removed in the end. */
const job = (config: ClusterConfig.ClusterConfig, transport: Way | undefined): Check => ({
  name: "job",
  title: "Tiny job",
  run: Effect.scoped(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "clustrix-doctor-" })
    const token = randomUUID()
    yield* fs.writeFileString(Path.join(directory, "package.json"), `{"name":"clustrix-doctor","type":"module"}\n`)
    yield* fs.writeFileString(Path.join(directory, "doctor.ts"), JobCheck.source(token))
    // The connection that the other steps use, too
    const given = transport === undefined ? undefined : Context.make(Transport, transport)
    const own = ConfigProvider.fromMap(new Map([["CLUSTRIX_PACKAGE_DIR", Path.join(directory, "packages")]]))
    const provider = ConfigProvider.orElse(own, () => ConfigProvider.fromEnv())
    return yield* JobCheck.runJob(Path.join(directory, "doctor.ts#answer"), token).pipe(
      Effect.provide(Layer.provideMerge(ClusterServices.layer(config, { given }), NodeHost.layer)),
      Effect.withConfigProvider(provider)
    )
  })).pipe(
    Effect.provide(NodeFileSystem.layer),
    Effect.catchAll((error) => Effect.fail(explained(error)))
  )
})

const explained = (error: unknown): Explained =>
  typeof error === "object" && error !== null && "_tag" in error && "what" in error
    ? error as Explained // All errors of ours say what
    : new CheckFailedError({ what: "The job could not be made", why: String(error) })

/** What a cluster is asked beyond its configuration, over the way there. */
const onHost = (
  config: ClusterConfig.ClusterConfig,
  transport: Way,
  noise: Effect.Effect<string, TransportError>,
  isRemote: boolean
) =>
  Effect.gen(function*() {
    const root = SshCluster.workDirectory(transport, config)
    const input: RuntimeChecks.RuntimeInput = {
      transport,
      runtime: config.remoteNodePath,
      moduleLoads: config.moduleLoads ?? [],
      stateDirectory: Effect.map(root, (directory) => `${directory}/.clustrix`)
    }
    const asked = scheduler(transport, config.clusterType)
    return [
      HostChecks.command(transport, noise),
      ...(isRemote ? [HostChecks.sftp(transport)] : []),
      HostChecks.workDirectory(transport, root, {
        title: "remote_work_dir",
        inner: "/.clustrix",
        remedy: "Name a directory in remote_work_dir that you may write there, on a disk with space."
      }),
      yield* RuntimeChecks.runtime(input),
      RuntimeChecks.registry(input),
      HostChecks.clock(transport),
      HostChecks.processGroup(transport),
      ...(asked === undefined ? [] : [asked]),
      job(config, transport)
    ]
  }).pipe(Effect.provide(HostSupplies.layer({ runtimeArchive: config.runtimeArchive })))

/** Jobs of this machine lie in the user's state directory, and run by the runtime that submits them. */
const onThisMachine = (config: ClusterConfig.ClusterConfig) =>
  Effect.gen(function*() {
    const transport = LocalTransport.make
    const stateDirectory = yield* LocalTransport.stateDirectory
    return [
      HostChecks.command(transport, Effect.succeed("")),
      HostChecks.workDirectory(transport, Effect.succeed(stateDirectory), {
        title: "State directory",
        inner: "",
        remedy: "Name a directory that you may write in CLUSTRIX_STATE_DIR."
      }),
      yield* RuntimeChecks.runtime({
        transport,
        runtime: config.remoteNodePath ?? process.execPath,
        moduleLoads: config.moduleLoads ?? [],
        stateDirectory: Effect.succeed(stateDirectory)
      }),
      job(config, undefined)
    ]
  }).pipe(Effect.provide(HostSupplies.layer({ runtimeArchive: undefined })))

export interface DoctorOptions {
  readonly prompt?: SshTarget.SshOptions["prompt"]
}

/** The steps for a cluster, in their order. One connection serves them all, for as long as the scope is open. */
export const checksFor = (resolved: ResolvedConfiguration, { prompt }: DoctorOptions = {}) =>
  Effect.gen(function*() {
    const { config } = resolved
    const first = configuration(resolved)
    if (config.clusterType === "local") return [first, ...(yield* onThisMachine(config))]
    if (config.clusterHost === undefined && config.clusterType !== "ssh") {
      return [first, ...(yield* onHost(config, LocalTransport.make, Effect.succeed(""), false))]
    }
    const options = yield* Effect.either(SshCluster.sshOptions(config, { prompt }))
    // Told by the first step
    if (options._tag === "Left") return [first]
    const target = yield* Effect.either(SshTarget.resolve(options.right))
    if (target._tag === "Left") return [{ ...first, run: Effect.zipRight(first.run, Effect.fail(target.left)) }]
    const session = yield* SshSession.make(target.right)
    const access = yield* SshAccess.make(session)
    return [
      first,
      ...accessChecks(access),
      ...(yield* onHost(config, SshTransport.make(session), access.noise, true))
    ]
  })
