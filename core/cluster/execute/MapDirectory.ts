/**
 * A job that is many calls of one function: its tasks. Everything is in the job's directory:
 *
 *     invocation.head, inputs, invocation.tail   line N + 1 of inputs is between the two in the invocation of task N
 *     task.sh                                    runs one task; element.sh runs the tasks of one element of an array
 *     tasks/N/                                   as the directory of a job: invocation.json, state, result, stdout.log, ...
 *     attempts/<job>.A/                          what was handed to the scheduler: job.sh, submitted.json, chunks
 *
 * Line E + 1 of `chunks` has the tasks of element E. A later attempt has those that are missing.
 */
import * as Effect from "effect/Effect"
import * as Shell from "../deploy/Shell.ts"
import type { Transport, TransportError } from "../Transport.ts"
import * as Invocation from "../../runtime/Invocation.ts"
import * as JobDirectory from "./JobDirectory.ts"

export const files = {
  head: "invocation.head",
  inputs: "inputs",
  tail: "invocation.tail",
  task: "task.sh",
  element: "element.sh",
  tasks: "tasks",
  attempts: "attempts",
  chunks: "chunks",
  /** In a task's directory: the result there, if any, is not the last word. */
  again: "again"
} as const

/** Runs of consecutive numbers: the first and the last of each. */
export type Ranges = ReadonlyArray<readonly [first: number, last: number]>

/** Numbers in ascending order as runs. */
export const toRanges = (numbers: Iterable<number>): Ranges => {
  const ranges: Array<[number, number]> = []
  for (const each of numbers) {
    const open = ranges.at(-1)
    if (open !== undefined && open[1] === each - 1) open[1] = each
    else ranges.push([each, each])
  }
  return ranges
}

/** Tasks of each element. */
export type Chunks = ReadonlyArray<ReadonlyArray<number>>

/** Cuts tasks into elements of `size` each. */
export const chunked = (tasks: ReadonlyArray<number>, size: number): Chunks =>
  Array.from({ length: Math.ceil(tasks.length / size) }, (_, n) => tasks.slice(n * size, (n + 1) * size))

export const chunksText = (chunks: Chunks): string => chunks.map((tasks) => `${tasks.join(" ")}\n`).join("")

const parseChunks = (text: string): Chunks =>
  text.split("\n").slice(0, -1).map((line) => line.split(" ").filter((word) => word !== "").map(Number))

/** The name of an attempt, counted from 1; the scheduler knows it by that. */
export const attemptName = (jobId: string, attempt: number): string => `${jobId}.${attempt}`

export const taskDirectory = (directory: string, task: number): string => `${directory}/${files.tasks}/${task}`

/** An invocation around the arguments of a task. */
export const split = (invocation: Invocation.Invocation): readonly [head: string, tail: string] => {
  const place = "\u0000arguments\u0000"
  const [head = "", tail = ""] = Invocation.encode({ ...invocation, arguments: place }).split(JSON.stringify(place))
  return [head, tail]
}

/** One line for each task. `texts`: value texts of the arrays of arguments. */
export const inputsText = (texts: ReadonlyArray<string>): string =>
  texts.map((text) => `${JSON.stringify(text)}\n`).join("")

/** An attempt as its directory has it. */
export interface Attempt {
  readonly number: number
  readonly directory: string
  /** `undefined`: whoever submitted it was killed before he could write down what the scheduler calls it. */
  readonly schedulerId: string | undefined
  readonly chunks: Chunks
}

/** All attempts, oldest first. One that is being made has no chunks yet, and is none. */
export const attempts = (
  transport: typeof Transport.Service,
  directory: string
): Effect.Effect<ReadonlyArray<Attempt>, TransportError> =>
  Effect.gen(function*() {
    const all = `${directory}/${files.attempts}`
    const names = yield* transport.list(all).pipe(
      Effect.catchIf(({ reason }) => reason === "NotFound", () => Effect.succeed<ReadonlyArray<string>>([]))
    )
    const found = yield* Effect.forEach(names, (name) =>
      Effect.gen(function*() {
        const place = `${all}/${name}`
        const text = yield* JobDirectory.readText(transport, place, files.chunks)
        const submission = yield* JobDirectory.readJson(
          transport,
          place,
          JobDirectory.files.submitted,
          JobDirectory.Submission
        )
        const number = Number(name.slice(name.lastIndexOf(".") + 1))
        return text === undefined ? [] : [{
          number,
          directory: place,
          schedulerId: submission?.schedulerId,
          chunks: parseChunks(text)
        }]
      }), { concurrency: 4 })
    return found.flat().sort((a, b) => a.number - b.number)
  })

