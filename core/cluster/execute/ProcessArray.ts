/**
 * An array on a host without a scheduler: workers that take one element after the other. A claim is a directory, which can be made
 * once; POSIX `sh` alone.
 */
import type { JobArray, SchedulerAnswer, SchedulerState } from "../Scheduler.ts"
import * as Shell from "../deploy/Shell.ts"

/** The variable that gives an element its number. */
export const variable = "CLUSTRIX_ELEMENT"

/** `elements/N`: somebody runs it; `elements/N/code`: what it ended with. */
const directory = "elements"

/**
 * Runs the elements of an array in the job's directory, by default as many at once as the host has cores. One that is told to end
 * begins no further element, and stays until those that run have ended.
 */
export const pool = (script: string, { concurrency, size }: JobArray): string =>
  [
    `mkdir -p ${directory}`,
    concurrency === undefined
      ? "width=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || echo 1)"
      : `width=${concurrency}`,
    `if [ "$width" -gt ${size} ]; then width=${size}; fi`,
    "stopped=",
    "work() {",
    "  trap 'stopped=1' TERM INT HUP",
    "  element=0",
    `  while [ "$element" -lt ${size} ] && [ -z "$stopped" ]; do`,
    `    claim=${directory}/$element`,
    "    if [ ! -d \"$claim\" ] && mkdir \"$claim\" 2>/dev/null; then",
    `      ${variable}=$element /bin/sh ${Shell.quote(`./${script}`)}`,
    "      echo \"$?\" > \"$claim/code.tmp\" && mv \"$claim/code.tmp\" \"$claim/code\"",
    "    fi",
    "    element=$((element + 1))",
    "  done",
    "}",
    "trap 'stopped=1' TERM INT HUP",
    "workers=",
    "while [ \"$width\" -gt 0 ]; do work & workers=\"$workers $!\"; width=$((width - 1)); done",
    "for worker in $workers; do while kill -0 \"$worker\" 2>/dev/null; do wait \"$worker\"; done; done"
  ].join("\n")

/** Prints of every directory its place in the list, then each element that began and what it ended with. */
export const listing = (directories: ReadonlyArray<string>): string =>
  [
    ...directories.flatMap((each, index) => [
      `echo "job ${index}"`,
      `if cd ${Shell.quote(`${each}/${directory}`)} 2>/dev/null; then`,
      "  for element in *; do",
      "    code=; if [ -s \"$element/code\" ]; then read -r code < \"$element/code\"; fi",
      "    echo \"element $element $code\"",
      "  done",
      "fi"
    ]),
    "exit 0"
  ].join("\n")

/** The codes of the elements that began, by the place of their job in the list; `undefined` for one that runs. */
export const parse = (printed: string): ReadonlyArray<ReadonlyMap<number, number | undefined>> => {
  const jobs: Array<Map<number, number | undefined>> = []
  for (const line of printed.split("\n")) {
    if (line.startsWith("job ")) jobs.push(new Map())
    const element = /^element (\d+) (\d*)$/.exec(line)
    if (element !== null) jobs.at(-1)?.set(Number(element[1]), element[2] === "" ? undefined : Number(element[2]))
  }
  return jobs
}

/** What follows for each element. Where the workers are gone, an element without a code is unknown. */
export const answer = (
  { size }: JobArray,
  codes: ReadonlyMap<number, number | undefined>,
  alive: boolean
): SchedulerAnswer => {
  const elements = new Map<number, SchedulerState>()
  for (let index = 0; index < size; index += 1) {
    const exitCode = codes.get(index)
    if (exitCode !== undefined) {
      elements.set(index, { _tag: "Ended", outcome: exitCode === 0 ? "completed" : "failed", exitCode })
    } else if (alive) {
      elements.set(
        index,
        codes.has(index) ? { _tag: "Running", node: undefined } : { _tag: "Pending", reason: undefined }
      )
    }
  }
  return { _tag: "Array", elements }
}
