/**
 * The results of a job that is many calls, as they arrive. Each look at the directory brings what is new; the scheduler is asked
 * only when nothing is, and what has come is not kept.
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ResultEnvelope from "../../runtime/ResultEnvelope.ts"
import type { SourceMapDocument } from "../../runtime/SourceMapDocument.ts"
import * as Scheduling from "../Scheduler.ts"
import type { Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"
import type * as JobError from "./JobError.ts"
import * as JobOutcome from "./JobOutcome.ts"
import * as JobStatus from "./JobStatus.ts"
import * as MapDirectory from "./MapDirectory.ts"
import * as TaskFiles from "./TaskFiles.ts"

/** How one task ended: with a value, or with an error of its own. */
export interface TaskResult {
  /** The place of its input among all, from 0. */
  readonly index: number
  readonly outcome: Either.Either<JobOutcome.JobResult, JobError.JobError | ResultEnvelope.ResultEnvelopeError>
}

export interface ResultsOptions {
  /** In the order of the inputs, instead of that in which they end. */
  readonly ordered?: boolean | undefined
  /** Hears after every look how many tasks did what. */
  readonly progress?: ((counts: TaskFiles.TaskCounts) => Effect.Effect<void>) | undefined
}

export interface Circumstances<E> {
  readonly transport: typeof Transport.Service
  readonly endsJobs: boolean
  /** Whether the jobs run on this machine, which nobody else minds being asked often. */
  readonly isHere: boolean
  readonly settleMillis: number
  /** The least time between two questions to the scheduler; the most is {@link longestAskFactor} of it. */
  readonly pollMillis: number
  /** Asks the scheduler, patiently. */
  readonly ask: (job: Scheduling.SubmittedJob) => Effect.Effect<Scheduling.SchedulerAnswer, E>
}

export interface MapJob {
  readonly jobId: string
  readonly directory: string
  readonly functionName: string
  readonly plan: JobDirectory.TaskPlan
  readonly document: SourceMapDocument | undefined
}

/** The most time between two questions to the scheduler, in terms of its least. */
export const longestAskFactor = 60
/** Between two looks at the directory: here, and on a host that others use too. */
const waitMillisHere = { shortest: 20, longest: 1000 }
const waitMillisThere = { shortest: 1000, longest: 5000 }

/** The array that an attempt was submitted as. */
export const submittedAs = (
  attempt: MapDirectory.Attempt,
  { concurrency }: JobDirectory.TaskPlan
): Scheduling.SubmittedJob => ({
  directory: attempt.directory,
  schedulerId: attempt.schedulerId ?? "",
  array: { size: attempt.chunks.length, concurrency }
})

const unknown: Scheduling.SchedulerState = { _tag: "Unknown" }

export const isOver = ({ _tag }: Scheduling.SchedulerState): boolean => _tag === "Ended" || _tag === "Unknown"

/** What the scheduler says of the element of each task, the latest attempt first. */
export const statesOfTasks = <E>(
  { ask }: Circumstances<E>,
  plan: JobDirectory.TaskPlan,
  attempts: ReadonlyArray<MapDirectory.Attempt>
) =>
  Effect.map(
    Effect.forEach(attempts, (attempt) => ask(submittedAs(attempt, plan)), { concurrency: "unbounded" }),
    (answers) => {
      const states = new Map<number, Scheduling.SchedulerState>()
      attempts.forEach(({ chunks }, nth) => {
        const answer = answers[nth] ?? unknown
        chunks.forEach((tasks, element) => {
          const state = Scheduling.ofElement(answer, element)
          for (const task of tasks) states.set(task, state)
        })
      })
      return (task: number): Scheduling.SchedulerState => states.get(task) ?? unknown
    }
  )

