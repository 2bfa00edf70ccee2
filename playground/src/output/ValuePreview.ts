/**
 * Makes previews of values in a worker, for a value may be large.
 */
import type { Preview } from "../../../platform-browser/run/Preview.ts"

/** What is shown of a result, in UTF-16 code units. */
export const previewLimit = 50_000

/** The preview of a value in the notation of results. */
export const previewOf = (text: string): Promise<Preview> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./valuePreviewWorker.ts", import.meta.url), { type: "module" })
    worker.addEventListener("message", ({ data }: MessageEvent<Preview>) => {
      worker.terminate()
      resolve(data)
    })
    worker.addEventListener("error", ({ message }) => {
      worker.terminate()
      reject(new Error(`The result cannot be shown: ${message}`))
    })
    worker.postMessage({ text, previewLimit })
  })
