import { simulate } from "../many-calls/simulate.ts" // cluster({ cores: 1, time: "10m" })(async (seed: number) => ...)

console.log(await simulate(1)) // 3.144268
console.log(await simulate.map([1, 2, 3])) // [ 3.144268, 3.14314, 3.143332 ]

const failed: Array<number> = []
for await (const outcome of simulate.map([4, -1, 5], { chunk: 2, concurrency: 100, retry: 1 })) {
  if (!outcome.ok) failed.push(outcome.index)
}
console.log(failed) // [ 1 ]
