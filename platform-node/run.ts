/**
 * `run(fn, { args, cluster })`: one call of a function on a cluster, as a promise of what the function gives.
 */
import * as Effect from "effect/Effect"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import type { JobSettings } from "../core/config/Cluster.ts"
import type { GivenConfiguration } from "../core/config/GivenSettings.ts"
import type { AnyFunction } from "../core/closures/FunctionLocator.ts"
import type { FunctionLike } from "../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../core/packaging/PackageOptions.ts"
import type { FunctionReference } from "../core/slicing/FunctionReference.ts"
import * as Pipeline from "../core/Pipeline.ts"
import type * as RemoteFunction from "../core/RemoteFunction.ts"
import * as Configuration from "./Configuration.ts"
import { observerOf, type OnLog } from "./PrintedOutput.ts"
import * as SharedClusters from "./SharedClusters.ts"

/** The cluster of a call: the name of a profile, or keys that lie over what is configured. */
export type ClusterChoice = string | (GivenConfiguration & { readonly profile?: string | undefined })

export interface RunSettings extends SharedClusters.SharingOptions {
  /** Where the function runs; by default the cluster that is configured, and else this machine. */
  readonly cluster?: ClusterChoice | undefined
  /** What this job may have besides the cluster's own settings. */
  readonly job?: JobSettings | undefined
  /** Whether a call that was made before, with the same package and arguments, gives that result instead of running again. */
  readonly reuse?: boolean | undefined
  readonly packaging?: PackageOptionsInput | undefined
  /** Hears what the function prints, while it runs; by default it goes to this process's own output. `false`: to nobody. */
  readonly onLog?: OnLog | undefined
  /** Aborting it cancels the job. */
  readonly signal?: AbortSignal | undefined
}

/** A function of which only its reference is known. */
type Unknown = (...args: Array<unknown>) => unknown

/** The last parameter alone, where it is an object: `kwargs` gives it by name. */
type WithOptions<P extends ReadonlyArray<unknown>> = Required<P> extends [...infer Init, infer Last]
  ? Last extends object ? [] extends Init ? { readonly args?: Init | undefined; readonly kwargs: Last }
    : { readonly args: Init; readonly kwargs: Last }
  : never
  : never

/** The arguments of a call: all of them, or all but the options object, which is then `kwargs`. */
export type CallArguments<P extends ReadonlyArray<unknown>> = number extends P["length"]
  ? { readonly args?: P | undefined; readonly kwargs?: Readonly<Record<string, unknown>> | undefined }
  :
    | ([] extends P ? { readonly args?: P | undefined; readonly kwargs?: undefined }
      : { readonly args: P; readonly kwargs?: undefined })
    | WithOptions<P>

/** Where and how one call of `F` is made, and with what. */
export type RunOptions<F extends AnyFunction> = RunSettings & CallArguments<Parameters<F>>

/** A function that needs no arguments needs no options either. */
type Given<F extends AnyFunction> = [] extends Parameters<F> ? [options?: RunOptions<F>] : [options: RunOptions<F>]

const chosen = (cluster: ClusterChoice | undefined) =>
  Effect.map(
    Effect.suspend(() => {
      if (typeof cluster === "string") return Configuration.load({ profile: cluster })
      const { profile, ...overrides } = cluster ?? {}
      return Configuration.load({ profile, overrides })
    }),
    ({ config }) => config
  )

/** Runs `effect` on the cluster of this configuration, which calls of this process share. */
export const onCluster = <A, E>(
  config: Effect.Effect<ClusterConfig, E>,
  effect: Effect.Effect<A, E, SharedClusters.Services>,
  { signal, ...sharing }: SharedClusters.SharingOptions & { readonly signal?: AbortSignal | undefined } = {}
): Promise<A> =>
  SharedClusters.promise(
    Effect.scoped(Effect.gen(function*() {
      const services = yield* SharedClusters.hold(yield* config, sharing)
      return yield* Effect.provide(effect, services)
    })),
    { signal }
  )

interface AnyCall {
  readonly config: Effect.Effect<ClusterConfig, unknown>
  readonly args?: ReadonlyArray<unknown> | undefined
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
  readonly settings: RunSettings
}

const runCall = (fn: FunctionLike, { args, config, kwargs, settings }: AnyCall): Promise<unknown> =>
  onCluster<unknown, unknown>(
    config,
    Effect.map(
      Pipeline.run({
        fn,
        args,
        kwargs,
        options: settings.packaging,
        job: settings.reuse === undefined ? settings.job : { ...settings.job, reuse: settings.reuse }
      }, observerOf(settings.onLog)),
      ({ result }) => result.value
    ),
    settings
  )

/** What the original's form has in the place of options: a whole configuration. */
const isConfiguration = (given: object): given is ClusterConfig => "clusterType" in given

/**
 * Packages `fn`, runs it on the cluster, and gives what it returned. Calls that mean the same cluster share one connection. Rejects
 * with a tagged error.
 *
 * @example
 * const add = (a: number, b: number) => a + b
 * const sum = await run(add, { args: [1, 2], cluster: { clusterType: "local" } }) // a number
 */
export function run<F extends AnyFunction>(fn: F, ...given: Given<F>): Promise<RemoteFunction.Result<F>>
/** The same of a function by reference, whose type is the caller's word: `run<typeof main>("src/a.ts#main", { args: [1] })`. */
export function run<F extends AnyFunction = Unknown>(
  fn: FunctionReference | string,
  options?: RunOptions<F>
): Promise<RemoteFunction.Result<F>>
/** The original's form. `clusterConfig`: the whole configuration, of which nothing is taken from elsewhere. */
export function run<F extends AnyFunction>(
  fn: F,
  clusterConfig: ClusterConfig | undefined,
  functionArgs?: CallArguments<Parameters<F>>["args"],
  functionKwargs?: Readonly<Record<string, unknown>>,
  options?: PackageOptionsInput
): Promise<RemoteFunction.Result<F>>
export function run(
  fn: FunctionReference | string,
  clusterConfig?: ClusterConfig,
  functionArgs?: ReadonlyArray<unknown>,
  functionKwargs?: Readonly<Record<string, unknown>>,
  options?: PackageOptionsInput
): Promise<unknown>
export function run(
  fn: FunctionLike,
  given: ClusterConfig | (RunSettings & Pick<AnyCall, "args" | "kwargs">) = {},
  args?: ReadonlyArray<unknown>,
  kwargs?: Readonly<Record<string, unknown>>,
  packaging?: PackageOptionsInput
): Promise<unknown> {
  if (isConfiguration(given)) {
    return runCall(fn, { config: Effect.succeed(given), args, kwargs, settings: { packaging } })
  }
  return runCall(fn, {
    config: chosen(given.cluster),
    args: args ?? given.args,
    kwargs: kwargs ?? given.kwargs,
    settings: { ...given, packaging: packaging ?? given.packaging }
  })
}
