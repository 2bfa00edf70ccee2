/**
 * From a job's result to the answer of who asks for it.
 */
import * as Effect from "effect/Effect"
import * as ResultEnvelope from "../../../core/runtime/ResultEnvelope.ts"
import type { Failure, Tasks } from "./Task.ts"

const failed = (why: string): Failure => ({
  reason: "ResultEnvelopeError",
  what: "The result of the job cannot be understood",
  why,
  remedy: "Something else wrote to the job's directory: run the job again."
})

export const resultTask = (
  { bytes, jobId }: Tasks["result"]["input"]
): Effect.Effect<Tasks["result"]["output"], Failure> =>
  Effect.gen(function*() {
    const envelope = yield* Effect.mapError(
      ResultEnvelope.decode(new TextDecoder().decode(bytes), "result"),
      (error) => failed(error.why ?? error.what)
    )
    if (envelope.status !== "returned") return yield* Effect.fail(failed("It has changed since."))
    const answer = { _tag: "Returned", jobId, value: envelope.value ?? "-1" }
    return { body: new TextEncoder().encode(JSON.stringify(answer)) }
  })
