/**
 * One question to the scheduler for all who wait at the same time, and never more often than it likes.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { Scheduler, SchedulerAnswer, SchedulerError, SubmittedJob } from "../Scheduler.ts"

export interface SchedulerPoller {
  /** What the scheduler says of a job; `Unknown` for one that it does not know. */
  readonly ask: (job: SubmittedJob) => Effect.Effect<SchedulerAnswer, SchedulerError>
}

interface Question {
  readonly job: SubmittedJob
  readonly answer: Deferred.Deferred<SchedulerAnswer, SchedulerError>
}

export const make = (
  scheduler: typeof Scheduler.Service
): Effect.Effect<SchedulerPoller, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    let open: Array<Question> = []
    let isAsking = false
    let askedAt = Number.NEGATIVE_INFINITY

    /** What has no name has no place of its own among the answers, and is asked for alone. */
    const put = (questions: ReadonlyArray<Question>) =>
      Effect.flatMap(Effect.exit(scheduler.poll(questions.map(({ job }) => job))), (exit) =>
        Effect.forEach(questions, ({ answer, job }) =>
          Deferred.done(
            answer,
            Exit.map(exit, (answers): SchedulerAnswer =>
              answers.get(job.schedulerId) ?? { _tag: "Unknown" })
          ), { discard: true }))

    const work: Effect.Effect<void> = Effect.gen(function*() {
      while (open.length > 0) {
        const wait = askedAt + scheduler.pollMillis - (yield* Clock.currentTimeMillis)
        // Others who ask in the same turn are taken along
        yield* wait > 0 ? Effect.sleep(wait) : Effect.yieldNow()
        const taken = open
        open = []
        askedAt = yield* Clock.currentTimeMillis
        const named = taken.filter(({ job }) =>
          job.schedulerId !== ""
        )
        if (named.length > 0) yield* put(named)
        for (const each of taken) if (each.job.schedulerId === "") yield* put([each])
      }
    }).pipe(Effect.ensuring(Effect.sync(() => {
      isAsking = false
    })))

    return {
      ask: (job) =>
        Effect.gen(function*() {
          const answer = yield* Deferred.make<SchedulerAnswer, SchedulerError>()
          open.push({ job, answer })
          if (!isAsking) {
            isAsking = true
            // Whoever asked first may go away; the others still wait
            yield* Effect.forkIn(work, scope)
          }
          return yield* Deferred.await(answer)
        })
    }
  })
