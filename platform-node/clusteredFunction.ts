/**
 * `cluster(options)(fn)`: the function itself, run on a cluster. Inside a job it calls straight through.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { ClusterConfig } from "../core/config/ClusterConfig.ts"
import type { ConfigurationError } from "../core/config/ConfigurationError.ts"
import * as Executor from "../core/cluster/ClusterExecutor.ts"
import type { GivenConfiguration } from "../core/config/GivenSettings.ts"
import type { AnyFunction } from "../core/closures/FunctionLocator.ts"
import type { PackageOptionsInput } from "../core/packaging/PackageOptions.ts"
import * as Pipeline from "../core/Pipeline.ts"
import type * as RemoteFunction from "../core/RemoteFunction.ts"
import type { JobStatus } from "../core/cluster/execute/JobStatus.ts"
import * as ClusterClosed from "./ClusterClosedError.ts"
import * as Configuration from "./Configuration.ts"
import { observerOf, type OnLog } from "./PrintedOutput.ts"
import type * as SharedClusters from "./SharedClusters.ts"
import { streamIterator } from "./streamIterator.ts"

/** Where and how a function runs, over what is configured. */
export interface ClusterOptions extends GivenConfiguration, SharedClusters.SharingOptions {
  /** A profile of the configuration. */
  readonly profile?: string | undefined
  /** Names of environment variables that go along; the same as `environmentVariables`. */
  readonly environment?: ReadonlyArray<string> | undefined
  /** Whether a call gives the job instead of waiting for what it returns. */
  readonly asyncSubmit?: boolean | undefined
  readonly packaging?: PackageOptionsInput | undefined
  /** Hears what the function prints, while it runs; by default it goes to this process's own output. `false`: to nobody. */
  readonly onLog?: OnLog | undefined
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
  | { readonly index: number; readonly ok: false; readonly error: Pipeline.OutcomeError }

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

type Result<F extends AnyFunction> = RemoteFunction.Result<F>

/** What is wrong with the cluster of a call: its configuration, the way there, or that it was closed. */
export type ReachError = ClusterClosed.ClusterClosedError | ConfigurationError | SharedClusters.ClusterError

/** All that can go wrong with one call. `cause`: what the function threw, where it was called inside a job. */
export type CallError = Pipeline.RunError | ReachError

/** All that can go wrong with many calls as a whole. */
export type MapError = Pipeline.MapError | ReachError

/** Many calls of `F`, which must be callable with one argument. */
type Mapped<F extends AnyFunction, Results> = F extends (input: Parameters<F>[0]) => unknown
  ? (inputs: Iterable<Parameters<F>[0]>, options?: MapOptions) => Results
  : never

/** A function that runs on a cluster. */
export interface Clustered<F extends AnyFunction> {
  /** Many calls as one job; not there for functions that need several arguments. */
  readonly map: Mapped<F, MapResults<Result<F>>>
  /** The same as a stream; interrupting it cancels what still runs. */
  readonly stream: Mapped<F, Stream.Stream<Outcome<Result<F>>, MapError>>
  /** One call as an Effect; interrupting it cancels the job. */
  readonly effect: (...args: Parameters<F>) => Effect.Effect<Result<F>, CallError>
  /** One call whose job is given as soon as it is submitted. */
  readonly submit: (...args: Parameters<F>) => Promise<ClusterJob<Result<F>>>
}

/** What a call gives: with `asyncSubmit` the job. */
type Called<F extends AnyFunction, O> = O extends { readonly asyncSubmit: true } ? Promise<ClusterJob<Result<F>>>
  : Promise<Result<F>>

export type ClusterFunction<F extends AnyFunction, O = ClusterOptions> =
  & ((this: ThisParameterType<F>, ...args: Parameters<F>) => Called<F, O>)
  & Clustered<F>

/**
 * What `cluster(options)` gives: wraps functions, and decorates static methods. All that were wrapped by it share a connection, also
 * with all others that mean the same cluster.
 */
export type ClusterDecorator<O> = Decorator<O> & Disposable

/** For `await using`, where the program's types know it. */
type Disposable = SymbolConstructor extends { readonly asyncDispose: infer Key extends symbol }
  ? { readonly [K in Key]: () => Promise<void> }
  : unknown

interface Decorator<O> {
  <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext): ClusterFunction<F, O>
  /** Ends the connection once the calls under way have ended. Further calls fail as {@link ClusterClosed.ClusterClosedError}. */
  readonly close: () => Promise<void>
}

/** Whether this is a job: the runner sets it, and worker threads and child processes inherit it. */
const isInJob = (): boolean => process.env["CLUSTRIX_FILESYSTEM_ROOT"] !== undefined

/** As heavy as the whole packager: only those pay who call. */
const shared = Effect.promise(() => import("./SharedClusters.ts"))

