/**
 * The little of `process` that programs ask for without importing it, and that the cluster functions need.
 */
import type { Files } from "./Files.ts"

/** Ends the run; nothing catches it but the runner. */
export class Exit extends Error {
  override readonly name = "Exit"
  readonly exitCode: number
  constructor(exitCode: number) {
    super(`The function ended the process with exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

export interface ProcessOptions {
  readonly files: Files
  readonly env: Record<string, string>
  readonly write: (stream: "stdout" | "stderr", text: string) => void
  readonly exit: (exit: Exit) => void
}

const stream = (write: (text: string) => void) => ({
  isTTY: false,
  write: (data: unknown): boolean => {
    write(typeof data === "string" ? data : new TextDecoder().decode(data as Uint8Array)) // as Node documents it
    return true
  }
})

export const make = ({ env, exit, files, write }: ProcessOptions): Record<string, unknown> => {
  const hrtime = (): readonly [number, number] => {
    const now = performance.now()
    return [Math.floor(now / 1000), Math.round((now % 1000) * 1e6)]
  }
  const self: Record<string, unknown> = {
    env,
    argv: ["node", "/package/execute.mjs"],
    execArgv: [],
    platform: "linux",
    pid: 1,
    // There is no Node: programs that ask for its version must be told so
    version: "",
    versions: {},
    exitCode: undefined,
    stdout: stream((text) => write("stdout", text)),
    stderr: stream((text) => write("stderr", text)),
    cwd: () => files.directory,
    chdir: (directory: string) => files.chdir(directory),
    exit: (code: unknown = self["exitCode"] ?? 0): never => {
      const ended = new Exit(Number(code))
      exit(ended)
      throw ended
    },
    nextTick: (callback: (...args: ReadonlyArray<unknown>) => void, ...args: ReadonlyArray<unknown>): void =>
      queueMicrotask(() => callback(...args)),
    hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.round(performance.now() * 1e6)) }),
    uptime: () => performance.now() / 1000,
    emitWarning: (warning: unknown): void => write("stderr", `${String(warning)}\n`)
  }
  for (const name of ["on", "once", "off", "addListener", "removeListener"]) self[name] = () => self
  return self
}
