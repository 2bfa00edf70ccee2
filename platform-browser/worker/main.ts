/**
 * The packaging worker: answers one request after the other, and forgets those that were taken back meanwhile.
 */
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as AnalysisCache from "../../core/AnalysisCache.ts"
import { SourceParser } from "../../core/SourceParser.ts"
import { make as makeParser, type ParserLoadError } from "../../core/syntax/SwcParser.ts"
import * as Hasher from "../Hasher.ts"
import { compiled } from "../ParserDownload.ts"
import * as Describe from "./describe.ts"
import * as PackagingService from "./PackagingService.ts"
import type { FromWorker, Request, ToWorker } from "./Protocol.ts"

const wasm = Effect.runSync(Deferred.make<WebAssembly.Module, ParserLoadError>())

/** What parses waits until the WASM is there; what does not, does not. */
const layer = Layer.mergeAll(
  Layer.effect(SourceParser, makeParser(Deferred.await(wasm))),
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
  yield* parser.print(source, { sourceMap: true })
})

const load = ({ id, input }: Extract<Request, { readonly method: "load" }>) =>
  compiled({
    url: input.wasmUrl,
    sizeBytes: input.wasmBytes,
    onProgress: (progress) => post({ type: "progress", id, progress })
  }).pipe(
    Effect.tap((module) => Deferred.succeed(wasm, module)),
    // The first instance and the first parse cost the most: not when somebody types
    Effect.zipRight(Effect.provide(warmUp, services))
  )

const answerOf = (request: Request): Effect.Effect<unknown, unknown> =>
  request.method === "load" ? load(request) : service.answer(request.method, request.input)

const answer = async (request: Request): Promise<void> => {
  const abort = new AbortController()
  current = { id: request.id, abort }
  const exit = await Effect.runPromiseExit(answerOf(request), { signal: abort.signal })
  current = undefined
  if (abort.signal.aborted) return
  // The output is what the method of the request gives
  if (Exit.isSuccess(exit)) post({ type: "success", id: request.id, output: exit.value as never })
  else post({ type: "failure", id: request.id, remark: Describe.remarkOf(Cause.squash(exit.cause)) })
}

/** A new task for each request: what was taken back in the meantime is known before it starts. */
const next = (): void => {
  if (current !== undefined) return
  const first = waiting.shift()
  if (first === undefined) return
  const { cancelled, request } = first
  if (request.changes !== undefined) service.change(request.changes)
  if (cancelled) return next()
  void answer(request).finally(() => setTimeout(next, 0))
}

scope.addEventListener("message", ({ data }) => {
  if (data.type === "cancel") {
    for (const each of waiting) if (each.request.id === data.id) each.cancelled = true
    if (current?.id === data.id) current.abort.abort()
    return
  }
  waiting.push({ request: data, cancelled: false })
  setTimeout(next, 0)
})
