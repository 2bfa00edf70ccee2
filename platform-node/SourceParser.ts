/**
 * SWC on Node (and Bun and Deno): its WASM is a file.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { SourceParser } from "../core/language/SourceParser.ts"
import { make, type Options, ParserLoadError } from "../core/language/SwcParser.ts"

export interface NodeOptions extends Options {
  /** Path of `wasm_bg.wasm`. By default the file beside this module (where a bundle puts it), else the one of `@swc/wasm-web`. */
  readonly wasm?: string | undefined
}

const locate = (): string => {
  const beside = fileURLToPath(new URL("./wasm_bg.wasm", import.meta.url))
  if (existsSync(beside)) return beside
  return Path.join(Path.dirname(createRequire(import.meta.url).resolve("@swc/wasm-web")), "wasm_bg.wasm")
}

const loadError = (reason: ParserLoadError["reason"], what: string) => (cause: unknown): ParserLoadError =>
  new ParserLoadError({
    reason,
    what,
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: "Install Clustrix's dependencies again (npm install).",
    cause
  })

/** Compiled once in a process: every packaging has layers of its own, and the code of SWC takes tens of MB. */
const compiled = new Map<string, WebAssembly.Module>()

const load = (wasm: string | undefined): Effect.Effect<WebAssembly.Module, ParserLoadError> =>
  Effect.gen(function*() {
    const unread = loadError("NotFound", "the WebAssembly of SWC (wasm_bg.wasm of @swc/wasm-web) cannot be read")
    const file = yield* Effect.try({ try: () => wasm ?? locate(), catch: unread })
    const known = compiled.get(file)
    if (known !== undefined) return known
    const bytes = yield* Effect.tryPromise({ try: async () => readFile(file), catch: unread })
    const module = yield* Effect.try({
      try: () => new WebAssembly.Module(bytes),
      catch: loadError("NotWebAssembly", "the file wasm_bg.wasm of @swc/wasm-web is damaged")
    })
    compiled.set(file, module)
    return module
  })

/** Reads and compiles the WASM (some 70 ms) at the first parse. */
export const layerWith = (options: NodeOptions): Layer.Layer<SourceParser> =>
  Layer.effect(SourceParser, make(load(options.wasm), options))

export const layer: Layer.Layer<SourceParser> = layerWith({})
