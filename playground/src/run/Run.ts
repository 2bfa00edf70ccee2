/**
 * A run of the package in the sandbox. It starts when somebody presses the button, and never by a link.
 */
import { batch, signal } from "@preact/signals"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import type { PackagingWorker, PageRun } from "../../../platform-browser/index.ts"
import { made, madeOf, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"

type Description = NonNullable<Extract<PageRun.RunOutcome, { readonly error?: unknown }>["error"]>

export interface Line {
  readonly stream: "stdout" | "stderr" | "refused"
  readonly text: string
}

/** What is kept of the output, in characters. */
const longestOutput = 200_000

export const running = signal<PageRun.PageRun | undefined>(undefined)
export const output = signal<ReadonlyArray<Line>>([])
export const outcome = signal<PageRun.RunOutcome | undefined>(undefined)
/** The error of the outcome as text. */
export const stack = signal<string | undefined>(undefined)
/** What is wrong with the arguments. */
export const refused = signal<string | undefined>(undefined)
export const timeLimitSeconds = signal(10)

let printed = 0

const print = (line: Line): void => {
  if (printed > longestOutput) return
  printed += line.text.length
  output.value = [...output.value, printed > longestOutput ? { ...line, text: "... (more is not shown)\n" } : line]
}

/** What is typed, or comes from a link. */
export const callLimits: BoundedJson.Limits = {
  bytes: 33_554_432,
  depth: 1_000,
  elements: 2_000_000,
  stringBytes: 33_554_432
}

/** The arguments, or what is wrong with them. */
export const argumentsOf = (text: string): ReadonlyArray<unknown> | string => {
  try {
    const parsed: unknown = BoundedJson.parse(text.trim() === "" ? "[]" : text, callLimits)
    return Array.isArray(parsed) ? parsed : "Arguments are a JSON array: [1, \"a\"]."
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The printed error, its frames in the user's files: that of the error and of each of its causes. */
const explained = async (error: Description, request: PackagingWorker.PackageRequest): Promise<string> => {
  const errors = [error]
  for (let at = error; at.type === "error" && at.cause !== undefined; at = at.cause) errors.push(at.cause)
  const stacks = errors.map((each) =>
    each.type === "error" ? each.stack ?? `${each.name}: ${each.message}` : each.printed
  )
  try {
    return (await worker.mapStacks({ ...request, stacks })).join("\ncaused by ")
  } catch (failure) {
    // As the sandbox wrote them
    return `${stacks.join("\ncaused by ")}\n\n(${failure instanceof Error ? failure.message : String(failure)})`
  }
}

/** What runs packages is fetched when somebody runs one. */
export const start = async (): Promise<void> => {
  const [analysis, request] = [made.value, madeOf.value]
  const args = argumentsOf(Project.args.value)
  refused.value = typeof args === "string" ? args : undefined
  if (analysis === undefined || request === undefined || typeof args === "string" || running.value !== undefined) return
  const { runInPage } = await import("../../../platform-browser/run/PageRun.ts")
  if (running.peek() !== undefined) return
  printed = 0
  const run = runInPage({
    packaging: worker,
    zip: analysis.zip,
    args,
    files: request.files,
    timeLimitMillis: timeLimitSeconds.value * 1000,
    onOutput: print,
    onRefusedConnection: (address) => print({ stream: "refused", text: `A connection to ${address} was refused\n` })
  })
  batch(() => {
    output.value = []
    outcome.value = undefined
    stack.value = undefined
    running.value = run
  })
  const ended = await run.outcome
  const error = "error" in ended ? ended.error : undefined
  const text = error === undefined ? undefined : await explained(error, request)
  batch(() => {
    outcome.value = ended
    stack.value = text
    running.value = undefined
  })
}

export const stop = (): void => running.value?.stop()
