/**
 * A run of the package in the sandbox. It starts when somebody presses the button, and never by a link; and it runs the
 * package of the text that is shown: while that is made, the run waits.
 */
import { batch, computed, signal } from "@preact/signals"
import type { PackagingWorker, PageRun } from "../../../platform-browser/index.ts"
import { Transcript } from "../output/Transcript.ts"
import { previewLimit } from "../output/ValuePreview.ts"
import { failure, made, settled, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import { argumentsOf } from "./Arguments.ts"

type Description = NonNullable<Extract<PageRun.RunOutcome, { readonly error?: unknown }>["error"]>

/** The document of `PageRun.frameDocument`, which the build writes beside the page. */
const frameUrl = new URL("sandbox.html", document.baseURI)

export interface Ended {
  readonly outcome: PageRun.PreviewOutcome
  /** The error of the outcome as text, its frames in the user's files. */
  readonly stack: string | undefined
}

/** A run that was begun, of one package with its arguments. */
export interface Started {
  /** The project's ID. */
  readonly project: string
  readonly digest: string
  readonly packageId: string
  readonly functionName: string
  readonly args: string
  readonly transcript: Transcript
  readonly ended: Ended | undefined
}

export type Phase =
  | "idle"
  /** The button was pressed, and the package of the text is being made. */
  | "waiting"
  | "running"

export const phase = signal<Phase>("idle")
const last = signal<Started | undefined>(undefined)

/** The latest run of the project that is shown. */
export const latest = computed(() => last.value?.project === Project.id.value ? last.value : undefined)
/** Why nothing was run. */
export const refused = signal<string | undefined>(undefined)
export const timeLimitSeconds = signal(10)

/** Whether the latest run is of another package, or other arguments, than those that are shown. */
export const isStale = computed(() => {
  const run = latest.value
  if (run === undefined) return false
  return made.value?.analysis.digest !== run.digest || Project.args.value !== run.args
})

let stopRun: () => void = () => undefined

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

/** Runs the package of the text that is shown. */
export const start = async (): Promise<void> => {
  if (phase.peek() !== "idle") return
  const text = Project.args.peek()
  const args = argumentsOf(text)
  refused.value = typeof args === "string" ? args : undefined
  if (typeof args === "string") return
  let isStopped = false
  stopRun = () => {
    isStopped = true
    phase.value = "idle"
  }
  phase.value = "waiting"
  // What runs packages is fetched when somebody runs one
  const [{ previewInPage }, package_] = await Promise.all([
    import("../../../platform-browser/run/PageRun.ts"),
    settled()
  ])
  if (isStopped) return
  if (package_ === undefined) {
    batch(() => {
      phase.value = "idle"
      refused.value = `There is no package to run: ${failure.peek()?.what ?? "nothing is packaged"}.`
    })
    return
  }
  const { analysis, request } = package_
  const transcript = new Transcript()
  const run = previewInPage({
    packaging: worker,
    zip: analysis.zip,
    args,
    files: request.files,
    timeLimitMillis: timeLimitSeconds.value * 1000,
    frameUrl,
    previewLimit,
    outputLimit: 180_000,
    onOutput: (chunk) => transcript.add(chunk),
    onRefusedConnection: (address) =>
      transcript.add({ stream: "refused", text: `A connection to ${address} was refused\n` })
  })
  stopRun = run.stop
  const started: Started = {
    project: Project.id.peek(),
    digest: analysis.digest,
    packageId: analysis.packageId,
    functionName: analysis.functionName,
    args: text,
    transcript,
    ended: undefined
  }
  batch(() => {
    phase.value = "running"
    last.value = started
  })
  const outcome = await run.outcome
  const error = "error" in outcome ? outcome.error : undefined
  const stack = error === undefined ? undefined : await explained(error, request)
  batch(() => {
    last.value = { ...started, ended: { outcome, stack } }
    phase.value = "idle"
  })
}

export const stop = (): void => stopRun()
