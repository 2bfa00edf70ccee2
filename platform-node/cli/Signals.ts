/**
 * How the process is asked to stop: by a signal, or by a reader that went away.
 */
import * as ExitCode from "./ExitCode.ts"

const codes = { SIGINT: ExitCode.interrupted, SIGTERM: 143, SIGHUP: 129 } as const

let stop: ((code: number) => void) | undefined

/** The pipe behind standard output or error is closed. Nobody would read a word about it. */
export const brokenPipe = (): void => {
  if (stop === undefined) process.exit(ExitCode.brokenPipe)
  stop(ExitCode.brokenPipe)
}

/**
 * From now on the first request to stop calls `onStop` with the exit code that it asks for, and the next one ends the
 * process at once. Gives what takes the handlers away again.
 */
export const handle = (onStop: (code: number) => void): () => void => {
  let asked = false
  stop = (code) => {
    // A closed pipe complains at every write: only signals are impatience.
    if (asked && code !== ExitCode.brokenPipe) process.exit(code)
    if (asked) return
    asked = true
    onStop(code)
  }
  const listeners = Object.entries(codes).map(([name, code]) => [name, () => stop?.(code)] as const)
  for (const [name, listener] of listeners) process.on(name, listener)
  return () => {
    for (const [name, listener] of listeners) process.off(name, listener)
    stop = undefined
  }
}
