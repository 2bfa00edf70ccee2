/**
 * Talking to a site's scheduler by its own commands, through POSIX `sh` on a host that has them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Quotation from "../../diagnostics/Quotation.ts"
import * as Shell from "../deploy/Shell.ts"
import { type Acceptance, type JobToSubmit, SchedulerError } from "../Scheduler.ts"
import type { CommandResult, Transport, TransportError } from "../Transport.ts"
import * as JobContents from "./JobContents.ts"
import * as JobDirectory from "./JobDirectory.ts"

/** For people. */
export interface Names {
  /** `Slurm`. */
  readonly scheduler: string
  /** The command that submits: `sbatch`. */
  readonly submit: string
}

/** What the answer begins with: a login may have printed something before. */
export const marker = "--clustrix-answer--"

/** EX_TEMPFAIL of sysexits.h: the scheduler does not answer. */
const temporaryFailure = 75
const commandNotFound = 127

/**
 * The environment of a shell that runs one command is not that of a login: at many sites only the latter knows where the
 * scheduler's commands are.
 */
const commandsFound = (command: string): ReadonlyArray<string> => [
  `if ! command -v ${command} >/dev/null 2>&1; then`,
  "  login=$(command -v bash || echo /bin/sh)",
  "  eval \"$(\"$login\" -lc 'export -p' 2>/dev/null </dev/null | sed -n " +
  "-e 's/^declare -x /export /' -e '/^export \\(PATH\\|LD_LIBRARY_PATH\\|SLURM_CONF\\|SGE_[A-Z_]*\\|PBS_[A-Z_]*\\)=/p')\"",
  "fi",
  `command -v ${command} >/dev/null 2>&1 || { echo '${command}: not found' >&2; exit ${commandNotFound}; }`
]

/** What begins every script: the scheduler's words in English, and where the answer starts. */
export const preamble = (names: Names): ReadonlyArray<string> => [
  ...commandsFound(names.submit),
  "LC_ALL=C; export LC_ALL",
  `unavailable() { printf '%s\\n' "$1" >&2; exit ${temporaryFailure}; }`,
  `echo ${marker}`
]

/** What of a shell's environment a job may get: what sites need, and nothing that a client happens to have. */
const kept = [
  "PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LC_*|TZ|PWD|BASH_ENV|ENV|LD_LIBRARY_PATH|MANPATH",
  "MODULE*|LMOD*|_LM*|__LMOD*|SLURM_CONF|SLURM_CLUSTERS|SBATCH_*|SGE_*|PBS_*|DRMAA_*",
  // Not to be unset, in shells that have them
  "BASHOPTS|SHELLOPTS|UID|EUID|PPID|OLDPWD|_"
].join("|")

/** Names with other signs than these are not of variables, and no shell can unset them. */
const foreignUnset = [
  "for name in $(awk 'BEGIN { for (name in ENVIRON) print name }'); do",
  `  case $name in ${kept}) ;; *[!A-Za-z0-9_]*|[0-9]*) ;; *) unset "$name" ;; esac`,
  "done"
]

/** Keeps what came on standard input for the job, where the scheduler shows its variables to everybody. */
export const environmentFile = "environment"

export interface SubmitScript {
  readonly names: Names
  readonly job: JobToSubmit
  /** The command that submits the script; prints the scheduler's name for the job. */
  readonly submit: string
  /** What a shell makes of `$1`, which that command printed, to have the name alone. */
  readonly idWord: string
  /** Lines before it that it needs. */
  readonly before?: ReadonlyArray<string>
  /** Prints the scheduler's name for the job, if it knows it by the name that it was given; fails if it does not answer. */
  readonly find: string
  /** `environment`: the job inherits the variables of the command. `file`: it reads {@link environmentFile}. */
  readonly values: "environment" | "file"
  /** A pattern of `case` for what the scheduler says when it did not answer: it may have taken the job all the same. */
  readonly unanswered: string
}

