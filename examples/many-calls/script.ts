import { simulate } from "./simulate.ts"

// One call, as before; it runs as a job
console.log(await simulate(1))

// Many calls are one job; a call that fails does not touch the others
for await (const outcome of simulate.map([1, 2, 0, 3], { chunk: 2, ordered: true })) {
  console.log(outcome.index, outcome.ok ? outcome.value : outcome.error.message.split("\n")[0])
}

// A job that nobody waits for, until later
const job = await simulate.submit(2)
console.log(await job.result(), (await job.status()).state)

// Another run, perhaps of a program that was ended meanwhile, goes on with what there is
const first = simulate.map([4, 5])
await first.jobId
const second = simulate.map([4, 5], { resume: true })
console.log(await second, (await first.jobId) === (await second.jobId))
