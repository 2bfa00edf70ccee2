/**
 * The `result` file of a job. Its value may be large and is written last, so that what lies before it can be read alone.
 */
import * as Effect from "effect/Effect"
import * as ResultEnvelope from "../../runtime/ResultEnvelope.ts"
import type { Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"

/** What `read` found. */
export interface ResultFile {
  readonly envelope: ResultEnvelope.ResultEnvelope
  /** Without its value, for that did not fit. */
  readonly isHead: boolean
}

const decoder = new TextDecoder()

/** The most that is read of a result without its value. */
const mostHeadBytes = 67_108_864

const fileIn = (directory: string): string => `${directory}/${JobDirectory.files.result}`

/** The result in the whole text of the file. */
export const whole = (
  directory: string,
  text: string
): Effect.Effect<ResultFile, ResultEnvelope.ResultEnvelopeError> =>
  Effect.map(ResultEnvelope.decode(text, fileIn(directory)), (envelope) => ({ envelope, isHead: false }))

/** The result without its value, in the beginning of a file that is longer; one of which even the rest does not fit is read whole. */
export const head = (
  transport: typeof Transport.Service,
  directory: string,
  text: string,
  limitBytes: number
): Effect.Effect<ResultFile, TransportError | ResultEnvelope.ResultEnvelopeError> => {
  const end = text.indexOf(`${ResultEnvelope.beforeValue}"`)
  const known = end === -1
    ? Effect.succeedNone
    : Effect.option(ResultEnvelope.decode(`${text.slice(0, end)}}`, fileIn(directory)))
  return Effect.flatMap(known, (envelope) =>
    envelope._tag === "Some"
      ? Effect.succeed({ envelope: envelope.value, isHead: true })
      : Effect.flatMap(
        transport.readFile(fileIn(directory), 0, Math.max(limitBytes, mostHeadBytes) + 1),
        (bytes) => whole(directory, decoder.decode(bytes))
      ))
}

/**
 * Reads at most `limitBytes` of the file. A result that is longer comes without its value. `undefined`: there is none yet.
 */
export const read = (
  transport: typeof Transport.Service,
  directory: string,
  limitBytes = Infinity
): Effect.Effect<ResultFile | undefined, TransportError | ResultEnvelope.ResultEnvelopeError> =>
  Effect.gen(function*() {
    const isBounded = Number.isFinite(limitBytes)
    const bytes = yield* transport.readFile(fileIn(directory), 0, ...(isBounded ? [limitBytes + 1] : []))
    const text = decoder.decode(bytes)
    return yield* bytes.length <= limitBytes ? whole(directory, text) : head(transport, directory, text, limitBytes)
  }).pipe(
    Effect.catchIf(
      (error) => error._tag === "TransportError" && error.reason === "NotFound",
      () => Effect.succeed(undefined)
    )
  )