/** Writes down what the scheduler calls the job, `$id`, where every client finds it. By the clock of the client that submits. */
export const writeSubmission = (submittedAt: number): ReadonlyArray<string> => [
  `printf '{"schedulerId":"%s","submittedAt":%s}' "$id" ${submittedAt} > ${JobDirectory.files.submitted}.tmp &&`,
  `  mv ${JobDirectory.files.submitted}.tmp ${JobDirectory.files.submitted}`
]

/** Sets `$id` to what {@link writeSubmission} wrote; fails where it did not. */
export const readSubmission: ReadonlyArray<string> = [
  `[ -s ${JobDirectory.files.submitted} ] &&`,
  `  id=$(sed -n 's/^{"schedulerId":"\\([^"]*\\)".*/\\1/p' ${JobDirectory.files.submitted}) && [ -n "$id" ]`
]

/**
 * Submits once, however often it is run: the directory `submission` can be made once, and whoever comes later waits for what
 * the first was told, or asks the scheduler whether it has the job.
 */
export const submitScript = (script: SubmitScript, submittedAt: number): string => {
  const { contents, directory } = script.job
  const discard = contents === undefined ? "rm -rf submission" : `cd / && rm -rf ${Shell.quote(contents.root)}`
  return [
    // A cut connection leaves it to its end
    "trap '' HUP",
    ...JobContents.take,
    ...preamble(script.names),
    `cd ${Shell.quote(directory)} || exit`,
    ...script.before ?? [],
    `find_job() { ${script.find}\n}`,
    "submitted() {",
    ...readSubmission,
    "}",
    "told() {",
    `  set -- "$1"; id=${script.idWord}`,
    ...writeSubmission(submittedAt),
    "  rm -rf submission; echo \"$id\"; exit 0",
    "}",
    "if submitted; then echo \"$id\"; exit; fi",
    "if ! mkdir submission 2>/dev/null; then",
    "  tries=0",
    "  while ! submitted && [ \"$tries\" -lt 120 ] && kill -0 \"$(cat submission/by 2>/dev/null)\" 2>/dev/null; do",
    "    sleep 0.5; tries=$((tries + 1))",
    "  done",
    "  if submitted; then echo \"$id\"; exit; fi",
    "  id=$(find_job) || unavailable \"The scheduler does not say whether it has the job\"",
    "  if [ -n \"$id\" ]; then told \"$id\"; fi",
    "  mkdir -p submission",
    "fi",
    // Another one may have ended between the two looks
    "if submitted; then rm -rf submission; echo \"$id\"; exit; fi",
    "echo $$ > submission/by",
    ...(script.values === "file"
      ? [`printf %s "$clustrix_values" > ${environmentFile}`]
      : [...foreignUnset, "eval \"$clustrix_values\""]),
    `id=$(${script.submit} 2>submission/error) && [ -n "$id" ] && told "$id"`,
    `case $(cat submission/error) in ${script.unanswered})`,
    "  for tries in 1 2; do",
    "    id=$(find_job 2>/dev/null) && if [ -n \"$id\" ]; then told \"$id\"; else break; fi",
    "    sleep 1",
    "  done",
    "  error=$(cat submission/error); rm -rf submission; unavailable \"$error\" ;;",
    "esac",
    `cat submission/error >&2; ${discard}; exit 1`
  ].join("\n")
}

/** The lines after {@link marker}. */
export const answerOf = ({ stdout }: CommandResult): ReadonlyArray<string> => {
  const lines = stdout.split("\n")
  return lines.slice(lines.indexOf(marker) + 1)
}

/** The parts of an answer, between one marker and the next. */
export const sectionsOf = (ran: CommandResult): ReadonlyArray<ReadonlyArray<string>> => {
  const sections: Array<Array<string>> = [[]]
  for (const line of answerOf(ran)) {
    if (line === marker) sections.push([])
    else sections.at(-1)?.push(line)
  }
  return sections
}

