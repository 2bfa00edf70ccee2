/**
 * Runs jobs on a host without a scheduler, at once, each under its own supervisor (`execute.mjs --supervise`), which outlives
 * the connection, keeps the time limit and leaves a result.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Shell from "../deploy/Shell.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import { type JobToSubmit, Scheduler, type SchedulerAnswer, SchedulerError, type SubmittedJob } from "../Scheduler.ts"
import { Transport, type TransportError } from "../Transport.ts"
import * as HostProcess from "./HostProcess.ts"
import * as JobContents from "./JobContents.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as SchedulerShell from "./SchedulerShell.ts"
import * as ProcessArray from "./ProcessArray.ts"

/** Not to be unset, in shells that have them. */
const fixed = ["BASHOPTS", "SHELLOPTS", "UID", "EUID", "PPID", "PWD", "OLDPWD", "_"]

/** From SIGTERM to the moment at which the processes are ended for good. */
const graceMillis = 6000
const pollMillis = 100

const unavailable = (location: string, cause: TransportError): SchedulerError =>
  new SchedulerError({
    reason: "Unavailable",
    what: `Jobs on ${location} cannot be asked for`,
    why: cause.message,
    remedy: "Try again: the job's directory keeps what the job does meanwhile.",
    cause
  })

/**
 * Prints the number and the start of the process. Where the job was started already, for the answer was
 * lost on the way, the same answer again.
 */
const startScript = (
  { array, directory, script = JobDirectory.files.script }: JobToSubmit,
  inherited: ReadonlyArray<string> | undefined,
  submittedAt: number
): string =>
  [
    ...JobContents.take,
    `cd ${Shell.quote(directory)} || exit`,
    "if ! mkdir started 2>/dev/null; then",
    "  for tries in 1 2 3 4 5 6 7 8 9 10; do if [ -s started/by ]; then cat started/by; exit; fi; sleep 0.3; done",
    "  exit 1",
    "fi",
    ...inherited === undefined ? [] : [
      "for name in $(awk 'BEGIN { for (name in ENVIRON) print name }'); do",
      `  case $name in ${[...inherited, ...fixed].join("|")}) ;; *[!A-Za-z0-9_]*|[0-9]*) ;; *) unset "$name" ;; esac`,
      "done"
    ],
    "eval \"$clustrix_values\"",
    // A process group of its own; not every system has setsid
    "if command -v setsid >/dev/null 2>&1; then own='exec setsid'; else own=exec; set -m; fi",
    `( $own /bin/sh ${
      array === undefined ? Shell.quote(`./${script}`) : `-c ${Shell.quote(ProcessArray.pool(script, array))}`
    } </dev/null >>${JobDirectory.files.stdout} 2>>${JobDirectory.files.stderr} ) &`,
    "pid=$!",
    // proc(5): after the command in parentheses, the start is the twentieth word
    "set -- $(sed 's/.*) //' \"/proc/$pid/stat\" 2>/dev/null)",
    "id=$pid:${20-}",
    ...SchedulerShell.writeSubmission(submittedAt),
    "echo \"$id\" > started/by.tmp",
    "mv started/by.tmp started/by && cat started/by"
  ].join("\n")

/** What {@link startScript} printed, perhaps after the noise of a login shell. */
const startedProcess = (stdout: string): string | undefined =>
  stdout.split("\n").findLast((line) => /^\d+:\d*$/.test(line))

export interface Options {
  readonly clusterType: "local" | "ssh"
  /** What jobs get of the environment in which commands run; everything without it. */
  readonly inherited?: ReadonlyArray<string> | undefined
}

