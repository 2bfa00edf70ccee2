/**
 * A run of the package in the sandbox. It starts when somebody presses the button, and never by a link; and it runs the
 * package of the text that is shown: while that is made, the run waits.
 */
import { batch, computed, signal } from "@preact/signals"
import type { PackagingWorker, PageRun } from "../../../platform-browser/index.ts"
import type { Progress } from "../../../core/runtime/Progress.ts"
import { Transcript } from "../output/Transcript.ts"
import { previewLimit } from "../output/ValuePreview.ts"
import { failure, made, settled, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import { argumentsOf, callsOf } from "./Arguments.ts"

type Description = NonNullable<Extract<PageRun.RunOutcome, { readonly error?: unknown }>["error"]>

/** Of each of many results. */
const previewOfMany = 500

/** The document of `PageRun.frameDocument`, which the build writes beside the page. */
const frameUrl = new URL("sandbox.html", document.baseURI)

/** One of many calls. */
export interface Call {
  /** Its input, as JSON. */
  readonly input: string
  readonly outcome: PageRun.PreviewOutcome | undefined
}

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
  /** Of one call; of many, their inputs. */
  readonly args: string
  /** Of many calls. */
  readonly calls: ReadonlyArray<Call> | undefined
  readonly transcript: Transcript
  /** What the function that runs says of itself. */
  readonly progress: Progress | undefined
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

/** What a run is called with now. */
const shownArguments = computed(() => Project.inputs.value.trim() === "" ? Project.args.value : Project.inputs.value)

/** Whether the latest run is of another package, or other arguments, than those that are shown. */
export const isStale = computed(() => {
  const run = latest.value
  if (run === undefined) return false
  return made.value?.analysis.digest !== run.digest || run.args !== shownArguments.value
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
  const text = shownArguments.peek()
  const isMany = Project.inputs.peek().trim() !== ""
  const one = isMany ? [] : argumentsOf(text)
  const calls = isMany ? callsOf(text) : typeof one === "string" ? one : [one]
  refused.value = typeof calls === "string" ? calls : undefined
  if (typeof calls === "string") return
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
  const begin = (args: ReadonlyArray<unknown>) =>
    previewInPage({
      packaging: worker,
      zip: analysis.zip,
      args,
      files: request.files,
      timeLimitMillis: timeLimitSeconds.value * 1000,
      frameUrl,
      previewLimit: isMany ? previewOfMany : previewLimit,
      outputLimit: 180_000,
      onOutput: (chunk) => transcript.add(chunk),
      onProgress: (progress) => show({ progress }),
      onRefusedConnection: (address) =>
        transcript.add({ stream: "refused", text: `A connection to ${address} was refused\n` })
    })
  let started: Started = {
    project: Project.id.peek(),
    digest: analysis.digest,
    packageId: analysis.packageId,
    functionName: analysis.functionName,
    args: text,
    calls: isMany ? calls.map(([input]) => ({ input: JSON.stringify(input), outcome: undefined })) : undefined,
    transcript,
    progress: undefined,
    ended: undefined
  }
  const show = (fields: Partial<Started>): void => {
    started = { ...started, ...fields }
    last.value = started
  }
  batch(() => {
    phase.value = "running"
    show({})
  })
  // One after the other: each call has a sandbox of its own
  for (const [index, args] of calls.entries()) {
    show({ progress: undefined })
    const run = begin(args)
    stopRun = () => {
      isStopped = true
      run.stop()
    }
    const outcome = await run.outcome
    if (isMany) {
      show({ calls: started.calls?.map((call, at) => at === index ? { ...call, outcome } : call) })
      if (isStopped) break
      continue
    }
    const error = "error" in outcome ? outcome.error : undefined
    show({ ended: { outcome, stack: error === undefined ? undefined : await explained(error, request) } })
  }
  phase.value = "idle"
}

export const stop = (): void => stopRun()