const unavailable = (names: Names, transport: typeof Transport.Service, why: string, cause?: TransportError) =>
  new SchedulerError({
    reason: "Unavailable",
    what: `${names.scheduler} on ${transport.location} does not answer`,
    why,
    remedy: "Try again: the job's directory keeps what the job does meanwhile.",
    ...(cause === undefined ? {} : { cause })
  })

/** Runs a script that begins with {@link preamble}. That the scheduler does not answer is `Unavailable`, that it is not there `NotFound`. */
export const ask = (
  transport: typeof Transport.Service,
  names: Names,
  script: string,
  stdin?: string
): Effect.Effect<CommandResult, SchedulerError> =>
  transport.exec(script, { idempotent: true, stdin }).pipe(
    Effect.mapError((cause) => unavailable(names, transport, cause.message, cause)),
    Effect.filterOrFail(
      ({ exitCode }) => exitCode !== temporaryFailure && exitCode !== commandNotFound,
      ({ exitCode, stderr }) =>
        exitCode === temporaryFailure ? unavailable(names, transport, Quotation.lastLines(stderr)) :
          new SchedulerError({
            reason: "NotFound",
            what: `${transport.location} has no ${names.scheduler}`,
            why: Quotation.lastLines(stderr),
            remedy: `See to it that ${names.submit} is on the PATH of a login there, or set another cluster_type.`
          })
    )
  )

/** Runs a {@link submitScript}. */
export const submit = (
  transport: typeof Transport.Service,
  script: SubmitScript
): Effect.Effect<Acceptance, SchedulerError | TransportError> =>
  Effect.gen(function*() {
    const { contents, environment } = script.job
    const text = submitScript(script, yield* Clock.currentTimeMillis)
    const ran = yield* ask(transport, script.names, text, JobContents.input(contents, environment))
    yield* JobContents.made(transport, contents, ran)
    const id = answerOf(ran).find((line) => line !== "")
    if (ran.exitCode === 0 && id !== undefined) return { schedulerId: id, modules: JobContents.modulesOf(ran) }
    return yield* new SchedulerError({
      reason: "Rejected",
      what: `${script.names.scheduler} does not take the job`,
      why: Quotation.lastLines(ran.stderr) || `${script.names.submit} ended with exit code ${ran.exitCode}.`,
      remedy: "Correct the limits of the configuration: cores, memory, time, partition or queue, scheduler_options." +
        (script.job.array === undefined
          ? ""
          : " Where the array has too many elements, let each make more calls: chunk.")
    })
  })

/** Runs the command that ends a job. `ended`: what it says, as a pattern of `case`, where the job has ended already. */
export const cancel = (
  transport: typeof Transport.Service,
  names: Names,
  command: string,
  patterns: { readonly unanswered: string; readonly ended: string }
): Effect.Effect<void, SchedulerError> =>
  ask(
    transport,
    names,
    [
      ...preamble(names),
      `answer=$(${command} 2>&1) && exit`,
      "case $answer in",
      `  ${patterns.ended}) exit 0 ;;`,
      `  ${patterns.unanswered}) unavailable "$answer" ;;`,
      "esac",
      "printf '%s\\n' \"$answer\" >&2; exit 1"
    ].join("\n")
  ).pipe(
    Effect.filterOrFail(
      ({ exitCode }) => exitCode === 0,
      ({ stderr }) =>
        new SchedulerError({
          reason: "Rejected",
          what: `${names.scheduler} does not end the job`,
          why: Quotation.lastLines(stderr),
          remedy: "End it as the user who submitted it."
        })
    ),
    Effect.asVoid
  )

/** The name of a job in the scheduler's lists. */
export const jobName = (jobId: string): string => `clustrix-${jobId}`

/** The job's ID: the last part of its directory. */
export const jobIdOf = (directory: string): string => directory.slice(directory.lastIndexOf("/") + 1)

export const scriptOf = (job: JobToSubmit): string => Shell.quote(`./${job.script ?? JobDirectory.files.script}`)

/** Parts of a list, for command lines have an end. */
export const inParts = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
