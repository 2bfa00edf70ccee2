/**
 * How a deploy endpoint is run.
 */
import * as Duration from "effect/Duration"
import type { Tokens } from "./Tokens.ts"

export interface Limits {
  /** The largest package, in bytes. */
  readonly packageBytes: number
  /** What a package may have unpacked, in bytes. */
  readonly unpackedBytes: number
  /** The largest call, in bytes of its JSON. */
  readonly callBytes: number
  /** The largest result that is handed on, in bytes of its file. */
  readonly resultBytes: number
  /** Results of more than a mebibyte at once. */
  readonly results: number
  /** Requests of one address in a minute. */
  readonly requestsPerMinute: number
  /** Requests at once. */
  readonly requests: number
  /** Uploads at once. */
  readonly uploads: number
  /** Streams of logs and waits for results at once. */
  readonly streams: number
  /** Jobs that have not ended. */
  readonly jobs: number
  /** The slowest that a body may come, in bytes a second. */
  readonly bodyBytesPerSecond: number
  /** For looking at a package, and at anything else that a client sends. */
  readonly packageTime: Duration.Duration
  readonly callTime: Duration.Duration
  /** For the head of a request. */
  readonly headTime: Duration.Duration
  /** For a whole request. */
  readonly requestTime: Duration.Duration
  /** For requests that are under way when the server ends. */
  readonly graceTime: Duration.Duration
}

export const defaultLimits: Limits = {
  packageBytes: 256 * 1_048_576,
  unpackedBytes: 2048 * 1_048_576,
  callBytes: 8 * 1_048_576,
  resultBytes: 32 * 1_048_576,
  results: 4,
  requestsPerMinute: 1200,
  requests: 512,
  uploads: 8,
  streams: 64,
  jobs: 256,
  bodyBytesPerSecond: 1024,
  packageTime: Duration.minutes(2),
  callTime: Duration.seconds(20),
  headTime: Duration.seconds(10),
  requestTime: Duration.minutes(10),
  graceTime: Duration.seconds(10)
}

export interface ServeOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly tokens: Tokens
  /** Origins of the pages that may ask, such as `https://example.org`. */
  readonly origins: ReadonlyArray<string>
  readonly limits: Limits
  /** Whether who has one token neither sees nor cancels the jobs of others. */
  readonly privateJobs?: boolean | undefined
  /** Certificate and key, as PEM: then it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Hears a line of JSON for each request. */
  readonly audit: (line: string) => void
}

/** Addresses that no other machine can speak to. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)
