/**
 * Many calls as they should not be made, and what comes of it: a line of JSON each.
 */
import * as fs from "node:fs"
import { exits, gated, half } from "./unluckyFunctions.ts"

const [place = ""] = process.argv.slice(2)
const print = (label: string, value: unknown): void => console.log(JSON.stringify([label, value]))
const failure = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return ["gave", await promise]
  } catch (error) {
    return error instanceof Error
      ? [Reflect.get(error, "_tag") ?? error.name, Reflect.get(error, "reason") ?? error.message.split(":")[0]]
      : error
  }
}

print("a function among the inputs", await failure(half.map([1, () => 2])))
print(
  "inputs that throw",
  await failure(half.map((function*() {
    yield 1
    throw new RangeError("no more")
  })()))
)
// JavaScript does not know the types
print("no inputs at all", await failure(half.map(undefined as unknown as ReadonlyArray<number>)))
print("no number", await failure(half.map([1], { concurrency: Number.NaN })))
print("an empty list", await half.map([]))
print("an infinite chunk", await half.map([2, 4], { chunk: Infinity, concurrency: Infinity }))

const run = half.map([2])
const values = run[Symbol.asyncIterator]()
// All at once, and once too often
print("next", await Promise.all([values.next(), values.next(), values.next()]))
print("other inputs", await failure(half.map([6], { resume: await run.jobId })))
print("the same inputs", await half.map([2], { resume: await run.jobId }))

const waiting = gated.map([{ n: 1, place }])[Symbol.asyncIterator]()
const pending = waiting.next()
while (!fs.existsSync(`${place}/ran-1`)) await new Promise((resolve) => setTimeout(resolve, 50))
print("return", [await waiting.return?.(), await pending, await waiting.next()])

const left = gated.map([0, 2, 3].map((n) => ({ n, place })), { concurrency: 1 })
for await (const { index } of left) {
  print("left at", index)
  break
}
print("ran", fs.existsSync(`${place}/ran-3`))
const rest: Array<unknown> = []
for await (const outcome of left) rest.push([outcome.index, outcome.ok || outcome.error._tag])
print("left", rest.sort())

const ended: Array<unknown> = []
for await (const outcome of exits.map([0, 1, 2], { chunk: 3, ordered: true, retry: 1 })) {
  ended.push(outcome.ok ? outcome.value : [outcome.error._tag, Reflect.get(outcome.error, "reason")])
}
print("ends the process", ended)
