/**
 * What a function prints on the cluster, passed on to the program that called it.
 */
import * as Effect from "effect/Effect"
import type { Job, LogChunk } from "../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../core/diagnostics/Quotation.ts"
import type * as Pipeline from "../core/Pipeline.ts"

/** Hears what the function prints, while it runs; `false` leaves it in the job's directory. */
export type OnLog = ((chunk: LogChunk) => void) | false

/** To the same streams of this process, as the command does. */
const toProcess = ({ bytes, stream }: LogChunk): void => {
  process[stream].write(bytes)
}

/** Said on every hit, on standard error: the function did not run. */
const sayReused = ({ functionName, jobId, reused }: Job) =>
  Effect.sync(() => {
    if (reused !== true) return
    process.stderr.write(
      `clustrix: ${
        Quotation.plain(functionName)
      } did not run: reused the result of job ${jobId} (reuse: false runs it again)\n`
    )
  })

export const observerOf = (onLog: OnLog = toProcess): Pipeline.Observer => ({
  submitted: sayReused,
  ...(onLog === false ? {} : { log: (chunk: LogChunk) => Effect.sync(() => onLog(chunk)) })
})
