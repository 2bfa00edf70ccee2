/**
 * Runs a package in the page: in a worker inside a frame of an opaque origin, whose content security policy forbids every
 * connection. Nothing of the page can be reached from there: no DOM, no storage, no cookie; and the worker is ended with the
 * frame, whatever it is doing.
 *
 * A page with a policy of its own serves {@link frameDocument} as a file and gives its address as `frameUrl`: the frame then
 * has a policy of its own, and the page's needs no more than `frame-src 'self'`. Without an address the frame inherits the
 * page's policy, which must then allow `'unsafe-eval'` and {@link frameScriptHash} in `script-src`, and `worker-src blob:`.
 *
 * @example
 * const run = runInPage({ packaging, zip: made.zip, args: ["src"], timeLimitMillis: 10_000, onOutput: print })
 * const outcome = await run.outcome   // { status: "returned", value, text, ... }
 * run.stop()                          // at any time; the outcome is then { status: "cancelled" }
 */
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import type * as Progress from "../../core/runtime/Progress.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"
import type { PackagingWorker } from "../worker/PackagingWorker.ts"
import type { LinkedProgram } from "./LinkedProgram.ts"
import { frameDocument, frameScriptHash } from "./Frame.ts"
import type { Ending, FromSandbox, OutputChunk, Start } from "./sandbox/Message.ts"
import type { Preview, WrittenFile } from "./Preview.ts"

export { frameDocument, frameScriptHash }
export type { OutputChunk, Preview, WrittenFile }

export interface RunRequest {
  /** Verifies and links the package. */
  readonly packaging: PackagingWorker
  readonly zip: Uint8Array
  readonly args?: ReadonlyArray<unknown> | undefined
  /** Passed as the last argument when it has any key. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
  /** Files that the cluster functions and `node:fs` see beside those of the package, by path below the root. */
  readonly files?: Readonly<Record<string, string | Uint8Array>> | undefined
  /** By default 30 seconds. */
  readonly timeLimitMillis?: number | undefined
  /** Where the page serves {@link frameDocument}; without it the frame has no address, and inherits the page's policy. */
  readonly frameUrl?: string | URL | undefined
  /** What is printed beyond so many UTF-16 code units is not sent; by default 4 MiB. */
  readonly outputLimit?: number | undefined
  /** Called with what was printed in a moment, in order. */
  readonly onOutput?: ((chunk: OutputChunk) => void) | undefined
  /** Called with what the function says of itself with `progress`, at most once in a quarter of a second. */
  readonly onProgress?: ((progress: Progress.Progress) => void) | undefined
  /** The policy forbids connections; this is called with what was refused. */
  readonly onRefusedConnection?: ((address: string) => void) | undefined
}

/** How a run ended that gave no value; the words are those of a job's result. */
export type RunFailure =
  & { readonly elapsedMillis: number }
  & (
    | { readonly status: "threw"; readonly error: Description }
    | {
      readonly status: "not-carried" | "not-loaded" | "uncaught" | "exited" | "timed-out" | "cancelled"
      readonly message: string
      readonly error?: Description | undefined
    }
  )

export type RunOutcome = RunFailure | {
  readonly status: "returned"
  readonly elapsedMillis: number
  readonly value: unknown
  /** The value in the notation of the result envelope. */
  readonly text: string
  /** What was written: paths below the working directory. */
  readonly written: Readonly<Record<string, Uint8Array>>
}

/** The outcome of {@link previewInPage}: texts of limited length, and files that are read when somebody wants them. */
export type PreviewOutcome = RunFailure | {
  readonly status: "returned"
  readonly elapsedMillis: number
  readonly preview: Preview
  /** Of the files that were written, the first ones, and how many there are. */
  readonly written: ReadonlyArray<WrittenFile>
  readonly writtenCount: number
}

export interface PageRun<Outcome = RunOutcome> {
  readonly outcome: Promise<Outcome>
  readonly stop: () => void
}

const defaultTimeLimitMillis = 30_000
const defaultOutputLimit = 4_194_304

/** What cannot be carried into the frame. */
const encoded = (subject: string, value: unknown): { readonly text: string } | { readonly message: string } => {
  const result = ValueText.encode(value)
  return result.ok ? { text: result.text }
    : { message: `${subject} cannot be carried: ${result.refusal.path} is ${result.refusal.description}` }
}

type Ended = Ending | {
  readonly status: "not-carried" | "not-loaded" | "timed-out" | "cancelled"
  readonly message: string
}

type Value = Extract<Ended, { readonly status: "returned" | "previewed" }>

const failureOf = (ended: Exclude<Ended, Value>, elapsedMillis: number): RunFailure => {
  if ("message" in ended) return { status: ended.status, message: ended.message, elapsedMillis }
  if (ended.status === "threw") return { status: "threw", error: ended.error, elapsedMillis }
  const message = ended.error.type === "error" ? ended.error.message : ended.error.printed
  return { status: ended.status, message, error: ended.error, elapsedMillis }
}

/** A program may have spoken for its runner. */
const unexpected = (elapsedMillis: number, cause: unknown): RunFailure => ({
  status: "not-carried",
  message: `What it returned cannot be read: ${String(cause)}`,
  elapsedMillis
})

const valueOf = (ended: Ended, elapsedMillis: number): RunOutcome => {
  if (ended.status === "previewed") return unexpected(elapsedMillis, "it is a preview")
  if (ended.status !== "returned") return failureOf(ended, elapsedMillis)
  const { value: text, written } = ended
  try {
    return { status: "returned", value: ValueText.decode(text), text, written, elapsedMillis }
  } catch (cause) {
    return unexpected(elapsedMillis, cause)
  }
}

