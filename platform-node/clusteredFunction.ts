/**
 * `cluster(options)(fn)`: the function itself, run on a cluster. Inside a job it calls straight through.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Executor from "../core/cluster/ClusterExecutor.ts"
import type { GivenConfiguration } from "../core/config/GivenSettings.ts"
import type { AnyFunction } from "../core/closures/FunctionLocator.ts"
import type { PackageOptionsInput } from "../core/packaging/PackageOptions.ts"
import * as Pipeline from "../core/Pipeline.ts"
import type * as JobError from "../core/cluster/execute/JobError.ts"
import type { JobStatus } from "../core/cluster/execute/JobStatus.ts"
import type * as ResultEnvelope from "../core/runtime/ResultEnvelope.ts"
import * as Configuration from "./Configuration.ts"
import type * as Cluster from "./Cluster.ts"
import * as ProcessWarnings from "./ProcessWarnings.ts"
import { streamIterator } from "./streamIterator.ts"

/** Where and how a function runs, over what is configured. */
export interface ClusterOptions extends GivenConfiguration {
  /** A profile of the configuration. */
  readonly profile?: string | undefined
  /** Names of environment variables that go along; the same as `environmentVariables`. */
  readonly environment?: ReadonlyArray<string> | undefined
  /** Whether a call gives the job instead of waiting for what it returns. */
  readonly asyncSubmit?: boolean | undefined
  readonly packaging?: PackageOptionsInput | undefined
}

export interface MapOptions {
  /** Inputs that one element of the job array works off, one after the other; by default 1 for each thousand inputs. */
  readonly chunk?: number | undefined
  /** The most elements that run at once; without it the scheduler decides. */
  readonly concurrency?: number | undefined
  /** Whether results come in the order of the inputs, instead of that in which they end. */
  readonly ordered?: boolean | undefined
  /** How often a call that failed is made again; 0 by default. */
  readonly retry?: number | undefined
  /** The ID of a job to go on with, or `true` for the newest of the same function and the same inputs, if there is one. */
  readonly resume?: string | boolean | undefined
}

/** How the call for one input ended. `index`: the place of the input, from 0. */
export type Outcome<A> =
  | { readonly index: number; readonly ok: true; readonly value: A }
  | {
    readonly index: number
    readonly ok: false
    readonly error: JobError.JobError | ResultEnvelope.ResultEnvelopeError
  }

/**
 * The results of many calls: iterated, they come as they end; awaited, they are the array of all values in the order of the inputs, or
 * the first error once all have ended. Leaving a loop early cancels what still runs.
 */
export interface MapResults<A> extends AsyncIterable<Outcome<A>>, PromiseLike<ReadonlyArray<A>> {
  /** The job's ID, once it is submitted, which happens at once; `resume` takes it. */
  readonly jobId: Promise<string>
}

/** A job that was submitted; nobody needs to wait for it. */
export interface ClusterJob<A> {
  readonly jobId: string
  readonly status: () => Promise<JobStatus>
  readonly logs: () => Promise<ReadonlyArray<Executor.LogChunk>>
  /** Waits for its end. */
  readonly result: () => Promise<A>
  readonly cancel: () => Promise<void>
}

type Result<F extends AnyFunction> = Awaited<ReturnType<F>>
type Input<F extends AnyFunction> = Parameters<F>[0]

/** What runs on the cluster of the options. Errors are the tagged ones of packaging, the cluster and the job. */
type Run<A> = Effect.Effect<A, unknown>

/** A function that runs on a cluster. */
export interface Clustered<F extends AnyFunction> {
  /** Many calls as one job. */
  readonly map: (inputs: Iterable<Input<F>>, options?: MapOptions) => MapResults<Result<F>>
  /** The same as a stream; interrupting it cancels what still runs. */
  readonly stream: (inputs: Iterable<Input<F>>, options?: MapOptions) => Stream.Stream<Outcome<Result<F>>, unknown>
  /** One call as an Effect; interrupting it cancels the job. */
  readonly effect: (...args: Parameters<F>) => Run<Result<F>>
  /** One call whose job is given as soon as it is submitted. */
  readonly submit: (...args: Parameters<F>) => Promise<ClusterJob<Result<F>>>
}

