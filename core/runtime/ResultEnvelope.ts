/**
 * How a job ended: the `result` file of its directory, written by the runner under a temporary name and renamed.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../archive/BoundedJson.ts"
import * as ForeignJson from "../archive/ForeignJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { Description } from "./ErrorDescription.ts"

export const format = "clustrix-result"
export const formatVersion = 1

/**
 * - `returned`: `value` is the result.
 * - `threw`: the function threw, or its promise was rejected.
 * - `not-carried`: it returned something that cannot cross; `refusal` says what and where.
 * - `not-loaded`: the package's modules could not be loaded, or have no such function.
 * - `bad-invocation`: the invocation or the command line cannot be understood.
 * - `uncaught`: an exception or rejection that nobody caught ended the process.
 * - `exited`: the function ended the process by `process.exit`.
 * - `unsettled`: its promise can never settle, because nothing is left to do.
 * - `out-of-memory`: the runtime's heap was exhausted.
 * - `timed-out`, `cancelled`: the job was ended from outside.
 * - `killed`: a signal ended it that nobody of ours sent (often the kernel's out-of-memory killer).
 */
export const Status = Schema.Literal(
  "returned",
  "threw",
  "not-carried",
  "not-loaded",
  "bad-invocation",
  "uncaught",
  "exited",
  "unsettled",
  "out-of-memory",
  "timed-out",
  "cancelled",
  "killed"
)
export type Status = typeof Status.Type

/** Milliseconds since 1970, as far as there are dates. */
export const Moment = Schema.Number.pipe(Schema.between(0, 8.64e15))

/** What a process ends with. */
const ExitCode = Schema.Int.pipe(Schema.between(-2_147_483_648, 2_147_483_647))

/** Of a machine, a runtime, a signal. */
const Name = Schema.String.pipe(Schema.maxLength(255))

const ErrorDescription: Schema.Schema<Description> = Schema.suspend(() =>
  Schema.Union(
    Schema.Struct({
      type: Schema.Literal("error"),
      name: Schema.String,
      message: Schema.String,
      stack: Schema.optionalWith(Schema.String, { exact: true }),
      cause: Schema.optionalWith(ErrorDescription, { exact: true }),
      errors: Schema.optionalWith(Schema.Array(ErrorDescription), { exact: true }),
      properties: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), { exact: true }),
      lost: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), { exact: true })
    }),
    Schema.Struct({
      type: Schema.Literal("value"),
      printed: Schema.String,
      value: Schema.optionalWith(Schema.String, { exact: true })
    })
  )
)

export const ResultEnvelope = Schema.Struct({
  format: Schema.Literal(format),
  formatVersion: Schema.Literal(formatVersion),
  status: Status,
  /** Value text of what the function returned. */
  value: Schema.optional(Schema.String),
  /** What was thrown. */
  error: Schema.optional(ErrorDescription),
  /** What could not be carried, and where. */
  refusal: Schema.optional(Schema.Struct({ path: Schema.String, kind: Schema.String, description: Schema.String })),
  /** What happened, in a sentence, when there is no `error` to say it. */
  message: Schema.optional(Schema.String),
  /** By the clock of the machine that ran the job. */
  startedAt: Moment,
  finishedAt: Moment,
  host: Name,
  /** What the process ended with; {@link file://./ExitCode.ts}. */
  exitCode: ExitCode,
  signal: Schema.optional(Name),
  /** Of the process that ran the function; missing where it could not be measured. */
  peakMemoryBytes: Schema.optional(Schema.Number.pipe(Schema.between(0, Number.MAX_SAFE_INTEGER))),
  runtime: Schema.Struct({ name: Name, version: Name })
})
export type ResultEnvelope = typeof ResultEnvelope.Type

/** A `result` file that is none. */
export class ResultEnvelopeError extends Schema.TaggedError<ResultEnvelopeError>()("ResultEnvelopeError", {
  file: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Of all but the value. An error has 50 causes below one another, and values of its properties as texts. */
const limits: BoundedJson.Limits = { bytes: 67_108_864, depth: 256, elements: 500_000, stringBytes: 67_108_864 }

const parse = ForeignJson.decoder(ResultEnvelope, limits)
const parseValue = ForeignJson.decoder(Schema.String, {
  bytes: 536_870_888,
  depth: 0,
  elements: 1,
  stringBytes: 536_870_888
})

/** What stands before the value. In a string every quote has a backslash before it: only the envelope's own field reads like this. */
export const beforeValue = ",\"value\":"

/** The value comes last, so that it is one text whatever else there is; a text without one is whole. */
const parseParts = (text: string): Effect.Effect<ResultEnvelope, ForeignJson.ForeignJsonError> => {
  const at = text.length <= BoundedJson.small.bytes ? -1 : text.indexOf(`${beforeValue}"`)
  if (at === -1) return parse(text)
  return Effect.zipWith(
    parse(`${text.slice(0, at)}}`),
    parseValue(text.slice(at + beforeValue.length, text.lastIndexOf("}"))),
    (envelope, value) => ({ ...envelope, value })
  )
}

/** Reads the text of a result; `file` is named in the error. */
export const decode = (text: string, file: string): Effect.Effect<ResultEnvelope, ResultEnvelopeError> =>
  Effect.mapError(
    parseParts(text),
    ({ why }) =>
      new ResultEnvelopeError({
        file,
        what: `${file} is not a result of Clustrix`,
        why,
        remedy: "Something else wrote to the job's directory: run the job again."
      })
  )
