/**
 * The WASM of SWC over the network: compiled while it comes in, kept by the page for the next time.
 */
import * as Effect from "effect/Effect"
import { ParserLoadError } from "../core/language/SwcParser.ts"

/** The version of `@swc/wasm-web` that `SwcInstance` binds. */
export const swcVersion = "1.16.18"

/** How far it is: bytes as they come out of the network's compression. */
export interface Progress {
  readonly receivedBytes: number
  /** `undefined` where neither the caller nor the server says it. */
  readonly totalBytes: number | undefined
  /** What the network carries in all, where the answer is compressed and says it. */
  readonly transferBytes: number | undefined
  /** Whether the bytes come from the page's own cache. */
  readonly cached: boolean
}

export interface Options {
  readonly url: string
  /** Uncompressed, where the caller knows it: a compressed answer does not say. */
  readonly sizeBytes?: number | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

const prefix = "clustrix-swc-"
const cacheName = `${prefix}${swcVersion}`

const failure = (reason: ParserLoadError["reason"], url: string) => (cause: unknown): ParserLoadError =>
  new ParserLoadError({
    reason,
    what: reason === "NotFound"
      ? `The WebAssembly of SWC cannot be fetched from ${url}`
      : `What lies at ${url} is not the WebAssembly of SWC`,
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: `Serve wasm_bg.wasm of @swc/wasm-web ${swcVersion} at the address that the page asks for.`,
    cause
  })

/** A page without a secure context, or one that may not store, has no cache: it fetches each time. */
const openCache = async (): Promise<Cache | undefined> => {
  try {
    return await globalThis.caches?.open(cacheName)
  } catch {
    return undefined
  }
}

const forgetOthers = async (): Promise<void> => {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name)
  }
}

const totalOf = (response: Response, sizeBytes: number | undefined): number | undefined => {
  if (sizeBytes !== undefined) return sizeBytes
  const length = response.headers.get("content-length")
  return length === null || response.headers.get("content-encoding") !== null ? undefined : Number(length)
}

/** A browser counts what comes out of the compression, so this is the whole only. */
const transferOf = (response: Response): number | undefined => {
  const length = response.headers.get("content-length")
  return length === null || response.headers.get("content-encoding") === null ? undefined : Number(length)
}

const count = async (response: Response, cached: boolean, options: Options): Promise<void> => {
  const [totalBytes, transferBytes] = [totalOf(response, options.sizeBytes), transferOf(response)]
  let receivedBytes = 0
  const reader = response.body?.getReader()
  for (;;) {
    const chunk = await reader?.read()
    if (chunk?.value === undefined) break
    receivedBytes += chunk.value.length
    options.onProgress?.({ receivedBytes, totalBytes, transferBytes, cached })
  }
}

const compile = async (response: Response, cached: boolean, options: Options): Promise<WebAssembly.Module> => {
  const counting = options.onProgress === undefined ? undefined : count(response.clone(), cached, options)
  const compiling = response.headers.get("content-type")?.startsWith("application/wasm") === true
    ? WebAssembly.compileStreaming(response)
    : response.arrayBuffer().then((bytes) => WebAssembly.compile(bytes))
  const [module] = await Promise.all([compiling, counting])
  return module
}

const download = async (options: Options, signal: AbortSignal): Promise<Response> => {
  const response = await fetch(options.url, { signal })
  if (!response.ok) throw new Error(`${options.url} answered ${response.status}`)
  return response
}

/** The compiled WASM. What is in the cache and does not compile is fetched anew. */
export const compiled = (options: Options): Effect.Effect<WebAssembly.Module, ParserLoadError> =>
  Effect.gen(function*() {
    const cache = yield* Effect.promise(openCache)
    const kept = yield* Effect.promise(async () => await cache?.match(options.url))
    if (kept !== undefined) {
      const known = yield* Effect.option(Effect.tryPromise(() => compile(kept, true, options)))
      if (known._tag === "Some") return known.value
    }
    const response = yield* Effect.tryPromise({
      try: (signal) => download(options, signal),
      catch: failure("NotFound", options.url)
    })
    const copy = response.clone()
    const module = yield* Effect.tryPromise({
      try: () => compile(response, false, options),
      catch: failure("NotWebAssembly", options.url)
    })
    // No room to keep it: the next time it is fetched again
    yield* Effect.ignore(Effect.tryPromise(async () => {
      if (cache === undefined) return
      const blob = await copy.blob()
      // A cache may drop the length that the server said
      const headers = { "content-type": "application/wasm", "content-length": String(blob.size) }
      await cache.put(options.url, new Response(blob, { headers }))
      await forgetOthers()
    }))
    return module
  })
