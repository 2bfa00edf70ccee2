/**
 * Slurm, by its commands on the host behind the {@link Transport}. Works without accounting: `squeue` knows a job until `MinJobAge`
 * after its end, then `sacct` is asked, and where there is none the job's directory is what is left.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Shell from "../deploy/Shell.ts"
import { type JobArray, type JobLimits, Scheduler, type SubmittedJob } from "../Scheduler.ts"
import { Transport } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as SchedulerShell from "./SchedulerShell.ts"
import * as SlurmStates from "./SlurmStates.ts"

const names: SchedulerShell.Names = { scheduler: "Slurm", submit: "sbatch" }

/** Of one `squeue`, of one command. */
const idsAtOnce = 400
const jobsAtOnce = 4000

/** What Slurm's commands say when the controller did not answer them, as a pattern of `case`. */
const unanswered = [
  "*[Uu]'nable to contact'*",
  "*[Tt]'imed out'*",
  "*'Zero Bytes'*",
  "*'Connection refused'*",
  "*'configuration source'*",
  "*'backup controller'*",
  "*'Transport endpoint'*",
  "*'Protocol authentication error'*"
].join("|")

/** `--time` has minutes; seconds count as the whole minute. The job keeps the exact limit by itself. */
const directives = (jobId: string, limits: JobLimits, array?: JobArray): ReadonlyArray<string> => {
  const partition = limits.partition ?? limits.queue
  return [
    `--job-name=${SchedulerShell.jobName(jobId)}`,
    "--open-mode=append",
    "--nodes=1",
    "--ntasks=1",
    ...(limits.cores === undefined ? [] : [`--cpus-per-task=${limits.cores}`]),
    ...(limits.memoryBytes === undefined ? [] : [`--mem=${Math.ceil(limits.memoryBytes / 1024)}K`]),
    ...(limits.timeSeconds === undefined ? [] : [`--time=${Math.max(1, Math.ceil(limits.timeSeconds / 60))}`]),
    ...(partition === undefined || partition === "" ? [] : [`--partition=${partition}`]),
    ...(array === undefined
      ? []
      : [`--array=0-${array.size - 1}${array.concurrency === undefined ? "" : `%${array.concurrency}`}`]),
    ...limits.schedulerOptions ?? []
  ].map((option) => `#SBATCH ${option}`)
}

/** Slurm puts the job's directory before relative names, and then takes a `%` in it for a placeholder. */
const logs = [["output", JobDirectory.files.stdout], ["error", JobDirectory.files.stderr]]
  .map(([option, name]) => `--${option}="$(pwd -P | sed 's/%/%%/g')/${name}"`)
  .join(" ")

const squeue = "squeue -h -r -t all -o '%F|%K|%T|%N|%r'"

/** One `squeue` for some hundred jobs; a job that it does not know is an error only where it is the only one. */
const asked = (selection: string): string =>
  [
    `answer=$(${squeue} ${selection} 2>&1) || case $answer in`,
    "  *'Invalid job id'*) answer= ;;",
    "  *) unavailable \"$answer\" ;;",
    "esac",
    "known=$known$answer$newline"
  ].join("\n")

const pollScript = (jobs: ReadonlyArray<SubmittedJob>): string => {
  const ids = jobs.map(({ schedulerId }) => schedulerId).filter((id) => /^\d+$/.test(id))
  const unnamed = jobs.filter(({ schedulerId }) => schedulerId === "")
  return [
    ...SchedulerShell.preamble(names),
    "newline='",
    "'",
    "known=$newline",
    ...SchedulerShell.inParts(ids, idsAtOnce).map((part) => asked(`-j ${part.join(",")}`)),
    // Whoever submitted it could not write down what Slurm calls it
    ...unnamed.map(({ directory }) =>
      asked(`-u "$(id -un)" -n ${Shell.quote(SchedulerShell.jobName(SchedulerShell.jobIdOf(directory)))}`)
    ),
    "missing=",
    `for id in ${ids.join(" ")}; do`,
    "  case $known in *\"$newline$id|\"*) ;; *) missing=$missing,$id ;; esac",
    "done",
    "printf '%s' \"$known\"",
    // A cluster without accounting says so, every time
    "if [ -n \"$missing\" ]; then",
    `  echo ${SchedulerShell.marker}`,
    "  sacct -X -n -P -j \"${missing#,}\" -o JobID,State,ExitCode,NodeList 2>/dev/null",
    "fi",
    "exit 0"
  ].join("\n")
}

const make = Effect.gen(function*() {
  const transport = yield* Transport
  const ask = (script: string) => SchedulerShell.ask(transport, names, script)

  const pollSome = (jobs: ReadonlyArray<SubmittedJob>) =>
    Effect.map(ask(pollScript(jobs)), (ran) => {
      const lines = SchedulerShell.answerOf(ran)
      const accounting = lines.indexOf(SchedulerShell.marker)
      const live = accounting === -1 ? lines : lines.slice(0, accounting)
      const gathered = SlurmStates.gather([
        ...(accounting === -1 ? [] : lines.slice(accounting + 1)).flatMap((line) => SlurmStates.sacctLine(line) ?? []),
        ...live.flatMap((line) => SlurmStates.squeueLine(line) ?? [])
      ])
      const ids = new Set(jobs.map(({ schedulerId }) => schedulerId))
      // What was asked for by its name alone
      const other = [...gathered.keys()].filter((id) => !ids.has(id)).at(-1)
      return jobs.map(({ schedulerId }) =>
        [
          schedulerId,
          gathered.get(schedulerId === "" ? other ?? "" : schedulerId) ?? { _tag: "Unknown" as const }
        ] as const
      )
    })

  return {
    clusterType: "slurm" as const,
    endsJobs: true,
    settleMillis: 2000,
    pollMillis: 250,
    elementIndex: "\"$SLURM_ARRAY_TASK_ID\"",
    directives,
    submit: (job) =>
      SchedulerShell.submit(transport, {
        names,
        job,
        // `--export` on the line beats a site's SBATCH_EXPORT; it names no value
        submit: `sbatch --parsable --export=ALL ${logs} ${SchedulerShell.scriptOf(job)}`,
        find: `found=$(squeue -h -t all -u "$(id -un)" -n ${
          Shell.quote(SchedulerShell.jobName(job.jobId))
        } -o %F) || return; echo "\${found%%[!0-9]*}"`,
        // With several clusters, the cluster's name follows
        idWord: "${1%%;*}",
        values: "environment",
        unanswered
      }),
    poll: (jobs) =>
      Effect.map(
        Effect.forEach(SchedulerShell.inParts(jobs, jobsAtOnce), pollSome),
        (parts) => new Map(parts.flat())
      ),
    cancel: ({ directory, schedulerId }) =>
      SchedulerShell.cancel(
        transport,
        names,
        `scancel ${
          /^\d+$/.test(schedulerId)
            ? schedulerId
            : `-u "$(id -un)" --name=${Shell.quote(SchedulerShell.jobName(SchedulerShell.jobIdOf(directory)))}`
        }`,
        { unanswered, ended: "*'Invalid job id'*|*'already complet'*" }
      )
  } satisfies typeof Scheduler.Service
})

/** Jobs under the Slurm of the host behind the {@link Transport}. */
export const layer: Layer.Layer<Scheduler, never, Transport> = Layer.effect(Scheduler, make)
