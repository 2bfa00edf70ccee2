/**
 * A cluster for programs that are written with Effect: everything that packages functions and runs them there.
 *
 *     program.pipe(Effect.provide(Cluster.layer({ clusterType: "slurm", clusterHost: "login.cluster.edu" })))
 *
 * Which cluster it is, is said here and nowhere else: no call takes a configuration.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as ForeignJson from "../core/archive/ForeignJson.ts"
import { layerMemory as layerMemoryStore } from "../core/archive/PackageStore.ts"
import type { ConfigurationError } from "../core/config/ConfigurationError.ts"
import * as ClusterConfig from "../core/config/ClusterConfig.ts"
import { type JobSettings, layerOf } from "../core/config/Cluster.ts"
import { layerMemory as layerMemoryCache } from "../core/modules/AnalysisCache.ts"
import { layerMemory as layerMemoryPackages } from "../core/packaging/memory/PackageMemory.ts"
import * as ClusterServices from "./ClusterServices.ts"
import * as Configuration from "./Configuration.ts"
import * as EffectVersion from "./EffectVersion.ts"
import * as LocalCluster from "./LocalCluster.ts"
import * as NodeHost from "./NodeHost.ts"

export { Cluster, type JobSettings } from "../core/config/Cluster.ts"
export { EffectVersionError } from "./EffectVersion.ts"

/** Why a cluster cannot be reached: its configuration, the way there, or a program with another Effect. */
export type ClusterError = ClusterServices.ClusterError | EffectVersion.EffectVersionError

/** What a cluster provides: the packager with its services, and what reaches the cluster. */
export type Services = ClusterServices.Services | NodeHost.Services

export interface Options<R extends Services = never, E = never> {
  /** Answers what a server asks beyond the password, such as a one-time code. */
  readonly prompt?: ClusterServices.Options["prompt"]
  /**
   * How connecting is tried again after the network failed, at first and when the connection was cut. By default a host that
   * was never reached is tried once, and one that was for some minutes.
   */
  readonly retry?: ClusterServices.Options["retry"]
  /**
   * Services to use in place of Clustrix's own, such as `PackageStore.layerMemory` or `Transport.layerMemory`. Those that Clustrix
   * makes from others get these.
   */
  readonly replace?: Layer.Layer<R, E> | undefined
}

const validate = Schema.validate(ClusterConfig.ClusterConfig, { onExcessProperty: "error", errors: "all" })

/** Types do not hold for programs in JavaScript, nor for what was read from elsewhere. */
const checked = (config: ClusterConfig.ClusterConfig) =>
  Effect.mapError(
    // A key that is set to nothing is not set
    validate(Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))),
    (cause) =>
      new ClusterConfig.ClusterConfigError({
        what: "The cluster configuration cannot be used",
        why: ForeignJson.flaws(cause),
        remedy: "Correct the key that is named."
      })
  )

/**
 * The cluster that `config` says. Fails if the configuration cannot be used; the connection is made when the cluster is needed.
 *
 * @example
 * const program = Effect.gen(function*() {
 *   const simulate = yield* RemoteFunction.make(simulateOnce)
 *   return yield* simulate.call(42)
 * })
 * program.pipe(Effect.scoped, Effect.provide(Cluster.layer({ clusterType: "local" })))
 */
export const layer = <R extends Services = never, E = never>(
  config: ClusterConfig.ClusterConfig,
  { replace, ...options }: Options<R, E> = {}
): Layer.Layer<Services, ClusterError | E> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    yield* EffectVersion.check
    const own = yield* checked(config)
    if (replace === undefined) return Layer.provideMerge(ClusterServices.layer(own, options), NodeHost.layer)
    const given: Context.Context<never> = yield* Layer.build(replace)
    return Layer.provideMerge(ClusterServices.layer(own, { ...options, given }), NodeHost.layerOver(given))
  }))

/**
 * The same, from Effect's `Config`.
 *
 * @example
 * Cluster.layerConfig({
 *   clusterType: Config.literal("slurm")("CLUSTER_TYPE"),
 *   clusterHost: Config.string("CLUSTER_HOST"),
 *   password: Config.redacted("CLUSTER_PASSWORD")
 * })
 */
export const layerConfig = <R extends Services = never, E = never>(
  config: Config.Config.Wrap<ClusterConfig.ClusterConfig>,
  options: Options<R, E> = {}
): Layer.Layer<Services, ClusterError | E> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(config), (own) => layer(own, options)))

/** The cluster that is configured by files, environment variables and `configure()`: what `clustrix config show` prints. */
export const layerConfigured = <R extends Services = never, E = never>(
  { prompt, replace, retry, ...load }: Configuration.LoadOptions & Options<R, E> = {}
): Layer.Layer<Services, ClusterError | ConfigurationError | E> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.suspend(() => Configuration.load(load)),
      ({ config }) => layer(config, { prompt, replace, retry })
    )
  )

/**
 * For tests of programs that use a cluster: there is none, and no SSH. Functions are packaged as ever, and run in child processes of
 * this one. Packages stay in memory, jobs lie in a temporary directory that is removed with the layer, and nothing of the user's
 * configuration, caches and packages is read or written.
 */
export const layerTest = <R extends Services = never, E = never>(
  job: JobSettings = {},
  { replace }: Pick<Options<R, E>, "replace"> = {}
): Layer.Layer<Services, ClusterError | E> =>
  Layer.unwrapScoped(Effect.gen(function*() {
    yield* EffectVersion.check
    const config = yield* checked({ clusterType: "local", ...job })
    const directory = yield* Effect.flatMap(
      FileSystem.FileSystem,
      (fs) => fs.makeTempDirectoryScoped({ prefix: "clustrix-test-" })
    ).pipe(Effect.provide(NodeFileSystem.layer), Effect.orDie)
    const memory = yield* Layer.build(Layer.mergeAll(layerMemoryStore, layerMemoryCache(), layerMemoryPackages("test")))
    const own: Context.Context<never> = replace === undefined ? Context.empty() : yield* Layer.build(replace)
    const given = Context.merge(memory, own)
    return LocalCluster.layer(config, { given, stateDirectory: directory }).pipe(
      Layer.provideMerge(layerOf(config)),
      Layer.provideMerge(NodeHost.layerOver(given))
    )
  }))
