/**
 * Runs a package in the page: in a worker inside a frame of an opaque origin, whose content security policy forbids every
 * connection.
 *
 * @example
 * const run = runInPage({ packaging, zip: made.zip, args: ["src"], timeLimitMillis: 10_000, onOutput: print })
 * const outcome = await run.outcome   // { status: "returned", value, text, ... }
 * run.stop()                          // at any time; the outcome is then { status: "cancelled" }
 */
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import type { PackagingWorker } from "../worker/PackagingWorker.ts"

/** What a program prints. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr"
  readonly text: string
}

export interface RunRequest {
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
