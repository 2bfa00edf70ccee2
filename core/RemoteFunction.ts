/**
 * A function of this program that runs on the cluster of the program's layer: packaged once, called often, typed as it is.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { PackageStore } from "./archive/PackageStore.ts"
import type { AnyFunction } from "./closures/FunctionLocator.ts"
import type { Cluster, JobSettings } from "./config/Cluster.ts"
import { type AskError, ClusterExecutor, type Job, type LogChunk, type ResultError } from "./cluster/ClusterExecutor.ts"
import type { JobNotFoundError } from "./cluster/execute/JobError.ts"
import type { JobStatus } from "./cluster/execute/JobStatus.ts"
import type { Transport, TransportError } from "./cluster/Transport.ts"
import type { FilePackager } from "./packaging/FilePackager.ts"
import type { PackageInfo } from "./packaging/PackageInfo.ts"
import type { PackageOptionsInput } from "./packaging/PackageOptions.ts"
import * as Pipeline from "./Pipeline.ts"
import * as Invocation from "./runtime/Invocation.ts"
import type { ValueNotCarriedError } from "./runtime/ValueCodec.ts"
import type { FunctionReference } from "./slicing/FunctionReference.ts"

/** What a call of `F` gives in the end: the value of a promise, not the promise. */
export type Result<F extends AnyFunction> = Awaited<ReturnType<F>>

/** The one argument of each call of many: of a function that can be called with one, and of no other. */
export type Input<F extends AnyFunction> = F extends (input: Parameters<F>[0]) => unknown ? Parameters<F>[0] : never

/** What can go wrong when a function is made remote. */
export type MakeError = Pipeline.PackageError | Pipeline.SubmitError

/** What can go wrong until a job of one call is submitted. A {@link ValueNotCarriedError} names the path of the argument. */
export type SubmitError = Pipeline.SubmitError | ValueNotCarriedError

/** What can go wrong between a call and its result. */
export type CallError = SubmitError | ResultError

/** What can go wrong with many calls as a whole. */
export type MapError = Pipeline.MapError

/** What can go wrong when a job is looked for by its ID. */
export type AttachError = JobNotFoundError | TransportError

export type { Outcome, OutcomeError } from "./Pipeline.ts"

/** A job that was submitted, by this process or another one. Nobody needs to wait for it, and it outlives the program. */
export interface RemoteJob<A> {
  readonly jobId: string
  /** Absolute, on the cluster. */
  readonly directory: string
  readonly status: Effect.Effect<JobStatus, AskError>
  /** What the function prints, from its beginning to its end. */
  readonly logs: Stream.Stream<LogChunk, AskError>
  /** Waits for the end. Interrupting leaves the job running. */
  readonly result: Effect.Effect<A, ResultError>
  /** Ends the job. One that has ended already is fine. */
  readonly cancel: Effect.Effect<void, AskError>
}

export interface MapOptions extends Pipeline.MapOptions {
  /** Whether outcomes come in the order of the inputs, instead of that in which they end. */
  readonly ordered?: boolean | undefined
}

/** What happens to one call, in its order: a job, what it prints, and what it returns. */
export type CallEvent<A> =
  | { readonly _tag: "Submitted"; readonly jobId: string }
  | { readonly _tag: "Printed"; readonly stream: LogChunk["stream"]; readonly bytes: Uint8Array }
  | { readonly _tag: "Returned"; readonly value: A }

/** `F` on a cluster. */
export interface RemoteFunction<F extends AnyFunction> {
  /** The package that all calls use. */
  readonly info: PackageInfo
  /** Runs the function there. Interrupting cancels the job. */
  readonly call: (...args: Parameters<F>) => Effect.Effect<Result<F>, CallError>
  /** The same, as it happens: what the function prints, while it runs, and what it returns. Ending the stream early cancels the job. */
  readonly stream: (...args: Parameters<F>) => Stream.Stream<CallEvent<Result<F>>, CallError>
  /** Gives the job as soon as the cluster has taken it. */
  readonly submit: (...args: Parameters<F>) => Effect.Effect<RemoteJob<Result<F>>, SubmitError>
  /** One job with a call for each input, whose outcomes come as they end. Ending the stream early cancels what still runs. */
  readonly map: (
    inputs: Iterable<Input<F>>,
    options?: MapOptions
  ) => Stream.Stream<Pipeline.Outcome<Result<F>>, MapError>
  /** The job of this ID, whoever submitted it. */
  readonly attach: (jobId: string) => Effect.Effect<RemoteJob<Result<F>>, AttachError>
}

export interface Options {
  /** How the function is packaged. */
  readonly packaging?: PackageOptionsInput | undefined
  /** What each job may have besides the cluster's own settings. */
  readonly job?: JobSettings | undefined
  /** Whether a call that was made before, with the same package and arguments, gives that result instead of running again. */
  readonly reuse?: boolean | undefined
}

