/**
 * Writes and reads links in a worker, which starts when there is something to do.
 */
import type { LinkState, WholeState } from "./LinkState.ts"
import type { LinkAnswer, LinkRequest } from "./linkWorker.ts"

interface Pending {
  readonly resolve: (output: never) => void
  readonly reject: (error: Error) => void
}

let worker: Worker | undefined
let next = 0
const pending = new Map<number, Pending>()

const started = (): Worker => {
  if (worker !== undefined) return worker
  worker = new Worker(new URL("./linkWorker.ts", import.meta.url), { type: "module" })
  worker.addEventListener("message", ({ data }: MessageEvent<LinkAnswer>) => {
    const waiting = pending.get(data.id)
    pending.delete(data.id)
    if ("error" in data) waiting?.reject(new Error(data.error))
    // The worker answers each request with what it asks for
    else waiting?.resolve(data.output as never)
  })
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of pending.values()) reject(new Error(`The worker of links failed: ${message}`))
    pending.clear()
    worker = undefined
  })
  return worker
}

type Question =
  | { readonly encode: LinkState }
  | { readonly stringify: LinkState }
  | { readonly decode: string }
  | { readonly parse: string }

const ask = <A>(question: Question): Promise<A> =>
  new Promise((resolve, reject) => {
    const id = next++
    pending.set(id, { resolve, reject })
    started().postMessage({ id, ...question } satisfies LinkRequest)
  })

/** The fragment of a state. */
export const encode = (state: LinkState): Promise<string> => ask({ encode: state })

/** The text of a project's file. */
export const stringify = (state: LinkState): Promise<string> => ask({ stringify: state })

/** The state of a fragment; rejects with what is wrong with it. */
export const decode = (fragment: string): Promise<LinkState> => ask({ decode: fragment })

/** The state of a project's file; rejects with what is wrong with it. */
export const parse = (text: string): Promise<WholeState> => ask({ parse: text })
