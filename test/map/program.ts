/**
 * Runs a program of `programs/` as users do, in a process of its own: Node, with tsx for its types.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href
const root = fileURLToPath(new URL("../../", import.meta.url))

export interface RunningProgram {
  readonly child: ChildProcess
  /** What it has printed so far, on both streams. */
  readonly output: () => string
  /** What it has printed on standard output: a line of JSON each. */
  readonly printed: () => ReadonlyArray<unknown>
  readonly end: Promise<number | null>
}

export const start = (
  file: string,
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
): RunningProgram => {
  const child = spawn(process.execPath, ["--import", tsx, file, ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    timeout: 110_000
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => output += bytes.toString())
  let lines = ""
  child.stdout.on("data", (bytes: Buffer) => lines += bytes.toString())
  const printed = () => lines.trim().split("\n").map((line): unknown => JSON.parse(line))
  return { child, output: () => output, printed, end: new Promise((resolve) => child.once("close", resolve)) }
}
