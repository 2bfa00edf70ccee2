/**
 * A run of the package in the sandbox. It starts when somebody presses the button, and never by a link.
 */
import { batch, signal } from "@preact/signals"
import type { PageRun } from "../../../platform-browser/index.ts"
import { made, worker } from "./Packaging.ts"
import * as Project from "./Project.ts"

export interface Line {
  readonly stream: "stdout" | "stderr" | "refused"
  readonly text: string
}

/** What is kept of the output, in characters. */
const longestOutput = 200_000

export const running = signal<PageRun.PageRun | undefined>(undefined)
export const output = signal<ReadonlyArray<Line>>([])
export const outcome = signal<PageRun.RunOutcome | undefined>(undefined)
/** What is wrong with the arguments. */
export const refused = signal<string | undefined>(undefined)
export const timeLimitSeconds = signal(10)

let printed = 0

const print = (line: Line): void => {
  if (printed > longestOutput) return
  printed += line.text.length
  output.value = [...output.value, printed > longestOutput ? { ...line, text: "... (more is not shown)\n" } : line]
}

const argumentsOf = (text: string): ReadonlyArray<unknown> | string => {
  try {
    const parsed: unknown = JSON.parse(text.trim() === "" ? "[]" : text)
    return Array.isArray(parsed) ? parsed : "Arguments are a JSON array: [1, \"a\"]."
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What runs packages is fetched when somebody runs one. */
export const start = async (): Promise<void> => {
  const analysis = made.value
  const args = argumentsOf(Project.args.value)
  refused.value = typeof args === "string" ? args : undefined
  if (analysis === undefined || typeof args === "string" || running.value !== undefined) return
  const { runInPage } = await import("../../../platform-browser/run/PageRun.ts")
  if (running.peek() !== undefined) return
  printed = 0
  const run = runInPage({
    packaging: worker,
    zip: analysis.zip,
    args,
    files: Project.files.value,
    timeLimitMillis: timeLimitSeconds.value * 1000,
    onOutput: print,
    onRefusedConnection: (address) => print({ stream: "refused", text: `A connection to ${address} was refused\n` })
  })
  batch(() => {
    output.value = []
    outcome.value = undefined
    running.value = run
  })
  const ended = await run.outcome
  batch(() => {
    outcome.value = ended
    running.value = undefined
  })
}

export const stop = (): void => running.value?.stop()