/** What a call gives: with `asyncSubmit` the job. */
type Called<F extends AnyFunction, O> = O extends { readonly asyncSubmit: true } ? Promise<ClusterJob<Result<F>>>
  : Promise<Result<F>>

export type ClusterFunction<F extends AnyFunction, O = ClusterOptions> =
  & ((this: ThisParameterType<F>, ...args: Parameters<F>) => Called<F, O>)
  & Clustered<F>

/** Whether this is a job: the runner sets it, and worker threads and child processes inherit it. */
const isInJob = (): boolean => process.env["CLUSTRIX_FILESYSTEM_ROOT"] !== undefined

/** As heavy as the whole packager: only those pay who call. */
const host = Effect.promise(() => import("./Cluster.ts"))

const promise = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
  const exit = await Effect.runPromiseExit(Effect.provide(effect, ProcessWarnings.layer))
  if (Exit.isSuccess(exit)) return exit.value
  throw Cause.squash(exit.cause)
}

const configuration = (
  { asyncSubmit: _asyncSubmit, environment, packaging: _packaging, profile, ...config }: ClusterOptions
) =>
  Effect.map(
    Effect.suspend(() =>
      Configuration.load({
        profile,
        overrides: environment === undefined ? config : { ...config, environmentVariables: [...environment] }
      })
    ),
    ({ config }) => config
  )

/** Runs `use` with the cluster of the options. */
const onCluster = <A, E>(
  options: ClusterOptions,
  use: Effect.Effect<A, E, Cluster.Services>
): Effect.Effect<A, unknown> =>
  Effect.gen(function*() {
    const { layer } = yield* host
    return yield* Effect.provide(use, layer(yield* configuration(options)))
  })

const outcomeOf = ({ index, outcome }: Pipeline.Outcome<unknown>): Outcome<unknown> =>
  Either.match(outcome, {
    onLeft: (error) => ({ index, ok: false as const, error }),
    onRight: (value) => ({ index, ok: true as const, value })
  })

const jobOf = (options: ClusterOptions, jobId: string): ClusterJob<unknown> => {
  const ask = <A, E>(question: (executor: typeof Executor.ClusterExecutor.Service) => Effect.Effect<A, E>) =>
    promise(onCluster(options, Effect.flatMap(Executor.ClusterExecutor, question)))
  return {
    jobId,
    status: () => ask((executor) => executor.status(jobId)),
    logs: () =>
      ask((executor) => Effect.map(Stream.runCollect(executor.logs(jobId, { follow: false })), (all) => [...all])),
    result: () => ask((executor) => Effect.map(executor.result(jobId), ({ value }) => value)),
    cancel: () => ask((executor) => executor.cancel(jobId))
  }
}

const submission = (
  fn: AnyFunction,
  { packaging }: ClusterOptions,
  inputs: Iterable<unknown>,
  { chunk, concurrency, resume, retry }: MapOptions
) => Pipeline.submitMap({ fn, inputs, options: packaging, chunk, concurrency, retry, resume })

/** Results of the job that `submit` gives. Cancels it when nobody wants to know its end any more. */
const streamOf = <E>(
  options: ClusterOptions,
  submit: Effect.Effect<Executor.Job, E, Cluster.Services>,
  { ordered }: MapOptions
): Stream.Stream<Outcome<unknown>, unknown> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const { layer } = yield* host
    const services = yield* Layer.build(layer(yield* configuration(options)))
    return Stream.provideSomeContext(Stream.map(Pipeline.outcomesOf(submit, { ordered }), outcomeOf), services)
  }))

const mapOf = (
  fn: AnyFunction,
  options: ClusterOptions,
  inputs: Iterable<unknown>,
  mapOptions: MapOptions
): MapResults<unknown> => {
  const jobId = promise(
    onCluster(options, submission(fn, options, inputs, mapOptions))
  ).then((job) => job.jobId)
  // Whoever asks for results hears of it
  jobId.catch(() => undefined)
  const stream = (own: MapOptions) =>
    streamOf(
      options,
      Effect.flatMap(
        Effect.tryPromise({ try: () => jobId, catch: (error) => error }),
        (id) => Effect.flatMap(Executor.ClusterExecutor, (executor) => executor.attach(id))
      ),
      own
    )
  const all = async (): Promise<ReadonlyArray<unknown>> => {
    const values: Array<unknown> = []
    let first: Extract<Outcome<unknown>, { readonly ok: false }> | undefined
    await promise(Stream.runForEach(stream({ ...mapOptions, ordered: true }), (outcome) =>
      Effect.sync(() => {
        if (outcome.ok) values.push(outcome.value)
        else first ??= outcome
      })))
    if (first !== undefined) throw first.error
    return values
  }
  let values: Promise<ReadonlyArray<unknown>> | undefined
  return {
    jobId,
    [Symbol.asyncIterator]: () => streamIterator(stream(mapOptions)),
    // Awaiting it is one of its two faces
    // oxlint-disable-next-line no-thenable
    then: (fulfilled, rejected) => (values ??= all()).then(fulfilled, rejected)
  }
}