const previewOf = (ended: Ended, elapsedMillis: number): PreviewOutcome => {
  if (ended.status === "returned") return unexpected(elapsedMillis, "it is no preview")
  if (ended.status !== "previewed") return failureOf(ended, elapsedMillis)
  const { preview, written } = ended
  return { status: "returned", preview, written: written.files, writtenCount: written.count, elapsedMillis }
}

/** How long the document of the frame may take to load, in ms. */
const frameLimitMillis = 3_000

/** Without the attribute, the answer's own header must make the origin opaque; the document does nothing otherwise. */
const frameOf = (url: string | URL | undefined, hasAttribute: boolean): HTMLIFrameElement => {
  const frame = document.createElement("iframe")
  if (hasAttribute) frame.setAttribute("sandbox", "allow-scripts")
  frame.setAttribute("aria-hidden", "true")
  frame.tabIndex = -1
  frame.style.display = "none"
  if (url === undefined) frame.srcdoc = frameDocument
  else frame.src = String(url)
  return frame
}

/** The frame with its worker, from the first message to the last. */
const runInFrame = (
  start: Start,
  sandbox: string,
  { frameUrl, onOutput, onProgress, onRefusedConnection }: Pick<
    RunRequest,
    "frameUrl" | "onOutput" | "onProgress" | "onRefusedConnection"
  >,
  end: (ending: Ended) => void
): () => void => {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", ({ data }: MessageEvent<FromSandbox>) => {
    if (data.type === "ended") end(data.ending)
    else if (data.type === "output") { for (const { stream, text } of data.chunks) onOutput?.({ stream, text }) }
    else if (data.type === "progress") onProgress?.(data.progress)
    else onRefusedConnection?.(data.address)
  })
  port1.start()
  let frame = frameOf(frameUrl, true)
  const heard = ({ data, source }: MessageEvent<{ readonly clustrix?: string; readonly message?: string }>): void => {
    if (source !== frame.contentWindow) return
    if (data?.clustrix === "worker-failed") {
      end({ status: "not-loaded", message: `The worker of the run failed: ${String(data.message)}` })
    }
    if (data?.clustrix !== "ready") return
    clearTimeout(timer)
    // The frame's origin is opaque: nothing else names it
    frame.contentWindow?.postMessage([sandbox, start], "*", [port2])
  }
  addEventListener("message", heard)
  document.body.append(frame)
  const missing = (): void =>
    end({ status: "not-loaded", message: "The document of the sandbox cannot be loaded: is there a network?" })
  let timer = setTimeout(() => {
    if (
      frameUrl === undefined || !("serviceWorker" in navigator) ||
      navigator.serviceWorker.controller === null
    ) return missing()
    // A frame with the attribute is loaded past the service worker, which may have the document, and the header for it
    frame.remove()
    frame = frameOf(frameUrl, false)
    document.body.append(frame)
    timer = setTimeout(missing, frameLimitMillis)
  }, frameLimitMillis)
  return () => {
    clearTimeout(timer)
    removeEventListener("message", heard)
    port1.close()
    // Its worker goes with it
    frame.remove()
  }
}

const run = <Outcome>(
  request: RunRequest,
  previewLimit: number | undefined,
  outcomeOf: (ended: Ended, elapsedMillis: number) => Outcome
): PageRun<Outcome> => {
  const {
    args = [],
    files = {},
    kwargs = {},
    outputLimit = defaultOutputLimit,
    packaging,
    timeLimitMillis = defaultTimeLimitMillis,
    zip
  } = request
  const begun = performance.now()
  const abort = new AbortController()
  let settle: (outcome: Outcome) => void = () => undefined
  let release: () => void = () => undefined
  let ended = false
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  const end = (ending: Ended): void => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    release()
    abort.abort()
    settle(outcomeOf(ending, performance.now() - begun))
  }
  const timer = setTimeout(
    () =>
      end({
        status: "timed-out",
        message: `The function was still running after its time limit of ${timeLimitMillis / 1000} s`
      }),
    timeLimitMillis
  )
  const begin = async (): Promise<void> => {
    const [positional, named] = [encoded("The arguments", args), encoded("The options object", kwargs)]
    if ("message" in positional) return end({ status: "not-carried", message: positional.message })
    if ("message" in named) return end({ status: "not-carried", message: named.message })
    let program: LinkedProgram
    try {
      program = await packaging.link(zip, { signal: abort.signal })
    } catch (error) {
      return end({ status: "not-loaded", message: error instanceof Error ? error.message : String(error) })
    }
    // Only who runs something needs it
    const { sandbox } = await import("./sandbox.generated.ts")
    if (ended) return
    const start: Start = {
      program,
      args: positional.text,
      kwargs: named.text,
      files,
      outputLimit,
      previewLimit
    }
    release = runInFrame(start, sandbox, request, end)
  }
  begin().catch((cause: unknown) => end({ status: "not-loaded", message: String(cause) }))
  return { outcome, stop: () => end({ status: "cancelled", message: "The run was stopped" }) }
}

/** Runs the package's function. The outcome never rejects. */
export const runInPage = (request: RunRequest): PageRun => run(request, undefined, valueOf)

/**
 * Runs the package's function for somebody who looks at the result: it comes as text of at most `previewLimit` UTF-16 code
 * units, made in the sandbox, so that a result of any size takes none of the page's time. The outcome never rejects.
 */
export const previewInPage = (request: RunRequest & { readonly previewLimit: number }): PageRun<PreviewOutcome> =>
  run(request, request.previewLimit, previewOf)
