/**
 * `progress` in a job's directory: how far the function is, by its own words.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as Progress from "../../runtime/Progress.ts"
import { Moment } from "../../runtime/ResultEnvelope.ts"
import type { Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"

const Amount = Schema.Number.pipe(Schema.between(0, Number.MAX_VALUE))

/** As the runner writes it. */
export const JobProgress = Schema.Struct({
  done: Amount,
  total: Amount,
  note: Schema.optional(Schema.String.pipe(Schema.maxLength(Progress.longestNote))),
  /** When it was said: milliseconds since 1970, by the clock of the machine that runs the job. */
  at: Moment
})
export type JobProgress = typeof JobProgress.Type

const parser = <A, I>(schema: Schema.Schema<A, I>): (text: string) => A | undefined => {
  const decode = Schema.decodeUnknownEither(schema)
  return (text) =>
    Either.getOrUndefined(Either.flatMap(Either.try(() => BoundedJson.parse(text, BoundedJson.small)), decode))
}

/** From the file's text. The function may write there what it likes; what is no progress says nothing about the job. */
export const parse = parser(JobProgress)

/** The same without a time. */
export const parseSaid = parser(JobProgress.pick("done", "total", "note"))

/** `undefined` when the function has said nothing. */
export const read = (
  transport: typeof Transport.Service,
  directory: string
): Effect.Effect<JobProgress | undefined, TransportError> =>
  Effect.map(
    JobDirectory.readText(transport, directory, JobDirectory.files.progress, BoundedJson.small.bytes + 1),
    (text) => text === undefined ? undefined : parse(text)
  )
