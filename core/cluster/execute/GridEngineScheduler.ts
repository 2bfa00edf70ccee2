/**
 * Grid Engine (and Son of it, and Univa's), by its commands on the host behind the {@link Transport}. `qstat` knows a job until its
 * end, then `qacct` is asked, which may take a moment to know it; where there is no accounting the job's directory is what is left.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Quotation from "../../diagnostics/Quotation.ts"
import * as Shell from "../deploy/Shell.ts"
import { type JobArray, type JobLimits, Scheduler, type SchedulerAnswer, SchedulerError,
  type SubmittedJob } from "../Scheduler.ts"
import { Transport } from "../Transport.ts"
import * as GridEngineStates from "./GridEngineStates.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as SchedulerShell from "./SchedulerShell.ts"

export interface Options {
  /** The parallel environment that gives a job several cores of one host. Default: `smp`. */
  readonly parallelEnvironment?: string | undefined
}

const names: SchedulerShell.Names = { scheduler: "Grid Engine", submit: "qsub" }

/** What its commands say when the master did not answer them, as a pattern of `case`. */
const unanswered = [
  "*'commlib error'*",
  "*'unable to send message'*",
  "*'unable to contact qmaster'*",
  "*'got send error'*",
  "*'got receive error'*",
  "*'error: failed receiving'*"
].join("|")

/** Seconds between looks into the accounting, which is written every so often (`accounting_flush_time`, default 15 s), and how many. */
const accountingLooks = { seconds: 2, times: 9 }

/**
 * Memory is asked for as `mem_free`: `h_vmem` limits the address space, of which a JavaScript engine reserves far more than it ever
 * uses. The job keeps the limit of its heap by itself.
 */
const directives =
  (parallelEnvironment: string) => (jobId: string, limits: JobLimits, array?: JobArray): ReadonlyArray<string> => {
    const queue = limits.queue ?? limits.partition
    return [
      ...[
        `-N ${SchedulerShell.jobName(jobId)}`,
        "-S /bin/sh",
        "-cwd",
        "-j n",
        `-o ${JobDirectory.files.stdout}`,
        `-e ${JobDirectory.files.stderr}`,
        ...(limits.cores === undefined || limits.cores === 1 ? [] : [`-pe ${parallelEnvironment} ${limits.cores}`]),
        ...(limits.memoryBytes === undefined ? [] : [`-l mem_free=${Math.ceil(limits.memoryBytes / 1024)}K`]),
        ...(limits.timeSeconds === undefined ? [] : [`-l h_rt=${Math.ceil(limits.timeSeconds)}`]),
        ...(queue === undefined || queue === "" ? [] : [`-q ${queue}`]),
        ...(array === undefined ? [] : [`-t 1-${array.size}`]),
        ...(array?.concurrency === undefined ? [] : [`-tc ${array.concurrency}`]),
        ...limits.schedulerOptions ?? []
      ].map((option) => `#$ ${option}`),
      `if [ -r ${SchedulerShell.environmentFile} ]; then . ./${SchedulerShell.environmentFile}; fi`
    ]
  }

const isNumber = (id: string): boolean => /^\d+$/.test(id)
const nameOf = ({ directory, schedulerId }: SubmittedJob): string =>
  isNumber(schedulerId) ? schedulerId : SchedulerShell.jobName(SchedulerShell.jobIdOf(directory))

