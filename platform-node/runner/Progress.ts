/**
 * `progress(done, total, note?)`: tells whoever asks for the job how far its function is. It is written to the file `progress` of
 * the job's directory. Outside of a job nothing is written.
 */
import * as fs from "node:fs"
import * as Progress from "../../core/runtime/Progress.ts"

/** The job's directory, absolute: the runner sets it, and worker threads and child processes inherit it. */
export const directoryVariable = "CLUSTRIX_JOB_DIRECTORY"

/** The name of the file. */
export const fileName = "progress"

/** Between two writes, in ms: a function may call `progress` in its innermost loop. */
const intervalMillis = 250

/** What a page hears instead of a file. */
export const listenerKey = Symbol.for("clustrix.runner.progress")

// The program may replace them
const { clearTimeout, performance, setTimeout } = globalThis
const now = performance.now.bind(performance)

/** No other thread or process writes to the same temporary file. */
const own = `${performance.timeOrigin}-${now()}`

let lastWrite = -Infinity
let waiting: (() => void) | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let hasExitListener = false
let hasFailed = false

/** Under a temporary name, then renamed: who reads it finds it whole. */
const write = (file: string, progress: Progress.Progress): void => {
  const temporary = `${file}.${process.pid}-${own}.tmp`
  try {
    fs.writeFileSync(temporary, `${JSON.stringify({ ...progress, at: Date.now() })}\n`, { mode: 0o600 })
    fs.renameSync(temporary, file)
  } catch (cause) {
    // A full disk must not end the computation; one line tells of it
    if (!hasFailed) {
      process.stderr.write(
        `clustrix: the progress cannot be written: ${cause instanceof Error ? cause.message : String(cause)}\n`
      )
    }
    hasFailed = true
  }
}

/** Tells the latest of what was said. */
const tell = (): void => {
  if (timer !== undefined) clearTimeout(timer)
  timer = undefined
  const latest = waiting
  waiting = undefined
  if (latest === undefined) return
  lastWrite = now()
  latest()
}

/**
 * Says that `done` of `total` is done, in any unit, and what is done at the moment. Cheap: within a quarter of a second the file is
 * written once, with the latest of what was said.
 *
 * Throws a `TypeError` if `done` or `total` is not a finite number of at least 0, or `note` is not a string.
 */
export const progress: Progress.Report = (done, total, note) => {
  const said = Progress.make(done, total, note)
  const listener: unknown = Reflect.get(globalThis, listenerKey)
  const directory = process.env[directoryVariable]
  if (typeof listener === "function") waiting = () => listener(said)
  else if (directory === undefined || directory === "") return
  else {
    waiting = () => write(`${directory}/${fileName}`, said)
    if (!hasExitListener) process.on("exit", tell)
    hasExitListener = true
  }
  const left = lastWrite + intervalMillis - now()
  if (left <= 0) return tell()
  if (timer === undefined) {
    timer = setTimeout(tell, left)
    // A function that has nothing else to do has ended
    if (typeof timer === "object") timer.unref()
  }
}
