/**
 * What the threads of the deploy endpoint do, as plain data on both sides.
 */
import type { ApiCall } from "../../../core/http/ApiJob.ts"

/** A package that was looked at. */
export interface SeenPackage {
  readonly packageId: string
  readonly functionName: string
  readonly sizeBytes: number
}

/** A call whose parts were decoded, and written anew. */
export interface ReadCall {
  readonly digest: string
  /** Value texts, as an invocation has them. */
  readonly arguments: string
  readonly options: string
  readonly limits: ApiCall["limits"]
  /** SHA-256 of what was sent. */
  readonly fingerprint: string
}

export interface Tasks {
  /** Opens the package at `path`; with `everyByte`, all of it is verified. */
  readonly package: {
    readonly input: {
      readonly path: string
      readonly digest: string
      readonly unpackedBytes: number
      readonly everyByte: boolean
    }
    readonly output: SeenPackage
  }
  /** Reads the body of a call. */
  readonly call: {
    readonly input: { readonly body: Uint8Array; readonly limitBytes: number }
    readonly output: ReadCall
  }
  /** Makes the answer of a result from the job's file. */
  readonly result: {
    readonly input: { readonly jobId: string; readonly bytes: Uint8Array }
    readonly output: { readonly body: Uint8Array }
  }
}

/** Why there is no output. `reason` of a package: as its error says. */
export interface Failure {
  readonly reason: "TimedOut" | "TooLarge" | "Broken" | "BadRequest" | (string & {})
  readonly what: string
  readonly why?: string | undefined
  readonly remedy: string
}

export type Request = { readonly [K in keyof Tasks]: { readonly kind: K; readonly input: Tasks[K]["input"] } }[
  keyof Tasks
]

/** What a thread sends back. `heapBytes`: what its heap has grown to. */
export type Message = Reply & { readonly heapBytes: number }

export type Reply = { readonly output: Tasks[keyof Tasks]["output"] } | { readonly failure: Failure }
