/**
 * Processes of a host, known for good by their number and the moment of their start.
 */
import * as Effect from "effect/Effect"
import type { Transport, TransportError } from "../Transport.ts"

export interface HostProcess {
  readonly pid: number
  /** In the kernel's ticks; empty where there is no `/proc`. */
  readonly start: string
}

/** Numbers that a process of a job can have: 0 and 1 are no job's, and as the name of a group they mean others. */
export const leastId = 2
export const mostId = 2_147_483_647

/** Reads `pid:start`; gives a process that is never alive for anything else. */
export const decode = (text: string): HostProcess => {
  const [number, start = ""] = text.split(":")
  const pid = Number(number)
  return { pid: Number.isInteger(pid) && pid >= leastId && pid <= mostId ? pid : Number.NaN, start }
}

/** What `/proc/PID/stat` says: the start of a process that is no zombie. proc(5) */
export const startIn = (stat: string): string | undefined => {
  // The second field, the command, is in parentheses and may hold anything
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return state === "Z" || state === "X" || state === undefined ? undefined : fields[18]
}

const decoder = new TextDecoder()

/** Whether `process` is still there, and the same one. Files are asked where the host shows its processes as files. */
export const isAlive = (
  transport: typeof Transport.Service,
  { pid, start }: HostProcess
): Effect.Effect<boolean, TransportError> => {
  // No number: whoever submitted the job could not write it down
  if (!(pid > 0)) return Effect.succeed(false)
  if (start === "") {
    return Effect.map(transport.exec(`kill -0 ${pid}`, { idempotent: true }), ({ exitCode }) => exitCode === 0)
  }
  return transport.readFile(`/proc/${pid}/stat`).pipe(
    Effect.map((bytes) => startIn(decoder.decode(bytes)) === start),
    Effect.catchIf((error) => error.reason !== "Connection" && error.reason !== "TimedOut", () => Effect.succeed(false))
  )
}