const make = ({ clusterType, inherited }: Options) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const available = <A>(effect: Effect.Effect<A, TransportError>) =>
      Effect.mapError(effect, (cause) => unavailable(transport.location, cause))
    const exec = (script: string, stdin?: string) => available(transport.exec(script, { idempotent: true, stdin }))

    /** The function's own process group, as the supervisor wrote it down. */
    const groupOf = (job: SubmittedJob) =>
      Effect.map(
        JobDirectory.readJson(transport, job.directory, JobDirectory.files.state, JobDirectory.RunningState),
        (state): HostProcess.HostProcess => ({ pid: state?.group ?? 0, start: state?.groupStart ?? "" })
      )

    /** Somebody may have killed the supervisor; then the function runs on, and will still leave its result. */
    const alive = (job: SubmittedJob) =>
      Effect.gen(function*() {
        const supervisor = HostProcess.decode(job.schedulerId)
        if (yield* HostProcess.isAlive(transport, supervisor)) return supervisor
        const group = yield* groupOf(job)
        return (yield* HostProcess.isAlive(transport, group)) ? group : undefined
      })

    const kill = (signal: "TERM" | "KILL", { pid }: HostProcess.HostProcess) =>
      transport.exec(`kill -${signal} -${pid}`, { idempotent: true })

    return {
      clusterType,
      endsJobs: false,
      settleMillis: 0,
      pollMillis: 0,
      elementIndex: `"$${ProcessArray.variable}"`,
      directives: () => [],
      submit: (job) =>
        Effect.gen(function*() {
          const ran = yield* exec(
            startScript(job, inherited, yield* Clock.currentTimeMillis),
            JobContents.input(job.contents, job.environment)
          )
          yield* JobContents.made(transport, job.contents, ran)
          const { exitCode, stderr, stdout } = ran
          const started = exitCode === 0 ? startedProcess(stdout) : undefined
          if (started === undefined) {
            return yield* new SchedulerError({
              reason: "Rejected",
              what: `The job cannot be started on ${transport.location}`,
              why: Quotation.lastLines(stderr) || `The command ended with exit code ${exitCode}.`,
              remedy: "Check that the working directory there can be written."
            })
          }
          return { schedulerId: started, modules: JobContents.modulesOf(ran) }
        }),
      poll: (jobs) =>
        Effect.gen(function*() {
          const arrays = jobs.filter(({ array }) => array !== undefined)
          // Before their elements are asked for: what ends in between has then left its code
          const processes = yield* available(Effect.forEach(jobs, alive, { concurrency: 16 }))
          const codes = arrays.length === 0
            ? []
            : ProcessArray.parse((yield* exec(ProcessArray.listing(arrays.map(({ directory }) => directory)))).stdout)
          return new Map(jobs.map((job, index): readonly [string, SchedulerAnswer] => {
            const lives = processes[index] !== undefined
            if (job.array !== undefined) {
              return [job.schedulerId, ProcessArray.answer(job.array, codes[arrays.indexOf(job)] ?? new Map(), lives)]
            }
            return [job.schedulerId, lives ? { _tag: "Running", node: undefined } : { _tag: "Unknown" }]
          }))
        }),
      cancel: (job) =>
        available(Effect.gen(function*() {
          // The group of the job's script: before the supervisor takes its place, a command of it may be running
          const first = yield* alive(job)
          if (first !== undefined) yield* kill("TERM", first)
          for (let waited = 0; waited < graceMillis; waited += pollMillis) {
            if ((yield* alive(job)) === undefined) return
            yield* Effect.sleep(pollMillis)
          }
          const group = yield* groupOf(job)
          for (const each of [group, HostProcess.decode(job.schedulerId)]) {
            if (yield* HostProcess.isAlive(transport, each)) yield* kill("KILL", each)
          }
        }))
    } satisfies typeof Scheduler.Service
  })

/** Jobs as processes of the host behind the {@link Transport}. */
export const layerWith = (options: Options): Layer.Layer<Scheduler, never, Transport> =>
  Layer.effect(Scheduler, make(options))

export const layer: Layer.Layer<Scheduler, never, Transport> = layerWith({ clusterType: "ssh" })
