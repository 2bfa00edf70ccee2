/**
 * Analysis and packaging in a worker: the page's end. Typing never waits for it.
 *
 * @example
 * const packaging = new PackagingWorker({
 *   worker: () => new Worker(new URL("../platform-browser/worker/main.ts", import.meta.url), { type: "module" })
 * })
 * await packaging.load({ wasmUrl, onProgress: ({ receivedBytes }) => show(receivedBytes) })
 * const { functions } = await packaging.functionsOf(files)
 * const made = await packaging.package({ files, entry: "src/a.ts#main" }, { latest: "editor" })
 *
 * `files` are all files of the project by their path (`"package.json"`, `"src/a.ts"`, `"data/x.csv"`); only what changed
 * is sent, by comparing texts, and bytes by identity. Errors are those of `PackagingError.ts`: a syntax error is a
 * `PackagingFailedError` with `location`. With `latest: KEY`, a request takes the place of an unfinished one of that key,
 * which rejects with `SupersededError`: give it on every keystroke and ignore that error.
 */
import * as Effect from "effect/Effect"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import type { LinkedProgram } from "../run/LinkedProgram.ts"
import type * as PackageAnalysis from "./PackageAnalysis.ts"
import { fromRemark, type PackagingWorkerError, SupersededError, WorkerFailedError } from "./PackagingError.ts"
import type { FileChanges, FromWorker, LoadProgress, Method, Methods, ToWorker } from "./Protocol.ts"

/** All files of a project: paths with `/`, relative to its root. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** A function, and the project that it stands in. */
export interface PackageRequest {
  readonly files: Files
  /** `src/a.ts#main`, `src/a.ts#default`, `src/a.ts#Class.method`, `src/a.ts:12:3`. */
  readonly entry: string
  readonly options?: PackageOptionsInput | undefined
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  /** A request takes the place of the unfinished one with the same key. */
  readonly latest?: string | undefined
}

export interface LoadOptions {
  /** Where wasm_bg.wasm of @swc/wasm-web is served; fetched once, and kept in the page's cache. */
  readonly wasmUrl: string | URL
  /** Its size uncompressed, where the page knows it: with it, progress has a total even if it is sent compressed. */
  readonly wasmBytes?: number | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface WorkerOptions {
  /** Starts the worker: module `platform-browser/worker/main.ts`, in the published package `clustrix/browser/worker`. */
  readonly worker: () => Worker
  /** How long its script may take to load, in milliseconds; by default a minute. */
  readonly startLimitMillis?: number | undefined
}

const defaultStartLimitMillis = 60_000

interface Pending {
  readonly resolve: (output: never) => void
  readonly reject: (error: PackagingWorkerError) => void
  readonly progress: ((progress: LoadProgress) => void) | undefined
  readonly key: string | undefined
}

const superseded = (): SupersededError =>
  new SupersededError({
    what: "The request was taken back before it was answered",
    remedy: "A later one has the answer."
  })

/** The face of promises; {@link make} is that of Effect. */
export class PackagingWorker {
  readonly #start: () => Worker
  readonly #startLimitMillis: number
  #startTimer: ReturnType<typeof setTimeout> | undefined
  #worker: Worker | undefined
  #closed = false
  #next = 1
  #sent: Files = {}
  #loaded: Methods["load"]["input"] | undefined
  readonly #pending = new Map<number, Pending>()

  constructor(options: WorkerOptions) {
    this.#start = options.worker
    this.#startLimitMillis = options.startLimitMillis ?? defaultStartLimitMillis
  }

  /** Fetches and compiles the parser. Resolves when the first package can be made. */
  load(options: LoadOptions): Promise<void> {
    const input = { wasmUrl: String(options.wasmUrl), wasmBytes: options.wasmBytes }
    const loaded = this.#ask("load", input, undefined, { signal: options.signal }, options.onProgress)
    // From now on a worker that is started anew loads it by itself
    this.#loaded = input
    return loaded
  }

