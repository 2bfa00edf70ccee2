/**
 * Talking to a site's scheduler by its own commands, through POSIX `sh` on a host that has them.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Quotation from "../../diagnostics/Quotation.ts"
import * as Shell from "../deploy/Shell.ts"
import { type JobToSubmit, SchedulerError } from "../Scheduler.ts"
import type { CommandResult, Transport, TransportError } from "../Transport.ts"
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

/** The values, for standard input: neither a command line nor a file of others ever holds them. */
export const assignments = (environment: JobToSubmit["environment"]): string =>
  [...environment].map(([name, value]) => `${name}=${Shell.quote(Redacted.value(value))}\nexport ${name}\n`).join("")

/** Keeps what came on standard input for the job, where the scheduler shows its variables to everybody. */
export const environmentFile = "environment"

export interface SubmitScript {
  readonly names: Names
  readonly directory: string
  readonly isArray: boolean
  /** The command that submits the script; prints the scheduler's name for the job. */
  readonly submit: string
  /** Lines before it that it needs. */
  readonly before?: ReadonlyArray<string>
  /** Prints the scheduler's name for the job, if it knows it by the name that it was given; fails if it does not answer. */
  readonly find: string
  /** `environment`: the job inherits the variables of the command. `file`: it reads {@link environmentFile}. */
  readonly values: "environment" | "file"
  /** A pattern of `case` for what the scheduler says when it did not answer: it may have taken the job all the same. */
  readonly unanswered: string
}

/**
 * Submits once, however often it is run: the directory `submission` can be made once, and whoever comes later waits for what
 * the first was told, or asks the scheduler whether it has the job.
 */
export const submitScript = (script: SubmitScript): string =>
  [
    "umask 077",
    // A cut connection leaves it to its end
    "trap '' HUP",
    ...preamble(script.names),
    `cd ${Shell.quote(script.directory)} || exit`,
    ...script.before ?? [],
    `find_job() { ${script.find}\n}`,
    "told() { printf '%s\\n' \"$1\" > submission/id.tmp && mv submission/id.tmp submission/id && echo \"$1\"; exit; }",
    "if ! mkdir submission 2>/dev/null; then",
    "  tries=0",
    "  while [ ! -s submission/id ] && [ \"$tries\" -lt 120 ] && kill -0 \"$(cat submission/by 2>/dev/null)\" 2>/dev/null; do",
    "    sleep 0.5; tries=$((tries + 1))",
    "  done",
    "  if [ -s submission/id ]; then cat submission/id; exit; fi",
    "  id=$(find_job) || unavailable \"The scheduler does not say whether it has the job\"",
    "  if [ -n \"$id\" ]; then told \"$id\"; fi",
    "  mkdir -p submission",
    "fi",
    "echo $$ > submission/by",
    ...(script.values === "file" ? [`cat > ${environmentFile}`] : [...foreignUnset, "eval \"$(cat)\""]),
    `id=$(${script.submit} 2>submission/error) && [ -n "$id" ] && told "$id"`,
    `case $(cat submission/error) in ${script.unanswered})`,
    "  for tries in 1 2; do",
    "    id=$(find_job 2>/dev/null) && if [ -n \"$id\" ]; then told \"$id\"; else break; fi",
    "    sleep 1",
    "  done",
    "  error=$(cat submission/error); rm -rf submission; unavailable \"$error\" ;;",
    "esac",
    "cat submission/error >&2; rm -rf submission; exit 1"
  ].join("\n")

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

/** Runs a script that begins with {@link preamble}. That the scheduler does not answer is `Unavailable`. */
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
            reason: "Unavailable",
            what: `${transport.location} has no ${names.scheduler}`,
            why: Quotation.lastLines(stderr),
            remedy: `See to it that ${names.submit} is on the PATH of a login there, or set another cluster_type.`
          })
    )
  )

/** Runs a {@link submitScript}; gives the scheduler's name for the job. */
export const submit = (
  transport: typeof Transport.Service,
  script: SubmitScript,
  environment: JobToSubmit["environment"]
): Effect.Effect<string, SchedulerError> =>
  Effect.flatMap(ask(transport, script.names, submitScript(script), assignments(environment)), (ran) => {
    const id = answerOf(ran).find((line) => line !== "")
    return ran.exitCode === 0 && id !== undefined ? Effect.succeed(id) : Effect.fail(
      new SchedulerError({
        reason: "Rejected",
        what: `${script.names.scheduler} does not take the job`,
        why: Quotation.lastLines(ran.stderr) || `${script.names.submit} ended with exit code ${ran.exitCode}.`,
        remedy: "Correct the limits of the configuration: cores, memory, time, partition or queue, scheduler_options." +
          (script.isArray ? " Where the array has too many elements, let each make more calls: chunk." : "")
      })
    )
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
