/**
 * The clusters that the calls of this process share: calls that mean the same cluster have one runtime, with one connection and one
 * package cache. It is made for the first call, and closed when there was none for a while.
 *
 * Whoever waits for an answer keeps the process alive; nothing else here does, so that a script ends with its last result.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { type ClusterConfig, secretsOf } from "../core/config/ClusterConfig.ts"
import * as ClusterServices from "./ClusterServices.ts"
import * as NodeHost from "./NodeHost.ts"
import * as ProcessWarnings from "./ProcessWarnings.ts"

export type Services = ClusterServices.Services | NodeHost.Services
export type { ClusterError } from "./ClusterServices.ts"

/** How calls that share a cluster reach it. Of several calls, the last word counts. */
export interface SharingOptions {
  /** Answers what the host asks when it is logged into, such as a one-time code: once for all calls. */
  readonly prompt?: ClusterServices.Options["prompt"]
  /** How long the connection is kept when nobody calls; a minute by default. */
  readonly idleTimeout?: Duration.DurationInput | undefined
}

const defaultIdle = Duration.minutes(1)

interface SharedCluster {
  readonly runtime: ManagedRuntime.ManagedRuntime<Services, ClusterServices.ClusterError>
  prompt: SharingOptions["prompt"]
  idleMillis: number
  /** Calls under way. */
  calls: number
  /** Keeps the process alive while there are some. */
  staying: NodeJS.Timeout | undefined
  /** Closes it when there were none for a while. */
  idle: NodeJS.Timeout | undefined
  /** Called when it is closed. */
  readonly closed: Array<() => void>
}

const clusters = new Map<string, SharedCluster>()

/** What an environment variable of these names says goes into the services when they are made. */
const matters = /^(?:CLUSTRIX_|XDG_|HOME$|USER$|SSH_|SLURM_|SGE_|PBS_)/

/** The place in which services are made: where the process stands, and its environment. */
const circumstances = (): ReadonlyArray<unknown> => [
  process.cwd(),
  Object.entries(process.env).filter(([name]) => matters.test(name)).sort(([a], [b]) => a < b ? -1 : 1)
]

/** A digest, for there are secrets in what it is made of. */
const keyOf = (config: ClusterConfig): string =>
  createHash("sha256").update(JSON.stringify([
    Object.entries(config).filter(([, value]) => value !== undefined).sort(([a], [b]) => a < b ? -1 : 1),
    secretsOf(config).map(Redacted.value),
    circumstances()
  ])).digest("hex")

const close = async (key: string, cluster: SharedCluster): Promise<void> => {
  if (clusters.get(key) === cluster) clusters.delete(key)
  clearTimeout(cluster.idle)
  await cluster.runtime.dispose()
  for (const tell of cluster.closed) tell()
}

const open = (key: string, config: ClusterConfig, { prompt }: SharingOptions): SharedCluster => {
  const cluster: SharedCluster = {
    runtime: ManagedRuntime.make(
      Layer.unwrapEffect(Effect.sync(() =>
        Layer.provideMerge(
          ClusterServices.layer(config, {
            isInBackground: true,
            // Who is asked may change from call to call; whether anybody is there may not
            ...(prompt === undefined
              ? {}
              : { prompt: (question, isSecret) => (cluster.prompt ?? prompt)(question, isSecret) })
          }),
          NodeHost.layer
        )
      ))
    ),
    prompt,
    idleMillis: Duration.toMillis(defaultIdle),
    calls: 0,
    staying: undefined,
    idle: undefined,
    closed: []
  }
  clusters.set(key, cluster)
  return cluster
}

const enter = (key: string, config: ClusterConfig, options: SharingOptions): SharedCluster => {
  const known = clusters.get(key)
  // One that was made for calls that nobody would be asked for cannot ask
  const isUsable = known !== undefined &&
    (options.prompt === undefined || known.prompt !== undefined || known.calls > 0)
  if (known !== undefined && !isUsable) void close(key, known)
  const cluster = isUsable ? known : open(key, config, options)
  cluster.prompt = options.prompt ?? cluster.prompt
  if (options.idleTimeout !== undefined) cluster.idleMillis = Duration.toMillis(options.idleTimeout)
  clearTimeout(cluster.idle)
  cluster.calls += 1
  cluster.staying ??= setInterval(() => undefined, 2 ** 30)
  return cluster
}

const leave = (key: string, cluster: SharedCluster): Effect.Effect<void> =>
  Effect.suspend(() => {
    cluster.calls -= 1
    if (cluster.calls > 0) return Effect.void
    clearInterval(cluster.staying)
    cluster.staying = undefined
    if (clusters.get(key) !== cluster) return Effect.promise(() => close(key, cluster))
    cluster.idle = setTimeout(() => void close(key, cluster), cluster.idleMillis).unref()
    return Effect.void
  })

/**
 * The services of the cluster that `config` says, shared with all calls that mean the same one, while the scope lasts. One that
 * cannot be made is made anew for the next call.
 */
export const hold = (
  config: ClusterConfig,
  options: SharingOptions = {}
): Effect.Effect<Context.Context<Services>, ClusterServices.ClusterError, Scope.Scope> =>
  Effect.suspend(() => {
    const key = keyOf(config)
    return Effect.acquireRelease(
      Effect.sync(() => enter(key, config, options)),
      (cluster) => leave(key, cluster)
    ).pipe(
      Effect.flatMap((cluster) =>
        cluster.runtime.runtimeEffect.pipe(
          Effect.map(({ context }) => context),
          Effect.tapErrorCause(() => Effect.sync(() => clusters.get(key) === cluster && clusters.delete(key)))
        )
      )
    )
  })

/** The value, or throws the error itself. */
export const valueOf = <A, E>(exit: Exit.Exit<A, E>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  throw Cause.squash(exit.cause)
}

/** Runs `effect` for programs that have no Effect. Rejects with the error itself. */
export const promise = async <A, E>(
  effect: Effect.Effect<A, E>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {}
): Promise<A> =>
  valueOf(
    await Effect.runPromiseExit(
      Effect.provide(effect, ProcessWarnings.layer),
      signal === undefined ? undefined : { signal }
    )
  )

/** Closes it when the calls under way have ended. */
const closeWhenDone = (key: string, cluster: SharedCluster): Promise<void> => {
  if (cluster.calls === 0) return close(key, cluster)
  // The last call closes what no further call finds
  clusters.delete(key)
  return new Promise((resolve) => cluster.closed.push(resolve))
}

/** Closes what this process shares, when the calls under way have ended. Later calls open it anew. */
export const closeAll = async (): Promise<void> => {
  await Promise.all([...clusters].map(([key, cluster]) => closeWhenDone(key, cluster)))
}

/** The same for one cluster. */
export const closeOne = async (config: ClusterConfig): Promise<void> => {
  const key = keyOf(config)
  const cluster = clusters.get(key)
  if (cluster !== undefined) await closeWhenDone(key, cluster)
}
