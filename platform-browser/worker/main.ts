/**
 * The packaging worker: answers one request after the other, and forgets those that were taken back meanwhile. The parser
 * is loaded beside them.
 */
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import { SourceParser } from "../../core/language/SourceParser.ts"
import { make as makeParser, type ParserLoadError } from "../../core/language/SwcParser.ts"
import * as Hasher from "../Hasher.ts"
import { compiled } from "../ParserDownload.ts"
import * as Describe from "./describe.ts"
import * as PackagingService from "./PackagingService.ts"
import type { FromWorker, Request, ToWorker } from "./Protocol.ts"

const unloaded = () => Deferred.unsafeMake<WebAssembly.Module, ParserLoadError>(FiberId.none)

/** Failed when it cannot be loaded; who asks to load it again gets another. */
let wasm = unloaded()

/** What parses waits until the WASM is there; what does not, does not. */
const layer = Layer.mergeAll(
  Layer.effect(SourceParser, makeParser(Effect.suspend(() => Deferred.await(wasm)))),
  AnalysisCache.layerMemory(),
  Hasher.layer,
  Path.layer
)

const services = Effect.runSync(Effect.scoped(Layer.build(layer)))
const service = PackagingService.make(services)

// The types of a worker's global scope do not go together with those of a page
const scope = globalThis as unknown as {
  readonly postMessage: (message: FromWorker, transfer: ReadonlyArray<Transferable>) => void
  readonly addEventListener: (type: "message", listener: (event: MessageEvent<ToWorker>) => void) => void
}

/** Of those that were taken back only the changes count. */
const waiting: Array<{ readonly request: Request; cancelled: boolean }> = []
const loading = new Map<number, AbortController>()
let current: { readonly id: number; readonly abort: AbortController } | undefined

const post = (message: FromWorker): void =>
  scope.postMessage(message, message.type === "success" ? transferable(message.output) : [])

/** Bytes that the worker does not need any more are handed over, not copied. */
const transferable = (output: unknown): ReadonlyArray<Transferable> => {
  if (output instanceof Uint8Array) return [output.buffer as ArrayBuffer]
  const zip = typeof output === "object" && output !== null && "zip" in output ? output.zip : undefined
  return zip instanceof Uint8Array ? [zip.buffer as ArrayBuffer] : []
}

const warmUp = Effect.gen(function*() {
  const parser = yield* SourceParser
  const source = { file: "first.ts", text: "export const a: number = 1", language: "typescript", jsx: false } as const
  yield* parser.parse(source)
})

type LoadRequest = Extract<Request, { readonly method: "load" }>

const load = ({ id, input }: LoadRequest) =>
  Effect.gen(function*() {
    const begun = yield* Deferred.poll(wasm)
    if (begun._tag === "Some" && Exit.isFailure(yield* Effect.exit(begun.value))) wasm = unloaded()
    yield* compiled({
      url: input.wasmUrl,
      sizeBytes: input.wasmBytes,
      onProgress: (progress) => post({ type: "progress", id, progress })
    }).pipe(
      Effect.tap((module) => Deferred.succeed(wasm, module)),
      // Who waits for it hears of it
      Effect.tapError((error) => Deferred.fail(wasm, error))
    )
    // The first instance and the first parse cost the most: not when somebody types
    yield* Effect.provide(warmUp, services)
  })

const answer = async (id: number, answered: Effect.Effect<unknown, unknown>, abort: AbortController): Promise<void> => {
  const exit = await Effect.runPromiseExit(answered, { signal: abort.signal })
  if (abort.signal.aborted) return
  // The output is what the method of the request gives
  if (Exit.isSuccess(exit)) post({ type: "success", id, output: exit.value as never })
  else post({ type: "failure", id, remark: Describe.remarkOf(Cause.squash(exit.cause)) })
}

/** A new task for each request: what was taken back in the meantime is known before it starts. */
const next = (): void => {
  if (current !== undefined) return
  const first = waiting.shift()
  if (first === undefined) return
  const { cancelled, request } = first
  if (request.changes !== undefined) service.change(request.changes)
  if (cancelled) return next()
  const abort = new AbortController()
  current = { id: request.id, abort }
  void answer(request.id, service.answer(request.method, request.input), abort).finally(() => {
    current = undefined
    setTimeout(next, 0)
  })
}

scope.addEventListener("message", ({ data }) => {
  if (data.type === "cancel") {
    for (const each of waiting) if (each.request.id === data.id) each.cancelled = true
    if (current?.id === data.id) current.abort.abort()
    loading.get(data.id)?.abort()
    return
  }
  if (data.method === "load") {
    // Not in the row: the one in front may wait for it
    const abort = new AbortController()
    loading.set(data.id, abort)
    void answer(data.id, load(data), abort).finally(() => loading.delete(data.id))
    return
  }
  waiting.push({ request: data, cancelled: false })
  setTimeout(next, 0)
})

post({ type: "ready" })