const pollScript = (jobs: ReadonlyArray<SubmittedJob>): string => {
  const numbered = jobs.filter(({ schedulerId }) => isNumber(schedulerId))
  return [
    ...SchedulerShell.preamble(names),
    "answer=$(qstat -xml -u \"$(id -un)\") || unavailable \"qstat ended with exit code $?\"",
    "printf '%s\\n' \"$answer\"",
    `echo ${SchedulerShell.marker}`,
    // Why jobs are in an error state has to be asked for in other words
    "case $answer in *'<state>E'*|*'<state>'?'E'*|*'<state>'??'E'*)",
    ...SchedulerShell.inParts(numbered, 200).map((part) =>
      `  qstat -j ${
        part.map(({ schedulerId }) => schedulerId).join(",")
      } 2>/dev/null | grep -E '^(job_number|error reason)'`
    ),
    "esac",
    `echo ${SchedulerShell.marker}`,
    "looks=0",
    // $1: the number, $2: the directory. A job that left a result, or was cancelled, has nothing to wait for
    "look() {",
    "  case $answer in *\">$1</JB_job_number>\"*) return ;; esac",
    "  until qacct -j \"$1\" 2>/dev/null | grep -E '^(=+$|jobnumber|jobname|taskid|failed|exit_status)'; do",
    `    if [ -e "$2/${JobDirectory.files.result}" ] || [ -e "$2/${JobDirectory.files.cancelled}" ]; then return; fi`,
    `    if [ ! -d "$2" ] || [ "$looks" -ge ${accountingLooks.times} ]; then return; fi`,
    `    looks=$((looks + 1)); sleep ${accountingLooks.seconds}`,
    "  done",
    "}",
    ...numbered.map(({ directory, schedulerId }) => `look ${schedulerId} ${Shell.quote(directory)}`),
    "exit 0"
  ].join("\n")
}

const make = ({ parallelEnvironment = "smp" }: Options) =>
  Effect.gen(function*() {
    const transport = yield* Transport

    const pollSome = (jobs: ReadonlyArray<SubmittedJob>) =>
      Effect.gen(function*() {
        const ran = yield* SchedulerShell.ask(transport, names, pollScript(jobs))
        const [queue = [], errors = [], accounting = []] = SchedulerShell.sectionsOf(ran)
        const live = GridEngineStates.qstatEntries(queue.join("\n"))
        if (live === undefined) {
          return yield* new SchedulerError({
            reason: "Unavailable",
            what: `What qstat prints on ${transport.location} cannot be understood`,
            why: queue.slice(0, 3).map((line) => Quotation.plain(line)).join("\n"),
            remedy: "Run `qstat -xml` there."
          })
        }
        const reasons = GridEngineStates.errorReasons(errors)
        const explained = live.map((entry) => {
          const reason = reasons.get(entry.id)
          return entry.state._tag === "Ended" && reason !== undefined
            ? { ...entry, state: { ...entry.state, reason: `${entry.state.reason}: ${reason}` } }
            : entry
        })
        const gathered = GridEngineStates.gather([...GridEngineStates.qacctEntries(accounting), ...explained])
        return jobs.map((job): readonly [string, SchedulerAnswer] => [
          job.schedulerId,
          gathered.get(
            isNumber(job.schedulerId) ? job.schedulerId : live.find(({ name }) => name === nameOf(job))?.id ?? ""
          ) ?? { _tag: "Unknown" }
        ])
      })

    return {
      clusterType: "sge" as const,
      endsJobs: true,
      settleMillis: 2000,
      pollMillis: 500,
      elementIndex: "\"$((SGE_TASK_ID - 1))\"",
      directives: directives(parallelEnvironment),
      submit: (job) =>
        SchedulerShell.submit(transport, {
          names,
          job,
          submit: `qsub -terse ${SchedulerShell.scriptOf(job)}`,
          // It says so of names that it does not know, and of nothing else
          find:
            `found=$(qstat -j ${
              Shell.quote(SchedulerShell.jobName(job.jobId))
            } 2>&1) || case $found in *'do not exist'*) return 0 ;; *) return 1 ;; esac; ` +
            `printf '%s\\n' "$found" | sed -n 's/^job_number: *//p' | head -n 1`,
          // `qstat -j` shows the variables of a job to everybody
          values: "file",
          // `15.1-8:1` for an array
          idWord: "${1%%.*}",
          unanswered
        }),
      poll: (jobs) =>
        Effect.map(
          Effect.forEach(SchedulerShell.inParts(jobs, 500), pollSome),
          (parts) => new Map(parts.flat())
        ),
      cancel: (job) =>
        SchedulerShell.cancel(transport, names, `qdel ${Shell.quote(nameOf(job))}`, {
          unanswered,
          ended: "*'does not exist'*|*'do not exist'*|*'already in deletion'*|*'registered the job'*"
        })
    } satisfies typeof Scheduler.Service
  })

/** Jobs under the Grid Engine of the host behind the {@link Transport}. */
export const layer = (options: Options = {}): Layer.Layer<Scheduler, never, Transport> =>
  Layer.effect(Scheduler, make(options))
