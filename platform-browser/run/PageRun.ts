/**
 * Runs a package in the page: in a worker inside a frame of an opaque origin, whose content security policy forbids every
 * connection. Nothing of the page can be reached from there: no DOM, no storage, no cookie; and the worker is ended with the
 * frame, whatever it is doing.
 *
 * A page with a policy of its own must allow what the frame needs, which inherits it: `'unsafe-eval'` in `script-src`, and
 * `worker-src blob:`. The frame's own script has the hash {@link frameScriptHash}.
 *
 * @example
 * const run = runInPage({ packaging, zip: made.zip, args: ["src"], timeLimitMillis: 10_000, onOutput: print })
 * const outcome = await run.outcome   // { status: "returned", value, text, ... }
 * run.stop()                          // at any time; the outcome is then { status: "cancelled" }
 */
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"
import type { PackagingWorker } from "../worker/PackagingWorker.ts"
import type { LinkedProgram } from "./LinkedProgram.ts"
import type { Ending, FromSandbox, Start } from "./sandbox/Message.ts"

/** What a program prints. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr"
  readonly text: string
}

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
  readonly onOutput?: ((chunk: OutputChunk) => void) | undefined
  /** The policy forbids connections; this is called with what was refused. */
  readonly onRefusedConnection?: ((address: string) => void) | undefined
}

/** How a run ended; the words are those of a job's result. */
export type RunOutcome =
  & { readonly elapsedMillis: number }
  & (
    | {
      readonly status: "returned"
      readonly value: unknown
      /** The value in the notation of the result envelope. */
      readonly text: string
      /** What was written: paths below the working directory. */
      readonly written: Readonly<Record<string, Uint8Array>>
    }
    | { readonly status: "threw"; readonly error: Description }
    | {
      readonly status: "not-carried" | "not-loaded" | "uncaught" | "exited" | "timed-out" | "cancelled"
      readonly message: string
      readonly error?: Description | undefined
    }
  )

export interface PageRun {
  readonly outcome: Promise<RunOutcome>
  readonly stop: () => void
}

const defaultTimeLimitMillis = 30_000

/** Starts the worker from the text that it is sent, and hands the port on. */
const frameScript = "addEventListener(\"message\",({data:[text,start],ports})=>{" +
  "const worker=new Worker(URL.createObjectURL(new Blob([text],{type:\"text/javascript\"})));" +
  "worker.addEventListener(\"error\",({message})=>parent.postMessage({clustrix:\"worker-failed\",message},\"*\"));" +
  "worker.postMessage(start,ports)},{once:true})"

/** For the `script-src` of a page that has a policy. */
export const frameScriptHash = "sha256-Qrj8bN/SxM3m8wdhZVW/lfAWda1JjmBfOqvkIzTKL9I="

const policy = [
  "default-src 'none'",
  `script-src '${frameScriptHash}' 'unsafe-eval'`,
  "worker-src blob:",
  "connect-src 'none'"
].join("; ")

const frameDocument =
  `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
  `<script>${frameScript}</script>`

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

const outcomeOf = (ending: Ended, elapsedMillis: number): RunOutcome => {
  if (ending.status === "returned") {
    const { value: text, written } = ending
    try {
      return { status: "returned", value: ValueText.decode(text), text, written, elapsedMillis }
    } catch (cause) {
      // A program may have spoken for its runner
      return { status: "not-carried", message: `What it returned cannot be read: ${String(cause)}`, elapsedMillis }
    }
  }
  if ("message" in ending) return { status: ending.status, message: ending.message, elapsedMillis }
  if (ending.status === "threw") return { status: "threw", error: ending.error, elapsedMillis }
  const message = ending.error.type === "error" ? ending.error.message : ending.error.printed
  return { status: ending.status, message, error: ending.error, elapsedMillis }
}

/** The frame with its worker, from the first message to the last. */
const runInFrame = (
  start: Start,
  sandbox: string,
  { onOutput, onRefusedConnection }: Pick<RunRequest, "onOutput" | "onRefusedConnection">,
  end: (ending: Ended) => void
): () => void => {
  const frame = document.createElement("iframe")
  frame.setAttribute("sandbox", "allow-scripts")
  frame.setAttribute("aria-hidden", "true")
  frame.tabIndex = -1
  frame.style.display = "none"
  frame.srcdoc = frameDocument
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", ({ data }: MessageEvent<FromSandbox>) => {
    if (data.type === "ended") end(data.ending)
    else if (data.type === "output") onOutput?.({ stream: data.stream, text: data.text })
    else onRefusedConnection?.(data.address)
  })
  port1.start()
  const failed = ({ data, source }: MessageEvent<{ readonly clustrix?: string; readonly message?: string }>): void => {
    if (source !== frame.contentWindow || data?.clustrix !== "worker-failed") return
    end({ status: "not-loaded", message: `The worker of the run failed: ${String(data.message)}` })
  }
  addEventListener("message", failed)
  // The frame's origin is opaque: nothing else names it
  frame.addEventListener("load", () => frame.contentWindow?.postMessage([sandbox, start], "*", [port2]), { once: true })
  document.body.append(frame)
  return () => {
    removeEventListener("message", failed)
    port1.close()
    // Its worker goes with it
    frame.remove()
  }
}

/** Runs the package's function. The outcome never rejects. */
export const runInPage = (request: RunRequest): PageRun => {
  const { args = [], files = {}, kwargs = {}, packaging, timeLimitMillis = defaultTimeLimitMillis, zip } = request
  const begun = performance.now()
  const abort = new AbortController()
  let settle: (outcome: RunOutcome) => void = () => undefined
  let release: () => void = () => undefined
  let ended = false
  const outcome = new Promise<RunOutcome>((resolve) => {
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
    release = runInFrame({ program, args: positional.text, kwargs: named.text, files }, sandbox, request, end)
  }
  begin().catch((cause: unknown) => end({ status: "not-loaded", message: String(cause) }))
  return { outcome, stop: () => end({ status: "cancelled", message: "The run was stopped" }) }
}
