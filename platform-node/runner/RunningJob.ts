/**
 * What the runner tells `loops.mjs`, which is a file of its own in the packages that have it.
 */
export interface RunningJob {
  /** The job's directory, absolute; none when the runner prints the result. */
  readonly directory: string | undefined
  /** On how many cores proven loops run. */
  readonly loopCores: number
}

const key = Symbol.for("clustrix.runner.job")

export const publish = (job: RunningJob): void => {
  Object.defineProperty(globalThis, key, { value: job })
}

/** `undefined` on other threads, and in what was not started by the runner. */
export const current = (): RunningJob | undefined => Reflect.get(globalThis, key)
