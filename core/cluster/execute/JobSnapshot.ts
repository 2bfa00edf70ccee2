/**
 * What the directories of jobs say at one moment: one command, which waits there for the end of one of them as long as it is told to.
 */
import * as Effect from "effect/Effect"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type * as ResultEnvelope from "../../runtime/ResultEnvelope.ts"
import * as Shell from "../deploy/Shell.ts"
import { type Transport, TransportError } from "../Transport.ts"
import * as JobDirectory from "./JobDirectory.ts"
import * as JobResultFile from "./JobResultFile.ts"
import * as JobTrust from "./JobTrust.ts"

export interface JobSnapshot {
  /** Whether the directory is there. */
  readonly isThere: boolean
  /** How the job ended; without its value, if that is large. */
  readonly envelope: ResultEnvelope.ResultEnvelope | undefined
  readonly submission: JobDirectory.Submission | undefined
  readonly running: JobDirectory.RunningState | undefined
  /** Whether somebody asked for the job's end. */
  readonly isCancelled: boolean
  /** Sizes of the logs in bytes, after the result was looked for. */
  readonly stdoutBytes: number
  readonly stderrBytes: number
}

/** What each answer begins with: a login may have printed something before. */
const marker = "--clustrix-job--"

/** Of a result, this much is read to see how its job ended. */
const headBytes = 65_536

const smallBytes = BoundedJson.small.bytes + 1

/** Pauses between two looks on the host: seconds, and how many of them. `sleep` may know whole seconds only. */
const pauses = [["0.02", 20, 10], ["0.05", 50, 10], ["0.1", 100, 90]] as const
const longPause = ["0.5", 500] as const

/** Waits until one of the directories has a result or is gone, `waitMillis` at most. */
const waiting = (waitMillis: number): ReadonlyArray<string> => [
  `over() { for job; do if [ ! -d "$job" ] || [ -e "$job/${JobDirectory.files.result}" ]; then return 0; fi; done; return 1; }`,
  "looks=0 left=" + String(Math.ceil(waitMillis)),
  "rest() { sleep \"$1\" 2>/dev/null && left=$((left - $2)) || { sleep 1; left=$((left - 1000)); }; }",
  "while [ \"$left\" -gt 0 ] && ! over \"$@\"; do",
  ...pauses.map(([seconds, millis], index) => {
    const until = pauses.slice(0, index + 1).reduce((sum, [, , count]) => sum + count, 0)
    return `  ${index === 0 ? "if" : "elif"} [ "$looks" -lt ${until} ]; then rest ${seconds} ${millis}`
  }),
  `  else rest ${longPause[0]} ${longPause[1]}; fi`,
  "  looks=$((looks + 1))",
  "done"
]

const script = (directories: ReadonlyArray<string>, waitMillis: number): string => {
  const { cancelled, result, state, stderr, stdout, submitted } = JobDirectory.files
  return [
    `set -- ${directories.map(Shell.quote).join(" ")}`,
    ...(waitMillis > 0 ? waiting(waitMillis) : []),
    // One line each; in JSON the end of a line means nothing
    `small() { if [ -e "$2" ]; then printf '%s ' "$1"; head -c ${smallBytes} "$2" | tr '\\n' ' '; echo; fi; }`,
    "size() { if [ -e \"$1\" ]; then wc -c < \"$1\"; else echo 0; fi; }",
    "tell() {",
    "  if ! [ -d \"$1\" ]; then echo gone; return; fi",
    "  echo \"trust $(ls -ldn \"$1\" | { read -r mode links uid rest; echo \"$mode $uid\"; }) $(ls -ldn \"${1%/*}/.\" | { read -r mode links uid rest; echo \"$uid\"; })\"",
    "  cd \"$1\" 2>/dev/null || { echo unreadable; return; }",
    `  if [ -e ${result} ]; then`,
    `    bytes=$(wc -c < ${result}) || { echo unreadable; return; }`,
    "    echo \"bytes $((bytes))\"",
    `    printf 'result '; head -c ${headBytes} ${result} | tr '\\n' ' '; echo`,
    "  fi",
    `  small submitted ${submitted}`,
    `  small state ${state}`,
    `  if [ -e ${cancelled} ]; then echo cancelled; fi`,
    `  echo "logs $(($(size ${stdout}))) $(($(size ${stderr})))"`,
    "}",
    `for job; do echo ${marker}; ( tell "$job" ); done 2>/dev/null`,
    "exit 0"
  ].join("\n")
}

const gone: JobSnapshot = {
  isThere: false,
  envelope: undefined,
  submission: undefined,
  running: undefined,
  isCancelled: false,
  stdoutBytes: 0,
  stderrBytes: 0
}

export type LookError = TransportError | ResultEnvelope.ResultEnvelopeError

const unreadable = (directory: string, why: string, reason: TransportError["reason"]): TransportError =>
  new TransportError({
    reason,
    path: directory,
    what: `The job in ${directory} cannot be looked at`,
    why,
    remedy: "Check that the directory can be read there."
  })

const decode = (
  transport: typeof Transport.Service,
  directory: string,
  lines: ReadonlyArray<string>
): Effect.Effect<JobSnapshot, LookError> =>
  Effect.gen(function*() {
    const after = (word: string): string | undefined =>
      lines.find((line) => line === word || line.startsWith(`${word} `))?.slice(word.length + 1)
    if (after("gone") !== undefined) return gone
    if (after("unreadable") !== undefined) {
      return yield* unreadable(directory, "Permission denied.", "PermissionDenied")
    }
    const [mode = "", owner, ownerOfAll] = (after("trust") ?? "").split(" ")
    yield* JobTrust.checkListed(directory, mode, Number(owner), Number(ownerOfAll))
    const text = after("result")
    const isWhole = Number(after("bytes")) <= headBytes
    const file = text === undefined
      ? undefined
      : yield* isWhole
        ? JobResultFile.whole(directory, text)
        : JobResultFile.head(transport, directory, text, headBytes)
    const [stdoutBytes = 0, stderrBytes = 0] = (after("logs") ?? "").split(" ").map(Number)
    const { state, submitted } = JobDirectory.files
    return {
      isThere: true,
      envelope: file?.envelope,
      submission: yield* JobDirectory.parseJson(after("submitted"), directory, submitted, JobDirectory.Submission),
      running: yield* JobDirectory.parseJson(after("state"), directory, state, JobDirectory.RunningState),
      isCancelled: after("cancelled") !== undefined,
      stdoutBytes,
      stderrBytes
    }
  })

/** Directories of one command: command lines have an end. */
export const mostAtOnce = 200

/**
 * Looks at directories, {@link mostAtOnce} at most; with `waitMillis`, as soon as one of their jobs has left a result, or so much
 * later. A directory that cannot be understood has an error of its own.
 */
export const look = (
  transport: typeof Transport.Service,
  directories: ReadonlyArray<string>,
  waitMillis = 0
): Effect.Effect<ReadonlyArray<Effect.Effect<JobSnapshot, LookError>>, TransportError> =>
  Effect.map(transport.exec(script(directories, waitMillis), { idempotent: true }), ({ exitCode, stderr, stdout }) => {
    const answers: Array<Array<string>> = []
    for (const line of stdout.split("\n")) {
      if (line === marker) answers.push([])
      else answers.at(-1)?.push(line)
    }
    return directories.map((directory, index) => {
      const lines = answers[index]
      return exitCode !== 0 || lines === undefined
        ? unreadable(
          directory,
          Quotation.lastLines(stderr) || `The command ended with exit code ${exitCode}.`,
          "Unavailable"
        )
        : decode(transport, directory, lines)
    })
  })
