/**
 * What a function prints on the cluster, passed on to the program that called it.
 */
import * as Effect from "effect/Effect"
import type { LogChunk } from "../core/cluster/ClusterExecutor.ts"

/** Hears what the function prints, while it runs; `false` leaves it in the job's directory. */
export type OnLog = ((chunk: LogChunk) => void) | false

/** To the same streams of this process, as the command does. */
const toProcess = ({ bytes, stream }: LogChunk): void => {
  process[stream].write(bytes)
}

export const observerOf = (onLog: OnLog = toProcess) =>
  onLog === false ? {} : { log: (chunk: LogChunk) => Effect.sync(() => onLog(chunk)) }