/** What {@link make} needs: a cluster's layer provides it. */
export type Requirements = Cluster | ClusterExecutor | FilePackager | PackageStore | Transport

const handleOf = (executor: typeof ClusterExecutor.Service, { directory, jobId }: Job): RemoteJob<unknown> => ({
  jobId,
  directory,
  status: executor.status(jobId),
  logs: executor.logs(jobId),
  result: Effect.map(executor.result(jobId), ({ value }) => value),
  cancel: executor.cancel(jobId)
})

/** The job of this ID, submitted by this process or another one. The type of its result is the caller's word. */
export const attach = <A = unknown>(jobId: string): Effect.Effect<RemoteJob<A>, AttachError, ClusterExecutor> =>
  Effect.flatMap(
    ClusterExecutor,
    (executor) => Effect.map(executor.attach(jobId), (job) => handleOf(executor, job) as RemoteJob<A>) // as the caller says
  )

const makeUntyped = (fn: AnyFunction | FunctionReference | string, { job: own, packaging, reuse }: Options) =>
  Effect.gen(function*() {
    const job = reuse === undefined ? own : { ...own, reuse }
    const context = yield* Effect.context<Cluster | ClusterExecutor | Transport>()
    const executor = Context.get(context, ClusterExecutor)
    const store = yield* PackageStore
    const packaged = yield* Pipeline.packageCall({ fn, options: packaging, job })
    const { info, invocation, sourceMap } = packaged
    // No clean-up takes the package away while somebody may still call
    yield* store.lease(info.packageId)
    const access = yield* packaged.open
    const here = { ...packaged, open: Effect.succeed(access) }

    const submit = (args: ReadonlyArray<unknown>) =>
      Effect.gen(function*() {
        const call = yield* Invocation.encodeCall(args, {})
        return yield* executor.submit({
          package: access,
          invocation: { ...invocation, ...call },
          sourceMap,
          nodeModules: info.nodeModules,
          job
        })
      }).pipe(
        Effect.tap(({ jobId, packageId }) => Effect.annotateCurrentSpan({ jobId, packageId })),
        Effect.withSpan("clustrix.submit")
      )

    const call = (...args: ReadonlyArray<unknown>) =>
      Pipeline.submitAndAwait(submit(args)).pipe(
        Effect.map(({ result }) => result.value),
        Effect.provide(context),
        Effect.withSpan("clustrix.call")
      )

    const stream = (...args: ReadonlyArray<unknown>): Stream.Stream<CallEvent<unknown>, CallError> =>
      Stream.unwrapScoped(Effect.gen(function*() {
        let isOver = false
        const { jobId } = yield* Effect.acquireRelease(
          submit(args),
          (job) => isOver ? Effect.void : Effect.ignore(executor.cancel(job.jobId))
        )
        const printed = Stream.map(executor.logs(jobId), (chunk) => ({ _tag: "Printed" as const, ...chunk }))
        const returned = Effect.map(
          Effect.tapBoth(executor.result(jobId), {
            onFailure: () => Effect.sync(() => isOver = true),
            onSuccess: () => Effect.sync(() => isOver = true)
          }),
          ({ value }) => ({ _tag: "Returned" as const, value })
        )
        return Stream.make({ _tag: "Submitted" as const, jobId }).pipe(
          Stream.concat(printed),
          Stream.concat(Stream.fromEffect(returned))
        )
      }))

    return {
      info,
      call,
      stream,
      submit: (...args: ReadonlyArray<unknown>) => Effect.map(submit(args), (made) => handleOf(executor, made)),
      map: (inputs: Iterable<unknown>, options: MapOptions = {}) =>
        Stream.provideContext(
          Pipeline.outcomesOf(Pipeline.submitPackagedMap(here, fn, inputs, { job, ...options }), options),
          context
        ),
      attach: (jobId: string) => Effect.map(executor.attach(jobId), (found) => handleOf(executor, found))
    }
  }).pipe(Effect.withSpan("RemoteFunction.make"))

/**
 * Packages `fn` once, for all calls of it while the scope lasts: what it captures is taken as it is now. `fn` may also be a
 * reference; its type is then `make<typeof f>("src/f.ts#f")`.
 *
 * @example
 * const simulate = (seed: number) => ({ seed, value: Math.sin(seed) })
 *
 * const program = Effect.gen(function*() {
 *   const remote = yield* RemoteFunction.make(simulate)
 *   const one = yield* remote.call(42)
 *   const many = yield* Stream.runCollect(remote.map([1, 2, 3]))
 *   return { one, many }
 * })
 * Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(Cluster.layer({ clusterType: "local" }))))
 */
export const make = <F extends AnyFunction = (...args: ReadonlyArray<unknown>) => unknown>(
  fn: F | FunctionReference | string,
  options: Options = {}
): Effect.Effect<RemoteFunction<F>, MakeError, Requirements | Scope.Scope> =>
  Effect.map(makeUntyped(fn, options), (remote) => remote as unknown as RemoteFunction<F>) // what runs is `fn`
