/**
 * PBS Pro, OpenPBS and Torque, by their commands on the host behind the {@link Transport}. Written from their documentation, and not
 * tested against a server: none can be installed where the tests run.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Shell from "../deploy/Shell.ts"
import { type JobLimits, type JobToSubmit, Scheduler, type SchedulerAnswer, type SubmittedJob } from "../Scheduler.ts"
import { Transport } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as PbsStates from "./PbsStates.ts"
import * as SchedulerShell from "./SchedulerShell.ts"

const names: SchedulerShell.Names = { scheduler: "PBS", submit: "qsub" }

/** What its commands say when the server did not answer them, as a pattern of `case`. */
const unanswered = [
  "*'cannot connect to server'*",
  "*'Cannot connect to'*",
  "*'Connection refused'*",
  "*'Communication failure'*",
  "*'End of File'*",
  "*[Tt]'imed out'*",
  "*[Tt]'imeout'*"
].join("|")

/** Their options differ: sets `torque` to `yes` or to nothing. */
const flavour = "torque=; case $(qstat --version 2>&1) in *pbs_version*) ;; *) torque=yes ;; esac"

/** Old servers take names of 15 characters: the end of the ID is the part that differs. */
const nameOf = (jobId: string): string => `clx-${jobId.slice(-11)}`

/**
 * The output is redirected here, for PBS brings it only when the job has ended; and the values of variables are read here, for
 * `qstat -f` shows those of a job to everybody.
 */
const directives = (jobId: string, limits: JobLimits): ReadonlyArray<string> => [
  ...[
    `-N ${nameOf(jobId)}`,
    "-S /bin/sh",
    "-j oe",
    "-o /dev/null",
    ...limits.schedulerOptions ?? []
  ].map((option) => `#PBS ${option}`),
  "cd \"$PBS_O_WORKDIR\" || exit",
  `exec >>${JobDirectory.files.stdout} 2>>${JobDirectory.files.stderr}`,
  `if [ -r ${SchedulerShell.environmentFile} ]; then . ./${SchedulerShell.environmentFile}; fi`
]

/** Resources and arrays are on the command line, for PBS Pro and Torque spell them differently. */
const submitCommand = (job: JobToSubmit): string => {
  const { array, limits } = job
  const cores = limits.cores ?? 1
  const kilobytes = limits.memoryBytes === undefined ? undefined : Math.ceil(limits.memoryBytes / 1024)
  const queue = limits.queue ?? limits.partition
  const both = [
    ...(limits.timeSeconds === undefined ? [] : [`-l walltime=${Math.ceil(limits.timeSeconds)}`]),
    ...(queue === undefined || queue === "" ? [] : [`-q ${Shell.quote(queue)}`]),
    SchedulerShell.scriptOf(job)
  ]
  const throttle = array?.concurrency === undefined ? "" : `%${array.concurrency}`
  const pro = [
    `-l select=1:ncpus=${cores}${kilobytes === undefined ? "" : `:mem=${kilobytes}kb`}`,
    // An array has at least two elements there; the only one of a smaller array is a plain job
    ...(array === undefined || array.size < 2 ? [] : [`-J 0-${array.size - 1}${throttle}`])
  ]
  const torque = [
    `-l nodes=1:ppn=${cores}`,
    ...(kilobytes === undefined ? [] : [`-l mem=${kilobytes}kb`]),
    ...(array === undefined ? [] : [`-t 0-${array.size - 1}${throttle}`])
  ]
  return `if [ -n "$torque" ]; then qsub ${[...torque, ...both].join(" ")}; else qsub ${
    [...pro, ...both].join(" ")
  }; fi`
}

/** Numbers of jobs with a certain name and directory; fails when the server does not answer. */
const findCommand = (jobId: string, directory: string): string =>
  [
    `found=$(qselect -N ${nameOf(jobId)} 2>/dev/null) || return`,
    "for each in $found; do",
    `  if qstat -f "$each" 2>/dev/null | tr -d '\\n\\t ' | grep -qF ${
      Shell.quote(`PBS_O_WORKDIR=${directory}`.replaceAll(/[\n\t ]/g, ""))
    }; then`,
    "    echo \"$each\"; return",
    "  fi",
    "done"
  ].join("\n")

