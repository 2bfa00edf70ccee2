/**
 * A tiny job, the whole way: packaged, deployed, run, its result brought back, its files removed.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Job } from "../ClusterExecutor.ts"
import * as Pipeline from "../../Pipeline.ts"
import { Transport } from "../Transport.ts"
import { CheckFailedError } from "./Check.ts"

/** The module that the job is made of. `token` makes the package one of its own: nobody else uses what is removed. */
export const source = (token: string): string =>
  `const token = ${JSON.stringify(token)}

export const answer = (numbers: ReadonlyArray<number>): string =>
  numbers.reduce((sum, each) => sum + each, 0) + " " + token
`

/** Queues are asked for this long. */
const patience = Duration.minutes(10)

/** `fn`: the function `answer` of {@link source}, where it was written. */
export const runJob = (fn: string, token: string) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const started = yield* Clock.currentTimeMillis
    let job: Job | undefined
    const submitted = (made: Job) =>
      Effect.sync(() => {
        job = made
      })
    const cleaned = Effect.suspend(() =>
      job === undefined
        ? Effect.void
        : Effect.all([transport.remove(job.directory), transport.remove(job.packageDirectory)], { discard: true })
    )
    const { result } = yield* Pipeline.run({ fn, args: [[19, 23]] }, { submitted }).pipe(
      Effect.timeoutFail({
        duration: patience,
        onTimeout: () =>
          new CheckFailedError({
            what: `The job did not end within ${Duration.format(patience)}`,
            why: "It was cancelled. It may have waited in a queue.",
            remedy: "Look at the queue there; name a partition or a queue that starts jobs sooner."
          })
      }),
      Effect.onError(() => Effect.ignore(cleaned))
    )
    const removed = yield* Effect.either(cleaned)
    if (result.value !== `42 ${token}`) {
      return yield* new CheckFailedError({
        what: "The job returned something else than it was asked for",
        why: `It returned ${JSON.stringify(result.value)}.`,
        remedy: "Another program may change the files of jobs there; else please report it."
      })
    }
    const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
    return {
      detail: `returned its result after ${seconds.toFixed(1)} s`,
      ...(Either.isRight(removed) ? {} : {
        warning: {
          why: `Its files are still there: ${[removed.left.what, removed.left.why].join(": ")}`,
          remedy: "`clustrix clean --remote` removes them later."
        }
      })
    }
  })
