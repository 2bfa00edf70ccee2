/**
 * What the page asks of a deploy endpoint (`clustrix serve`), as promises of plain data. `HttpClient.ts` is it; it brings
 * Effect, and is fetched when somebody connects.
 */

import type { Progress } from "../../../core/runtime/Progress.ts"

/** Why something could not be done, for people. */
export interface Trouble {
  readonly what: string
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** What a {@link Client} rejects with. */
export class TroubleError extends Error {
  readonly trouble: Trouble
  /** Whether the same question may be answered later: nobody is there now, or too much is asked. */
  readonly isPassing: boolean

  constructor(trouble: Trouble, isPassing = false) {
    super(trouble.what)
    this.name = "TroubleError"
    this.trouble = trouble
    this.isPassing = isPassing
  }
}

/** Who answers. */
export interface About {
  /** Of Clustrix. */
  readonly version: string
  /** `slurm`, `ssh`, ... */
  readonly clusterType: string
  /** Largest package that it takes, in bytes. */
  readonly packageBytes: number
}

export type JobState =
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "timed-out"
  | "out-of-memory"
  | "node-failed"
  | "vanished"

export interface JobStatus {
  readonly state: JobState
  readonly reason: string | undefined
  readonly host: string | undefined
}

export interface LogLine {
  readonly stream: "stdout" | "stderr"
  readonly text: string
}

/** How a job ended: with a value in the notation of results, or with an error, whose tag `status` is. */
export type JobEnd =
  | { readonly status: "returned"; readonly value: string }
  | { readonly status: string; readonly trouble: Trouble }

/** What a job may use; what is missing is as the endpoint is configured. */
export interface Limits {
  readonly cores?: number
  /** `8GB` */
  readonly memory?: string
  /** `90m` */
  readonly time?: string
}

export interface Call {
  readonly args: ReadonlyArray<unknown>
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly limits: Limits
}

export interface Client {
  readonly about: (signal: AbortSignal) => Promise<About>
  /** Whether the server has the package. */
  readonly has: (digest: string, signal: AbortSignal) => Promise<boolean>
  readonly upload: (digest: string, zip: Uint8Array, signal: AbortSignal) => Promise<void>
  /** The job's ID. */
  readonly submit: (digest: string, call: Call, signal: AbortSignal) => Promise<string>
  readonly status: (jobId: string, signal: AbortSignal) => Promise<JobStatus>
  /** Gives what is printed and how far the job is, until it ends; goes on where it was when the connection is lost. */
  readonly follow: (
    jobId: string,
    heard: { readonly print: (line: LogLine) => void; readonly progress: (progress: Progress) => void },
    signal: AbortSignal
  ) => Promise<void>
  /** Waits for the end. */
  readonly end: (jobId: string, signal: AbortSignal) => Promise<JobEnd>
  readonly cancel: (jobId: string, signal: AbortSignal) => Promise<void>
}
