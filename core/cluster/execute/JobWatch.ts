/**
 * Waits for the ends of jobs: one command on the cluster for all who wait at the same time.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Transport } from "../Transport.ts"
import * as JobSnapshot from "./JobSnapshot.ts"

export interface JobWatch {
  /** What the job's directory says when the job has left a result, or after `waitMillis` at most. */
  readonly next: (
    directory: string,
    waitMillis: number
  ) => Effect.Effect<JobSnapshot.JobSnapshot, JobSnapshot.LookError>
}

interface Waiting {
  readonly directory: string
  readonly waitMillis: number
  readonly answer: Deferred.Deferred<JobSnapshot.JobSnapshot, JobSnapshot.LookError>
}

/** Commands at once: who comes while one waits begins another. */
const mostCommands = 3
/** The last of them is short, so that nobody who comes has to wait for long. */
const lastMillis = 1000

export const make = (transport: typeof Transport.Service): Effect.Effect<JobWatch, never, Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    let open: Array<Waiting> = []
    let commands = 0

    const lookFor = (taken: ReadonlyArray<Waiting>) => {
      const shortest = Math.min(...taken.map(({ waitMillis }) => waitMillis))
      const waitMillis = commands >= mostCommands ? Math.min(lastMillis, shortest) : shortest
      return JobSnapshot.look(transport, taken.map(({ directory }) => directory), waitMillis).pipe(
        Effect.matchCauseEffect({
          onFailure: (cause) =>
            Effect.forEach(taken, ({ answer }) => Deferred.failCause(answer, cause), { discard: true }),
          onSuccess: (answers) =>
            Effect.forEach(
              taken,
              ({ answer }, index) => Deferred.complete(answer, answers[index] ?? Effect.die("an answer is missing")),
              { discard: true }
            )
        })
      )
    }

    const work: Effect.Effect<void> = Effect.gen(function*() {
      while (open.length > 0) {
        // Others who ask in the same turn are taken along
        yield* Effect.yieldNow()
        const taken = open.slice(0, JobSnapshot.mostAtOnce)
        open = open.slice(JobSnapshot.mostAtOnce)
        if (taken.length > 0) yield* lookFor(taken)
      }
    }).pipe(Effect.ensuring(Effect.sync(() => {
      commands -= 1
    })))

    return {
      next: (directory, waitMillis) =>
        Effect.gen(function*() {
          const answer = yield* Deferred.make<JobSnapshot.JobSnapshot, JobSnapshot.LookError>()
          open.push({ directory, waitMillis, answer })
          if (commands < mostCommands) {
            commands += 1
            // Whoever asked first may go away; the others still wait
            yield* Effect.forkIn(work, scope)
          }
          return yield* Deferred.await(answer)
        })
    }
  })