  /** Makes the package, and tells everything about it. */
  package(request: PackageRequest, options: RequestOptions = {}): Promise<PackageAnalysis.PackageAnalysis> {
    return this.#ask("package", functionRequest(request), request.files, options)
  }

  /** Source maps of the canonical modules: from them to the sources. Made when asked for, for they cost time. */
  sourceMaps(request: PackageRequest, options: RequestOptions = {}): Promise<PackageAnalysis.SourceMaps> {
    return this.#ask("sourceMaps", functionRequest(request), request.files, options)
  }

  /** Stacks of a run of this package, with the frames in the files that it is made of. */
  mapStacks(
    request: PackageRequest & { readonly stacks: ReadonlyArray<string> },
    options: RequestOptions = {}
  ): Promise<ReadonlyArray<string>> {
    return this.#ask("mapStacks", { ...functionRequest(request), stacks: request.stacks }, request.files, options)
  }

  /** Why `what` (a file, a declaration, an npm package) is in the package, or is not. */
  explain(
    request: PackageRequest & { readonly what: string },
    options: RequestOptions = {}
  ): Promise<PackageAnalysis.Explained> {
    return this.#ask("explain", { ...functionRequest(request), what: request.what }, request.files, options)
  }

  /** The functions that can be packaged, those of `node_modules` left out. */
  functionsOf(files: Files, options: RequestOptions = {}): Promise<PackageAnalysis.FunctionList> {
    return this.#ask("functionsOf", undefined, files, options)
  }

  /** Opens a package, whoever made it, and verifies every byte. */
  inspect(zip: Uint8Array, options: RequestOptions = {}): Promise<PackageAnalysis.Inspection> {
    return this.#ask("inspect", { zip }, undefined, options)
  }

  /** The bytes of one file of a package. */
  read(zip: Uint8Array, path: string, options: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#ask("read", { zip, path }, undefined, options)
  }

  /** What makes the IDs of two packages differ. */
  diff(before: Uint8Array, after: Uint8Array, options: RequestOptions = {}): Promise<PackageAnalysis.Comparison> {
    return this.#ask("diff", { before, after }, undefined, options)
  }

  /** Makes a package ready for a run in the page; see `run/PageRun.ts`. */
  link(zip: Uint8Array, options: RequestOptions = {}): Promise<LinkedProgram> {
    return this.#ask("link", { zip }, undefined, options)
  }

  /** Ends the worker. Unfinished requests reject with `WorkerFailedError`. */
  close(): void {
    this.#closed = true
    this.#drop(
      new WorkerFailedError({
        reason: "Closed",
        what: "The packaging worker is closed",
        remedy: "Make a new one."
      })
    )
  }

  #drop(error: WorkerFailedError): void {
    clearTimeout(this.#startTimer)
    this.#worker?.terminate()
    this.#worker = undefined
    this.#sent = {}
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(error)
  }