const isId = (id: string): boolean => /^\d+(?:\[\])?(?:\.[\w.-]+)?$/.test(id)

const pollScript = (jobs: ReadonlyArray<SubmittedJob>): string => {
  const ids = jobs.map(({ schedulerId }) => schedulerId).filter(isId).map(Shell.quote)
  return [
    ...SchedulerShell.preamble(names),
    flavour,
    // Its exit code tells of ids that it does not know as well: only the words tell that nobody answered
    `if [ -n "$torque" ]; then answer=$(qstat -x -t ${ids.join(" ")} 2>&1)`,
    `else answer=$(qstat -x -t -f -F json ${ids.join(" ")} 2>&1); fi`,
    `case $answer in ${unanswered}) unavailable "$answer" ;; esac`,
    "printf '%s\\n' \"$answer\"",
    "exit 0"
  ].join("\n")
}

const make = Effect.gen(function*() {
  const transport = yield* Transport

  /** Jobs whose number could not be written down are looked for by their names. */
  const identified = (job: SubmittedJob) =>
    isId(job.schedulerId) ? Effect.succeed(job.schedulerId) : Effect.map(
      SchedulerShell.ask(
        transport,
        names,
        [
          ...SchedulerShell.preamble(names),
          `find_job() { ${findCommand(SchedulerShell.jobIdOf(job.directory), job.directory)}\n}`,
          "find_job || unavailable 'qselect does not answer'"
        ].join("\n")
      ),
      (ran) => SchedulerShell.answerOf(ran).find((line) => line !== "") ?? ""
    )

  const pollSome = (jobs: ReadonlyArray<SubmittedJob>) =>
    Effect.gen(function*() {
      const ids = yield* Effect.forEach(jobs, identified)
      const known = jobs.map((job, n) => ({ ...job, schedulerId: ids[n] ?? "" })).filter(({ schedulerId }) =>
        isId(schedulerId)
      )
      const text = known.length === 0
        ? ""
        : SchedulerShell.answerOf(yield* SchedulerShell.ask(transport, names, pollScript(known))).join("\n")
      const json = text.indexOf("{")
      const found = PbsStates.fromJson(json === -1 ? "" : text.slice(json, text.lastIndexOf("}") + 1)) ??
        PbsStates.fromXml(text)
      const gathered = PbsStates.gather(found)
      return jobs.map((job, n): readonly [string, SchedulerAnswer] => [
        job.schedulerId,
        gathered.get(PbsStates.jobOf(ids[n] ?? "").id) ?? { _tag: "Unknown" }
      ])
    })

  return {
    clusterType: "pbs" as const,
    endsJobs: true,
    settleMillis: 2000,
    pollMillis: 1000,
    elementIndex: "\"${PBS_ARRAY_INDEX:-${PBS_ARRAYID:-0}}\"",
    directives,
    submit: (job) =>
      SchedulerShell.submit(transport, {
        names,
        job,
        submit: "submit_job",
        before: [flavour, `submit_job() { ${submitCommand(job)}; }`],
        find: findCommand(job.jobId, job.directory),
        values: "file",
        idWord: "$1",
        unanswered
      }),
    poll: (jobs) =>
      Effect.map(
        Effect.forEach(SchedulerShell.inParts(jobs, 500), pollSome),
        (parts) => new Map(parts.flat())
      ),
    cancel: (job) =>
      Effect.flatMap(
        identified(job),
        (id) =>
          id === "" ? Effect.void : SchedulerShell.cancel(transport, names, `qdel ${Shell.quote(id)}`, {
            unanswered,
            ended: "*'Unknown Job'*|*'unknown job'*|*'has finished'*|*'invalid state'*|*'completed'*"
          })
      )
  } satisfies typeof Scheduler.Service
})

/** Jobs under the PBS of the host behind the {@link Transport}. */
export const layer: Layer.Layer<Scheduler, never, Transport> = Layer.effect(Scheduler, make)
