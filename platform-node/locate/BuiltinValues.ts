/**
 * What the modules of Node export, by value: a captured `path` or `readFile` is imported where the function runs.
 */
import * as Effect from "effect/Effect"
import type { BuiltinValue } from "../../core/closures/FunctionLocator.ts"

/** Those that every runtime of packages has, the ones that many others pass on last. */
const modules = ["assert", "async_hooks", "buffer", "child_process", "crypto", "dns", "dns/promises", "events", "fs",
  "fs/promises", "http", "http2", "https", "net", "os", "path", "perf_hooks", "querystring", "readline",
  "readline/promises", "stream", "stream/promises", "string_decoder", "timers", "timers/promises", "tls", "tty", "url",
  "util", "v8", "vm", "worker_threads", "zlib", "process", "module"]

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

/** A value of one that is not loaded can nobody hold. Internal to Node, and there since Node 0.11. */
const loaded = (): ReadonlySet<string> | undefined => {
  const list: unknown = Reflect.get(process, "moduleLoadList")
  return Array.isArray(list) ? new Set(list.map((each) => String(each).replace(/^NativeModule /, ""))) : undefined
}

export const builtinValues: Effect.Effect<ReadonlyMap<object, BuiltinValue>> = Effect.promise(async () => {
  const found = new Map<object, BuiltinValue>()
  const there = loaded()
  for (const name of modules.filter((each) => each === "process" || there?.has(each) !== false)) {
    const module = `node:${name}`
    const namespace: object = await import(/* @vite-ignore */ module)
    const note = (value: unknown, path: ReadonlyArray<string>): void => {
      if (isObject(value) && !found.has(value)) found.set(value, { module, path })
    }
    note(namespace, [])
    for (const key of Object.keys(namespace)) note(Reflect.get(namespace, key), [key])
  }
  return found
})