/**
 * `element.sh`: runs the tasks of element `$element`, one after the other, each up to `tries` times, in the attempt's directory
 * `$attempt`. One whose result is there already is passed over: the scheduler may start an element anew. Told to end, it ends the
 * task that runs and begins no other; SIGUSR1 and SIGUSR2 it passes on to the task that runs.
 */
export const elementScript = (directory: string, tries: number): string =>
  [
    `cd ${Shell.quote(directory)} || exit 3`,
    "umask 077",
    "child=",
    "stop() { trap '' TERM INT HUP; if [ -n \"$child\" ]; then kill -TERM \"$child\" 2>/dev/null; wait \"$child\"; fi; exit 143; }",
    "trap stop TERM INT HUP",
    // A scheduler's warning is for the task that runs
    "warn() { if [ -n \"$child\" ]; then kill -\"$1\" \"$child\" 2>/dev/null; fi; }",
    "trap 'warn USR1' USR1",
    "trap 'warn USR2' USR2",
    "says() { LC_ALL=C head -c 200 \"$task/result\" 2>/dev/null | grep -q \"\\\"status\\\":\\\"$1\\\"\"; }",
    `for number in $(sed -n "$((element + 1)){p;q;}" "$attempt/${files.chunks}"); do`,
    `  task=${files.tasks}/$number`,
    "  mkdir -p \"$task/work\"",
    "  if [ -e \"$task/result\" ] && [ ! -e \"$task/again\" ] && ! says cancelled; then continue; fi",
    "  rm -f \"$task/result\" \"$task/state\"",
    `  { cat ${files.head}; LC_ALL=C sed -n "$((number + 1)){p;q;}" ${files.inputs}; cat ${files.tail}; } > "$task/invocation.json"`,
    "  try=1",
    `  while [ "$try" -le ${tries} ]; do`,
    `    if [ "$try" -lt ${tries} ]; then : > "$task/again"; else rm -f "$task/result" "$task/again"; fi`,
    "    rm -f \"$task/result\"",
    `    /bin/sh ${files.task} "$task" </dev/null >>"$task/stdout.log" 2>>"$task/stderr.log" &`,
    "    child=$!",
    // A signal ends the waiting, not the child
    "    wait \"$child\"",
    "    while kill -0 \"$child\" 2>/dev/null; do wait \"$child\"; done",
    "    child=",
    "    if says returned || says cancelled; then break; fi",
    "    try=$((try + 1))",
    "  done",
    "  rm -f \"$task/again\"",
    // Of a task that returned, its result is left, and what it printed and wrote
    "  if says returned; then",
    "    rm -f \"$task/invocation.json\" \"$task/state\"",
    "    for log in stdout.log stderr.log; do if [ ! -s \"$task/$log\" ]; then rm -f \"$task/$log\"; fi; done",
    "    rmdir \"$task/work\" 2>/dev/null",
    "  fi",
    "done",
    ""
  ].join("\n")

/** `job.sh` of an attempt. */
export const attemptScript = (input: {
  readonly jobId: string
  readonly directory: string
  readonly attemptDirectory: string
  readonly directives: ReadonlyArray<string>
  readonly elementIndex: string
}): string =>
  [
    "#!/bin/sh",
    ...input.directives,
    `# Clustrix job ${input.jobId}`,
    `element=${input.elementIndex}`,
    `attempt=${Shell.quote(input.attemptDirectory)}`,
    `. ${Shell.quote(`${input.directory}/${files.element}`)}`,
    ""
  ].join("\n")
