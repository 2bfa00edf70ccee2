/**
 * SWC in a page or a worker: its WASM comes as bytes, over the network, or already compiled.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SourceParser } from "../core/language/SourceParser.ts"
import { make, type Options, ParserLoadError } from "../core/language/SwcParser.ts"

/** An address to fetch, an answer that was fetched, bytes, or a compiled module (which workers can share). */
export type WasmInput = URL | string | Response | PromiseLike<Response> | BufferSource | WebAssembly.Module

const isBytes = (input: WasmInput): input is BufferSource => input instanceof ArrayBuffer || ArrayBuffer.isView(input)

const loadError = (reason: ParserLoadError["reason"]) => (cause: unknown): ParserLoadError =>
  new ParserLoadError({
    reason,
    what: reason === "NotFound"
      ? "the WebAssembly of SWC (wasm_bg.wasm of @swc/wasm-web) cannot be fetched"
      : "what was given as the WebAssembly of SWC is not WebAssembly",
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: "Serve wasm_bg.wasm of @swc/wasm-web at the address that the page asks for.",
    cause
  })

const load = (input: WasmInput): Effect.Effect<WebAssembly.Module, ParserLoadError> => {
  if (input instanceof WebAssembly.Module) return Effect.succeed(input)
  if (isBytes(input)) {
    return Effect.tryPromise({ try: () => WebAssembly.compile(input), catch: loadError("NotWebAssembly") })
  }
  return Effect.tryPromise({
    try: async (signal) => {
      const response = await (typeof input === "string" || input instanceof URL ? fetch(input, { signal }) : input)
      if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
      // A response can be read once: a second attempt reads the copy
      return response.clone()
    },
    catch: loadError("NotFound")
  }).pipe(
    Effect.flatMap((response) =>
      Effect.tryPromise({
        // Streaming compilation insists on the media type
        try: async () =>
          response.headers.get("content-type")?.startsWith("application/wasm") === true
            ? WebAssembly.compileStreaming(response)
            : WebAssembly.compile(await response.arrayBuffer()),
        catch: loadError("NotWebAssembly")
      })
    )
  )
}

/** Fetches and compiles the WASM at the first parse. */
export const layer = (wasm: WasmInput, options: Options = {}): Layer.Layer<SourceParser> =>
  Layer.effect(SourceParser, make(load(wasm), options))