export const results = <E>(
  circumstances: Circumstances<E>,
  job: MapJob,
  options: ResultsOptions = {}
): Stream.Stream<TaskResult, TransportError | E> => {
  const { endsJobs, pollMillis, settleMillis, transport } = circumstances
  const { ordered = false, progress } = options
  const { directory, functionName, jobId, plan } = job
  const left = new Set(Array.from({ length: plan.count }, (_, index) => index))
  let succeeded = 0
  let failed = 0
  const { longest, shortest } = circumstances.isHere ? waitMillisHere : waitMillisThere
  let waitMillis = shortest
  let pauseMillis = 0
  let askMillis = pollMillis
  let nextAsk = 0

  const placeOf = (task: number): JobOutcome.JobPlace => ({
    jobId,
    directory: MapDirectory.taskDirectory(directory, task),
    functionName: `${functionName} (task ${task})`
  })
  const look = TaskFiles.look
  const lookAtRest = Effect.suspend(() =>
    look(transport, directory, MapDirectory.toRanges(left), { results: true, ordered })
  )

  const take = (index: number, outcome: TaskResult["outcome"]): TaskResult => {
    left.delete(index)
    if (Either.isRight(outcome)) succeeded += 1
    else failed += 1
    return { index, outcome }
  }

  const decoded = (task: number, text: string) =>
    Effect.either(ResultEnvelope.decode(text, `${placeOf(task).directory}/${JobDirectory.files.result}`))

  /** The error of a task of whose end only the scheduler knows. */
  const concluded = (task: number, state: Scheduling.SchedulerState, submitted: boolean) =>
    Effect.gen(function*() {
      const { directory: place } = placeOf(task)
      const running = yield* JobDirectory.readJson(
        transport,
        place,
        JobDirectory.files.state,
        JobDirectory.RunningState
      )
      const status = JobStatus.derive({ jobId, envelope: undefined, scheduler: state, running, submitted })
      return take(task, yield* Effect.either(JobOutcome.withoutResult(placeOf(task), status)))
    })

  /** What came; a task that was told to end and does not know why is put to the scheduler first. */
  const taken = (texts: ReadonlyMap<number, string>) =>
    Effect.gen(function*() {
      const all: Array<TaskResult> = []
      let states: ((task: number) => Scheduling.SchedulerState) | undefined
      for (const [task, text] of texts) {
        const envelope = yield* decoded(task, text)
        if (Either.isRight(envelope) && endsJobs && JobStatus.isDoubtful(envelope.right)) {
          states ??= yield* Effect.flatMap(
            MapDirectory.attempts(transport, directory),
            (attempts) => statesOfTasks(circumstances, plan, attempts)
          )
          const state = states(task)
          const isCancelled = yield* transport.exists(`${directory}/${JobDirectory.files.cancelled}`)
          if (!isCancelled && state._tag === "Ended" && JobStatus.knowsBetter(state)) {
            all.push(yield* concluded(task, state, true))
            continue
          }
          // The scheduler ends it at this moment, or will start it anew
          if (!isCancelled && !isOver(state) && envelope.right.status === "cancelled") {
            if (ordered) break
            continue
          }
        }
        all.push(take(
          task,
          Either.isLeft(envelope)
            ? Either.left(envelope.left)
            : yield* Effect.either(JobOutcome.fromEnvelope(placeOf(task), envelope.right, job.document))
        ))
      }
      return all
    })

  /** Tasks that will not end any more: their element is over, and there is no result. */
  const lost = (ended: ReadonlySet<number>) =>
    Effect.gen(function*() {
      const attempts = yield* MapDirectory.attempts(transport, directory)
      const state = yield* statesOfTasks(circumstances, plan, attempts)
      const gone = new Set([...left].filter((task) => !ended.has(task) && isOver(state(task))))
      const [first] = left
      if (gone.size === 0 || ordered && first !== undefined && !gone.has(first)) return []
      if (settleMillis > 0) yield* Effect.sleep(settleMillis)
      // They may have ended between the two questions, or another client submitted them again
      const now = yield* lookAtRest
      if (now.results.size > 0) return yield* taken(now.results)
      const again = yield* MapDirectory.attempts(transport, directory)
      if (again.length > attempts.length) return []
      const cancelled = yield* transport.exists(`${directory}/${JobDirectory.files.cancelled}`)
      const all: Array<TaskResult> = []
      for (const task of [...left]) {
        if (gone.has(task) && !now.ended.has(task)) {
          const end = cancelled ? { _tag: "Ended" as const, outcome: "cancelled" as const, exitCode: undefined }
            : state(task)
          all.push(yield* concluded(task, end, attempts.length > 0))
        } else if (ordered) break
      }
      return all
    })

  const step = Effect.gen(function*() {
    if (left.size === 0) return Option.none()
    yield* Effect.sleep(pauseMillis)
    const seen = yield* lookAtRest
    let came: ReadonlyArray<TaskResult> = yield* taken(seen.results)
    const now = yield* Clock.currentTimeMillis
    // As long as some end, the others need not be asked for
    if (came.length === 0 && now >= nextAsk) {
      came = yield* lost(seen.ended)
      nextAsk = now + askMillis
      askMillis = Math.min(askMillis * 1.3, pollMillis * longestAskFactor)
    }
    if (progress !== undefined) {
      yield* progress({
        total: plan.count,
        succeeded,
        failed,
        running: seen.running.size,
        ...TaskFiles.runningDone(seen.running.values()),
        queued: Math.max(0, left.size - seen.running.size)
      })
    }
    // What came is handed on first
    pauseMillis = came.length === 0 ? waitMillis : circumstances.isHere ? 0 : shortest
    waitMillis = came.length === 0 ? Math.min(longest, waitMillis * 1.3) : shortest
    return Option.some(Chunk.unsafeFromArray(came))
  })

  return Stream.unfoldChunkEffect(undefined, () => Effect.map(step, Option.map((chunk) => [chunk, undefined] as const)))
}
