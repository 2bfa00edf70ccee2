/**
 * Reads the call that a client sends.
 */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import * as ForeignJson from "../../../core/archive/ForeignJson.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as ValueCodec from "../../../core/runtime/ValueCodec.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import { ApiCall } from "../../../core/http/ApiJob.ts"
import type { Failure, Tasks } from "./Task.ts"

/** Of a call of `bytes`. Its arguments may be JSON as deep as values can be. */
const limits = (bytes: number): BoundedJson.Limits => ({
  bytes,
  depth: ValueText.maximumDepth + 2,
  elements: mostValues,
  stringBytes: bytes
})

/** Values of a call, in whichever notation. */
const mostValues = 1_000_000

const bad = (what: string, why?: string): Failure => ({
  reason: "BadRequest",
  what,
  ...(why === undefined ? {} : { why }),
  remedy: "Correct the call, and send it again."
})

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const decoded = <A>(text: string, name: string, is: (value: unknown) => value is A, kind: string) =>
  Effect.suspend(() => {
    const excess = BoundedJson.excess(text, { bytes: Infinity, depth: 2, elements: mostValues, stringBytes: Infinity })
    return excess === undefined
      ? Effect.mapError(ValueCodec.decode(text), (error) => bad(`The ${name} are no value text`, error.why))
      : Effect.fail(bad(`The ${name} are no value text that this server takes`, excess))
  }).pipe(
    Effect.filterOrFail(is, () => bad(`The ${name} are not an ${kind}`))
  )

const decodeList = (call: ApiCall): Effect.Effect<ReadonlyArray<unknown>, Failure> => {
  if (call.arguments === undefined) return Effect.succeed(call.json ?? [])
  if (call.json !== undefined) return Effect.fail(bad("A call has `arguments` or `json`, not both"))
  return decoded(call.arguments, "arguments", isList, "array")
}

const decoder = new TextDecoder("utf-8", { fatal: true })

export const callTask = (
  { body, limitBytes }: Tasks["call"]["input"]
): Effect.Effect<Tasks["call"]["output"], Failure> =>
  Effect.gen(function*() {
    const noCall = (why: string): Failure => ({
      reason: "BadRequest",
      what: "This is no call",
      why,
      remedy: "/docs shows what a call looks like."
    })
    const text = yield* Effect.try({
      try: () => decoder.decode(body),
      catch: () => noCall("It is not UTF-8.")
    })
    const read = ForeignJson.decoder(ApiCall, limits(limitBytes), { onExcessProperty: "error" })
    const call = yield* Effect.mapError(read(text), ({ why }) => noCall(why))
    const args = yield* decodeList(call)
    const options = call.options === undefined
      ? {}
      : yield* decoded(call.options, "options", isRecord, "object")
    const encoded = yield* Effect.mapError(
      Invocation.encodeCall(args, options),
      (error) => bad(Quotation.plain(error.what, 1000))
    )
    return {
      digest: call.digest,
      ...encoded,
      limits: call.limits,
      fingerprint: createHash("sha256").update(body).digest("hex")
    }
  })
