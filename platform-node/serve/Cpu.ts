/**
 * What takes processor time runs on other threads, within limits of time and memory: whatever a client sends, the event loop
 * answers the others meanwhile.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import type { Failure, Message, Reply, Tasks } from "./cpu/Task.ts"
import { cpu } from "./cpu.generated.ts"

type Kind = keyof Tasks

export interface Cpu {
  /**
   * Runs a task for a client, whose other tasks leave room for those of others. Fails with what the task says of its input, with
   * `TimedOut`, or with `TooLarge` where the memory of a thread does not hold it.
   */
  readonly run: <K extends Kind>(
    kind: K,
    client: string | undefined,
    input: Tasks[K]["input"]
  ) => Effect.Effect<Tasks[K]["output"], Failure>
  /** How many tasks run, and how many wait. */
  readonly load: () => { readonly running: number; readonly waiting: number }
}

/** Threads at most. */
const most = 3
/** Of these, what one kind of task and one client may have: nobody waits behind what somebody else's takes long. */
const mostOfKind = 2
const mostOfClient = 2
const mostOfBoth = 1

/** Memory of one thread. */
const heapMebibytes = 384
/** A thread whose heap has grown beyond this is replaced: it would not give it back. */
const keptHeapBytes = 134_217_728

/** How long a thread with nothing to do is kept. */
const idleMillis = 10_000

interface Waiting {
  readonly kind: Kind
  readonly client: string | undefined
  readonly input: unknown
  readonly done: (reply: Reply) => void
}

interface Thread {
  readonly worker: Worker
  task: Waiting | undefined
  late: NodeJS.Timeout | undefined
}

const failed = (reason: Failure["reason"], what: string, remedy: string): Reply => ({
  failure: { reason, what, remedy }
})

/** `times`: how long a task of a kind may take. */
export const make = (times: Readonly<Record<Kind, Duration.Duration>>): Effect.Effect<Cpu, never, Scope.Scope> =>
  Effect.gen(function*() {
    const threads = new Set<Thread>()
    const waiting: Array<Waiting> = []

    const count = (is: (task: Waiting) => boolean): number =>
      [...threads].filter(({ task }) => task !== undefined && is(task)).length

    const mayRun = ({ client, kind }: Waiting): boolean =>
      count((task) => task.kind === kind) < mostOfKind && (client === undefined ||
        (count((task) => task.client === client) < mostOfClient &&
          count((task) => task.client === client && task.kind === kind) < mostOfBoth))

    const end = (thread: Thread, reply: Reply): void => {
      clearTimeout(thread.late)
      const { task } = thread
      thread.task = undefined
      task?.done(reply)
      next()
    }

    const drop = (thread: Thread, reply: Reply): void => {
      threads.delete(thread)
      void thread.worker.terminate()
      end(thread, reply)
    }

    const rest = (thread: Thread): void => {
      clearTimeout(thread.late)
      thread.late = setTimeout(() => {
        threads.delete(thread)
        void thread.worker.terminate()
      }, idleMillis)
      thread.late.unref()
    }

    const start = (): Thread => {
      const worker = new Worker(cpu, { eval: true, resourceLimits: { maxOldGenerationSizeMb: heapMebibytes } })
      const thread: Thread = { worker, task: undefined, late: undefined }
      threads.add(thread)
      worker.unref()
      worker.on("message", (message: Message) => {
        if (message.heapBytes > keptHeapBytes) return drop(thread, message)
        end(thread, message)
        if (thread.task === undefined) rest(thread)
      })
      worker.on("error", (error: NodeJS.ErrnoException) =>
        drop(
          thread,
          error.code === "ERR_WORKER_OUT_OF_MEMORY"
            ? failed("TooLarge", "It takes more memory than the server has for it", "Send less at once.")
            : failed("Broken", "The server failed at it", "Tell who runs the server: its log has the reason.")
        ))
      worker.on("exit", () => {
        if (threads.has(thread)) {
          drop(thread, failed("Broken", "The server failed at it", "Send it again."))
        }
      })
      return thread
    }

    const next = (): void => {
      const at = waiting.findIndex(mayRun)
      const task = waiting[at]
      if (task === undefined) return
      const idle = [...threads].find((thread) => thread.task === undefined)
      if (idle === undefined && threads.size >= most) return
      waiting.splice(at, 1)
      const thread = idle ?? start()
      thread.task = task
      clearTimeout(thread.late)
      thread.late = setTimeout(
        () => drop(thread, failed("TimedOut", "It takes longer than the server has time for it", "Send less at once.")),
        Duration.toMillis(times[task.kind])
      )
      thread.worker.postMessage({ kind: task.kind, input: task.input })
      next()
    }

    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const { late, worker } of threads) {
          clearTimeout(late)
          void worker.terminate()
        }
        threads.clear()
      })
    )

    const run: Cpu["run"] = (kind, client, input) =>
      Effect.async((resume) => {
        const task: Waiting = {
          kind,
          client,
          input,
          done: (reply) =>
            // A thread answers the task that it was given
            resume(
              "failure" in reply
                ? Effect.fail(reply.failure)
                : Effect.succeed(reply.output as Tasks[typeof kind]["output"])
            )
        }
        waiting.push(task)
        next()
        return Effect.sync(() => {
          const at = waiting.indexOf(task)
          if (at !== -1) waiting.splice(at, 1)
          for (const thread of threads) if (thread.task === task) drop(thread, failed("Broken", "Nobody waits", ""))
        })
      })
    return {
      run,
      load: () => ({ running: count(() => true), waiting: waiting.length })
    }
  })
