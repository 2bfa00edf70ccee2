/**
 * What can be taken back beside the editor's own undo: files that were deleted, renamed or replaced, and projects that were
 * left. A step undoes its own change only, so what was typed since stays.
 */
import { batch, computed, signal } from "@preact/signals"
import * as Notice from "../page/Notice.ts"

interface Step {
  /** A sentence without its full stop: `a.ts was deleted`. */
  readonly what: string
  readonly undo: () => void
}

/** Steps of a project hold for that project only. */
const steps = signal<ReadonlyArray<Step>>([])

/** Enough for a hand that slips; each step may hold a file. */
const mostSteps = 100

/** What the next {@link undo} takes back. */
export const next = computed(() => steps.value.at(-1)?.what)

export const undo = (): void => {
  const step = steps.value.at(-1)
  if (step === undefined) return
  batch(() => {
    steps.value = steps.value.slice(0, -1)
    step.undo()
  })
  Notice.tell(`Undone: ${step.what}.`)
}

export const push = (step: Step): void => {
  steps.value = [...steps.value, step].slice(-mostSteps)
  Notice.tell(`${step.what}.`, { label: "Undo", run: undo })
}