  #post(message: ToWorker): void {
    this.#running().postMessage(message)
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = this.#start()
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data))
    worker.addEventListener("error", (event) =>
      this.#drop(
        new WorkerFailedError({
          reason: "Crashed",
          what: "The packaging worker failed",
          why: event.message,
          remedy: "Ask again: a new one is started."
        })
      ))
    this.#worker = worker
    // A script that a bundler has emptied neither fails nor answers
    this.#startTimer = setTimeout(() =>
      this.#drop(
        new WorkerFailedError({
          reason: "NotStarted",
          what: `The packaging worker did not start within ${this.#startLimitMillis} ms`,
          why: "Its script has not been loaded, or holds no packaging worker.",
          remedy:
            "Check that the bundle of the worker keeps `import \"clustrix/browser/worker\"`, and that the page serves it."
        })
      ), this.#startLimitMillis)
    // A worker that was started anew knows no parser yet
    if (this.#loaded !== undefined) {
      worker.postMessage({ type: "request", id: 0, method: "load", input: this.#loaded, changes: undefined })
    }
    return worker
  }

  #receive(message: FromWorker): void {
    clearTimeout(this.#startTimer)
    if (message.type === "ready") return
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    if (message.type === "progress") return pending.progress?.(message.progress)
    this.#pending.delete(message.id)
    // The worker answers a request with what `Methods` says of its method
    if (message.type === "success") pending.resolve(message.output as never)
    else pending.reject(fromRemark(message.remark))
  }

  #takeBack(id: number): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    this.#post({ type: "cancel", id })
    pending.reject(superseded())
  }

  #changes(files: Files | undefined): FileChanges | undefined {
    if (files === undefined) return undefined
    const gone = Object.keys(this.#sent).filter((path) => !Object.hasOwn(files, path))
    const changed = Object.entries(files).filter(([path, content]) =>
      !Object.hasOwn(this.#sent, path) || this.#sent[path] !== content
    )
    this.#sent = { ...files }
    // Not assigned one by one: a file may be named `__proto__`
    const changes = [...gone.map((path) => [path, undefined] as const), ...changed]
    return changes.length === 0 ? undefined : Object.fromEntries(changes)
  }

  #ask<M extends Method>(
    method: M,
    input: Methods[M]["input"],
    files: Files | undefined,
    { latest: key, signal }: RequestOptions,
    progress?: (progress: LoadProgress) => void
  ): Promise<Methods[M]["output"]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        return reject(
          new WorkerFailedError({ reason: "Closed", what: "The packaging worker is closed", remedy: "Make a new one." })
        )
      }
      if (signal?.aborted === true) return reject(superseded())
      if (key !== undefined) {
        for (const [id, pending] of this.#pending) if (pending.key === key) this.#takeBack(id)
      }
      const id = this.#next++
      const abort = (): void => this.#takeBack(id)
      signal?.addEventListener("abort", abort, { once: true })
      const done = (): void => signal?.removeEventListener("abort", abort)
      // Starting the worker forgets what the last one was sent
      this.#running()
      this.#pending.set(id, {
        resolve: (output) => (done(), resolve(output)),
        reject: (error) => (done(), reject(error)),
        progress,
        key
      })
      // `method` and `input` belong together, which a union of messages cannot say of a type parameter
      this.#post({ type: "request", id, method, input, changes: this.#changes(files) } as ToWorker)
    })
  }
}

const functionRequest = ({ entry, options }: PackageRequest): Methods["package"]["input"] => ({
  entry,
  options: options ?? {}
})

/** What a method of {@link PackagingWorker} gives, as an Effect that takes its request back when it is interrupted. */
const effect = <A>(ask: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, PackagingWorkerError> =>
  // `#ask` rejects with nothing else
  Effect.tryPromise({ try: ask, catch: (error) => error as PackagingWorkerError })

/** The face of Effect: closes the worker with its scope. */
export const make = (options: WorkerOptions) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new PackagingWorker(options)),
      (worker) => Effect.sync(() => worker.close())
    ),
    (worker) => ({
      load: (input: LoadOptions) => effect((signal) => worker.load({ ...input, signal })),
      package: (request: PackageRequest) => effect((signal) => worker.package(request, { signal })),
      sourceMaps: (request: PackageRequest) => effect((signal) => worker.sourceMaps(request, { signal })),
      mapStacks: (request: PackageRequest & { readonly stacks: ReadonlyArray<string> }) =>
        effect((signal) => worker.mapStacks(request, { signal })),
      explain: (request: PackageRequest & { readonly what: string }) =>
        effect((signal) => worker.explain(request, { signal })),
      functionsOf: (files: Files) => effect((signal) => worker.functionsOf(files, { signal })),
      inspect: (zip: Uint8Array) => effect((signal) => worker.inspect(zip, { signal })),
      read: (zip: Uint8Array, path: string) => effect((signal) => worker.read(zip, path, { signal })),
      diff: (before: Uint8Array, after: Uint8Array) => effect((signal) => worker.diff(before, after, { signal })),
      link: (zip: Uint8Array) => effect((signal) => worker.link(zip, { signal }))
    })
  )
