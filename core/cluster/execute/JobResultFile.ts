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

/**
 * Reads at most `limitBytes` of the file. A result that is longer comes without its value; one of which even the rest does
 * not fit is read whole. `undefined`: there is none yet.
 */
export const read = (
  transport: typeof Transport.Service,
  directory: string,
  limitBytes = Infinity
): Effect.Effect<ResultFile | undefined, TransportError | ResultEnvelope.ResultEnvelopeError> => {
  const file = `${directory}/${JobDirectory.files.result}`
  const whole = (bytes: Uint8Array) =>
    Effect.map(
      ResultEnvelope.decode(decoder.decode(bytes), file),
      (envelope): ResultFile => ({ envelope, isHead: false })
    )
  const isBounded = Number.isFinite(limitBytes)
  return Effect.gen(function*() {
    const bytes = yield* transport.readFile(file, 0, ...(isBounded ? [limitBytes + 1] : []))
    if (!isBounded || bytes.length <= limitBytes) return yield* whole(bytes)
    const text = decoder.decode(bytes)
    const end = text.indexOf(`${ResultEnvelope.beforeValue}"`)
    const head = end === -1 ? undefined : `${text.slice(0, end)}}`
    const envelope = head === undefined ? undefined : yield* Effect.option(ResultEnvelope.decode(head, file))
    return envelope?._tag === "Some"
      ? { envelope: envelope.value, isHead: true }
      : yield* Effect.flatMap(transport.readFile(file, 0, Math.max(limitBytes, mostHeadBytes) + 1), whole)
  }).pipe(
    Effect.catchIf(
      (error) => error._tag === "TransportError" && error.reason === "NotFound",
      () => Effect.succeed(undefined)
    )
  )
}
