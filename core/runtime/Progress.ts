/**
 * How far a function is, as it says itself with `progress(done, total, note?)`. Both sides of a job speak it, and packages bring it
 * along: nothing but the language is used here.
 */
export interface Progress {
  /** Of `total`, in whatever unit the function counts; it may pass `total`, which may be an estimate. */
  readonly done: number
  readonly total: number
  /** What it does at the moment; at most {@link longestNote} UTF-16 code units. */
  readonly note?: string | undefined
}

/** The signature of `progress`. */
export type Report = (done: number, total: number, note?: string) => void

/** A longer note is cut. */
export const longestNote = 200

const amount = (name: string, value: unknown): number => {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value
  const received = typeof value === "number" || value === undefined || value === null ? String(value) : typeof value
  throw new TypeError(
    `progress(done, total, note?): \`${name}\` must be a finite number of at least 0. Received ${received}`
  )
}

/** Checks what `progress` was called with. Throws a `TypeError`. */
export const make = (done: unknown, total: unknown, note: unknown): Progress => {
  const progress = { done: amount("done", done), total: amount("total", total) }
  if (note === undefined) return progress
  if (typeof note !== "string") {
    throw new TypeError(`progress(done, total, note?): \`note\` must be a string. Received ${typeof note}`)
  }
  return { ...progress, note: note.slice(0, longestNote) }
}

/** The part that is done, from 0 to 1. Of nothing, all is done. */
export const fraction = ({ done, total }: Progress): number => total === 0 ? 1 : Math.min(1, done / total)

/** `0.42` as `42%`: not `100%` before all is done. */
export const percent = (part: number): string => `${Math.floor(part * 100 + 1e-9)}%`

const shortNumber = (value: number): string =>
  String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(6)))

/** `42 of 100 (42%): note` */
export const text = (progress: Progress): string =>
  `${shortNumber(progress.done)} of ${shortNumber(progress.total)} (${percent(fraction(progress))})${
    progress.note === undefined || progress.note === "" ? "" : `: ${progress.note}`
  }`