/** In a job there is nowhere further to go: one call after the other, here and now. */
const mapHere = (fn: AnyFunction, inputs: Iterable<unknown>): MapResults<unknown> => {
  const call = async (input: unknown): Promise<unknown> => Reflect.apply(fn, undefined, [input])
  const all = async (): Promise<ReadonlyArray<unknown>> => {
    const values: Array<unknown> = []
    for (const input of inputs) values.push(await call(input))
    return values
  }
  return {
    jobId: Promise.resolve(""),
    async *[Symbol.asyncIterator]() {
      let index = 0
      for (const input of inputs) {
        yield await call(input).then(
          (value) => ({ index, ok: true as const, value }),
          (error) => ({ index, ok: false as const, error })
        )
        index += 1
      }
    },
    // oxlint-disable-next-line no-thenable
    then: (fulfilled, rejected) => all().then(fulfilled, rejected)
  }
}

/**
 * Gives a function that runs `fn` on the cluster: same arguments, a promise of what it returns. As a standard decorator it does the
 * same to a static method. Without options the cluster is the one that is configured, and else this machine.
 *
 * @example
 * const analyse = cluster({ cores: 8, time: "1h" })(function analyse(file: string) { return file.length })
 * console.log(await analyse("a.csv"))
 * for await (const { index, ...outcome } of analyse.map(["a.csv", "b.csv"])) console.log(index, outcome)
 */
export const cluster = <const O extends ClusterOptions = ClusterOptions>(options: O = {} as O) => // no option is an option less
<F extends AnyFunction>(fn: F, _context?: ClassMethodDecoratorContext): ClusterFunction<F, O> => {
  const effect = (args: ReadonlyArray<unknown>): Run<unknown> =>
    Effect.suspend(() =>
      isInJob()
        ? Effect.tryPromise({ try: async () => Reflect.apply(fn, undefined, args), catch: (error) => error })
        : onCluster(
          options,
          Effect.map(Pipeline.run({ fn, args, options: options.packaging }), ({ result }) => result.value)
        )
    )
  const submit = (args: ReadonlyArray<unknown>): Promise<ClusterJob<unknown>> =>
    promise(onCluster(
      options,
      Effect.gen(function*() {
        const job = yield* Pipeline.submitCall(yield* Pipeline.packageCall({ fn, args, options: options.packaging }))
        return jobOf(options, job.jobId)
      })
    ))
  const call = function(this: unknown, ...args: ReadonlyArray<unknown>): unknown {
    if (isInJob()) return Reflect.apply(fn, this, args)
    return options.asyncSubmit === true ? submit(args) : promise(effect(args))
  }
  // Named as the function is, for stack traces and for programs that ask.
  Object.defineProperty(call, "name", { value: fn.name, configurable: true })
  Object.defineProperty(call, "length", { value: fn.length, configurable: true })
  return Object.assign(call, {
    effect: (...args: ReadonlyArray<unknown>) => effect(args),
    submit: (...args: ReadonlyArray<unknown>) => submit(args),
    map: (inputs: Iterable<unknown>, mapOptions: MapOptions = {}) =>
      isInJob() ? mapHere(fn, inputs) : mapOf(fn, options, inputs, mapOptions),
    stream: (inputs: Iterable<unknown>, mapOptions: MapOptions = {}) =>
      isInJob()
        ? Stream.fromAsyncIterable(mapHere(fn, inputs), (error) => error)
        : streamOf(options, submission(fn, options, inputs, mapOptions), mapOptions)
  }) as unknown as ClusterFunction<F, O> // takes what `fn` does, and gives it later
}
