/**
 * Asking a job's directory for its tasks: one command, however many there are.
 */
import * as Effect from "effect/Effect"
import * as Shell from "../deploy/Shell.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { Transport } from "../Transport.ts"
import { TransportError } from "../Transport.ts"
import * as Progress from "../../runtime/Progress.ts"
import * as JobProgress from "./JobProgress.ts"
import type { Ranges } from "./MapDirectory.ts"

/** What the answer begins with: a login may have printed something before. */
const marker = "--clustrix-tasks--"
const noDirectory = 44

/** Results that one answer may hold, and characters; one result is always in it. */
const mostResults = 1000
const mostCharacters = 4 * 1024 ** 2

export interface SeenTasks {
  /** The texts of results, by task. */
  readonly results: ReadonlyMap<number, string>
  /** Tasks that have ended, and whose results are not in this answer. */
  readonly ended: ReadonlySet<number>
  /** By task, with how far each is, from 0 to 1; `undefined` where the function does not say. */
  readonly running: ReadonlyMap<number, number | undefined>
}

/** How many of its tasks did what. */
export interface TaskCounts {
  readonly total: number
  readonly queued: number
  readonly running: number
  readonly succeeded: number
  readonly failed: number
  /** How much of the running tasks is done, in tasks, by what they say with `progress`; left out when none says anything. */
  readonly runningDone?: number
}

/** The sum of what running tasks say. */
export const runningDone = (fractions: Iterable<number | undefined>): Pick<TaskCounts, "runningDone"> => {
  const said = [...fractions].filter((fraction) => fraction !== undefined)
  return said.length === 0 ? {} : { runningDone: said.reduce((sum, each) => sum + each, 0) }
}

/** Prints `$1` and what task `$task` says of its progress. */
const tellFunction =
  "tell() { if [ -e \"$task/progress\" ] && { read -r said < \"$task/progress\"; } 2>/dev/null; then printf '%s %s\\n' \"$1\" \"$said\"; else echo \"$1\"; fi; }"

/** The part that a task has done, from its words. */
const fractionOf = (said: string): number | undefined => {
  const progress = said === "" ? undefined : JobProgress.parse(said)
  return progress === undefined ? undefined : Progress.fraction(progress)
}

const lookScript = (directory: string, options: { readonly results: boolean; readonly ordered: boolean }): string =>
  [
    `cd ${Shell.quote(directory)} 2>/dev/null && [ -e job.json ] || exit ${noDirectory}`,
    tellFunction,
    `echo ${marker}`,
    `room=${options.results ? mostCharacters : 0} left=${options.results ? mostResults : 0}`,
    "while read -r number last; do",
    "  while [ \"$number\" -le \"$last\" ]; do",
    "    task=tasks/$number",
    "    if [ -e \"$task/result\" ] && [ ! -e \"$task/again\" ]; then",
    "      if [ \"$left\" -gt 0 ] && [ \"$room\" -gt 0 ] && text=$(cat \"$task/result\"); then",
    "        printf 'result %s %s\\n' \"$number\" \"$text\"",
    "        left=$((left - 1)) room=$((room - ${#text}))",
    "      else echo \"ended $number\"; fi",
    "    else",
    "      if [ -e \"$task/state\" ]; then tell \"running $number\"; fi",
    ...(options.ordered ? ["      left=0"] : []),
    "    fi",
    "    number=$((number + 1))",
    "  done",
    "done",
    "exit 0"
  ].join("\n")

/** What a result begins with, as a pattern of `grep`. */
const firstWords = "^{\"format\":\"clustrix-result\",\"formatVersion\":1,\"status\":\""

/** Only the first lines are looked at: values may be long. */
const countScript = (directory: string): string =>
  [
    `cd ${Shell.quote(directory)}/tasks 2>/dev/null || exit 0`,
    tellFunction,
    `echo ${marker}`,
    "ended=0 running=0",
    "for task in *; do",
    "  if [ -e \"$task/result\" ] && [ ! -e \"$task/again\" ]; then ended=$((ended + 1))",
    "  elif [ -e \"$task/state\" ]; then running=$((running + 1)); tell said; fi",
    "done",
    "succeeded=$(for task in *; do",
    "  if [ -e \"$task/result\" ]; then printf '%s\\n' \"$task/result\"; fi",
    `done | xargs grep -l '${firstWords}returned"' 2>/dev/null | wc -l)`,
    "echo \"$ended $running $succeeded\""
  ].join("\n")