const configuration = ({
  asyncSubmit: _asyncSubmit,
  environment,
  idleTimeout: _idleTimeout,
  onLog: _onLog,
  packaging: _packaging,
  profile,
  prompt: _prompt,
  ...config
}: ClusterOptions): Effect.Effect<ClusterConfig, ConfigurationError> =>
  Effect.map(
    Effect.suspend(() =>
      Configuration.load({
        profile,
        overrides: environment === undefined ? config : { ...config, environmentVariables: [...environment] }
      })
    ),
    ({ config }) => config
  )

/** The cluster of a call. */
interface Place {
  readonly options: ClusterOptions
  /** Whether the program has closed it. */
  isClosed: boolean
}

/** The services of the cluster, while the scope lasts. */
const hold = ({ isClosed, options }: Place) =>
  Effect.gen(function*() {
    if (isClosed) return yield* ClusterClosed.closed()
    const { hold } = yield* shared
    return yield* hold(yield* configuration(options), options)
  })

/** Runs `use` on the cluster. */
const on = <A, E>(
  place: Place,
  use: Effect.Effect<A, E, SharedClusters.Services>
): Effect.Effect<A, E | ReachError> =>
  Effect.scoped(Effect.flatMap(Effect.suspend(() => hold(place)), (services) => Effect.provide(use, services)))

const promise = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> =>
  (await import("./SharedClusters.ts")).promise(effect)

const outcomeOf = ({ index, outcome }: Pipeline.Outcome<unknown>): Outcome<unknown> =>
  Either.match(outcome, {
    onLeft: (error) => ({ index, ok: false as const, error }),
    onRight: (value) => ({ index, ok: true as const, value })
  })

const jobOf = (place: Place, jobId: string): ClusterJob<unknown> => {
  const ask = <A, E>(question: (executor: typeof Executor.ClusterExecutor.Service) => Effect.Effect<A, E>) =>
    promise(on(place, Effect.flatMap(Executor.ClusterExecutor, question)))
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
  place: Place,
  submit: Effect.Effect<Executor.Job, E, SharedClusters.Services>,
  { ordered }: MapOptions
): Stream.Stream<Outcome<unknown>, E | Executor.ResultError | ReachError> =>
  Stream.unwrapScoped(Effect.map(
    Effect.suspend(() => hold(place)),
    (services) => Stream.provideSomeContext(Stream.map(Pipeline.outcomesOf(submit, { ordered }), outcomeOf), services)
  ))

const mapOf = (
  fn: AnyFunction,
  place: Place,
  inputs: Iterable<unknown>,
  mapOptions: MapOptions
): MapResults<unknown> => {
  const jobId = promise(on(place, submission(fn, place.options, inputs, mapOptions))).then((job) => job.jobId)
  // Whoever asks for results hears of it
  jobId.catch(() => undefined)
  const stream = (own: MapOptions) =>
    streamOf(
      place,
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

/** The face of `fn` on the cluster of `place`. */
const wrap = (fn: AnyFunction, place: Place): unknown => {
  const { options } = place
  const effect = (args: ReadonlyArray<unknown>): Effect.Effect<unknown, unknown> =>
    Effect.suspend((): Effect.Effect<unknown, unknown> =>
      isInJob()
        ? Effect.tryPromise({ try: async () => Reflect.apply(fn, undefined, args), catch: (error) => error })
        : on(
          place,
          Effect.map(
            Pipeline.run({ fn, args, options: options.packaging }, observerOf(options.onLog)),
            ({ result }) => result.value
          )
        )
    )
  const submit = (args: ReadonlyArray<unknown>): Promise<ClusterJob<unknown>> =>
    promise(on(
      place,
      Effect.gen(function*() {
        const job = yield* Pipeline.submitCall(yield* Pipeline.packageCall({ fn, args, options: options.packaging }))
        return jobOf(place, job.jobId)
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
      isInJob() ? mapHere(fn, inputs) : mapOf(fn, place, inputs, mapOptions),
    stream: (inputs: Iterable<unknown>, mapOptions: MapOptions = {}): Stream.Stream<Outcome<unknown>, unknown> =>
      isInJob()
        ? Stream.fromAsyncIterable(mapHere(fn, inputs), (error) => error)
        : streamOf(place, submission(fn, options, inputs, mapOptions), mapOptions)
  })
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
export const cluster = <const O extends ClusterOptions = ClusterOptions>(options: O = {} as O): ClusterDecorator<O> => { // no option is an option less
  const place: Place = { options, isClosed: false }
  const close = async (): Promise<void> => {
    if (place.isClosed) return
    place.isClosed = true
    const { closeOne, promise } = await import("./SharedClusters.ts")
    await closeOne(await promise(configuration(options)))
  }
  const decorate = <F extends AnyFunction>(fn: F, _context?: ClassMethodDecoratorContext): ClusterFunction<F, O> =>
    wrap(fn, place) as ClusterFunction<F, O> // takes what `fn` does, and gives it later
  return Object.assign(decorate, { close, [Symbol.asyncDispose]: close })
}
