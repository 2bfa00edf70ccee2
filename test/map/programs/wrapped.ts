/**
 * Calls the functions of `functions.ts`; prints what they give, a line of JSON each.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { inverse, later, Model, scale, square, sumOfSquares } from "./functions.ts"

const print = (label: string, value: unknown): void => console.log(JSON.stringify([label, value]))

const failure = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "_tag" in error ? error._tag : `${error}`

const value: number = await square(4)
print("top level", value)
print("name", [square.name, square.length])
print("calls another", await sumOfSquares([1, 2, 3]))
print("captured", await scale(3)(5))
print("effect", await Effect.runPromise(square.effect(5)))
print("static method", await Model.predict(1))

const job = await later("asynchronous")
print("job", [typeof job.jobId, await job.result(), (await job.status()).state])

const run = square.map([3, 2, 1])
print("values", await run)
const seen: Array<unknown> = []
for await (const outcome of inverse.map([2, 0, 4], { chunk: 2, ordered: true })) {
  seen.push(outcome.ok ? [outcome.index, outcome.value] : [outcome.index, failure(outcome.error)])
}
print("outcomes", seen)
const streamed = await Effect.runPromise(Stream.runCollect(square.stream([7, 8], { ordered: true })))
print("stream", Chunk.toReadonlyArray(streamed))

// What was done is not done again
const again = square.map([3, 2, 1], { resume: true })
print("resumed", [await again, (await again.jobId) === (await run.jobId)])