const failed = (directory: string, stderr: string): TransportError =>
  new TransportError({
    reason: "Unavailable",
    path: directory,
    what: `The tasks in ${directory} cannot be looked at`,
    ...(stderr.trim() === "" ? {} : { why: Quotation.lastLines(stderr) }),
    remedy: "Check that the directory can be read there."
  })

const gone = (directory: string): TransportError =>
  new TransportError({
    reason: "NotFound",
    path: directory,
    what: `There is no job in ${directory} any more`,
    remedy: "Somebody removed it: run it again."
  })

const linesOf = (stdout: string): ReadonlyArray<string> => {
  const lines = stdout.split("\n")
  return lines.slice(lines.indexOf(marker) + 1, -1)
}

/**
 * Looks at the tasks of `ranges`, in their order. With `ordered`, results are only brought up to the first task that has none.
 * Fails with `NotFound` when the job is not there any more.
 */
export const look = (
  transport: typeof Transport.Service,
  directory: string,
  ranges: Ranges,
  options: { readonly results: boolean; readonly ordered: boolean }
): Effect.Effect<SeenTasks, TransportError> =>
  Effect.flatMap(
    transport.exec(lookScript(directory, options), {
      idempotent: true,
      stdin: ranges.map(([first, last]) => `${first} ${last}\n`).join("")
    }),
    ({ exitCode, stderr, stdout }) => {
      if (exitCode === noDirectory) return Effect.fail(gone(directory))
      if (exitCode !== 0) return Effect.fail(failed(directory, stderr))
      const results = new Map<number, string>()
      const ended = new Set<number>()
      const running = new Map<number, number | undefined>()
      for (const line of linesOf(stdout)) {
        const [kind, word = ""] = line.split(" ", 2)
        if (kind === "result") results.set(Number(word), line.slice(kind.length + word.length + 2))
        else if (kind === "ended") ended.add(Number(word))
        else if (kind === "running") running.set(Number(word), fractionOf(line.slice(kind.length + word.length + 2)))
      }
      return Effect.succeed({ results, ended, running })
    }
  )

/** Removes the results of those of `ranges` that were cancelled, so that they can run again. */
export const discardCancelled = (
  transport: typeof Transport.Service,
  directory: string,
  ranges: Ranges
): Effect.Effect<void, TransportError> =>
  Effect.flatMap(
    transport.exec(
      [
        `cd ${Shell.quote(`${directory}/tasks`)} || exit`,
        "while read -r number last; do",
        "  while [ \"$number\" -le \"$last\" ]; do",
        "    if [ -e \"$number/result\" ]; then echo \"$number/result\"; fi",
        "    number=$((number + 1))",
        "  done",
        `done | xargs grep -l '${firstWords}cancelled"' 2>/dev/null | xargs rm -f`
      ].join("\n"),
      { idempotent: true, stdin: ranges.map(([first, last]) => `${first} ${last}\n`).join("") }
    ),
    ({ exitCode, stderr }) => exitCode === 0 ? Effect.void : Effect.fail(failed(directory, stderr))
  )

/** Counts the tasks of a job that has `total`. */
export const count = (
  transport: typeof Transport.Service,
  directory: string,
  total: number
): Effect.Effect<TaskCounts, TransportError> =>
  Effect.flatMap(transport.exec(countScript(directory), { idempotent: true }), ({ exitCode, stderr, stdout }) => {
    if (exitCode !== 0) return Effect.fail(failed(directory, stderr))
    const lines = linesOf(stdout)
    const [ended = 0, running = 0, succeeded = 0] = (lines.at(-1) ?? "").trim().split(/\s+/).map(Number)
    return Effect.succeed({
      total,
      queued: total - ended - running,
      running,
      succeeded,
      failed: ended - succeeded,
      ...runningDone(lines.slice(0, -1).map((line) => fractionOf(line.slice("said ".length))))
    })
  })
