/**
 * What runs the loops of a package on threads: `loops.mjs` of the packages that have such loops. The variants of the
 * modules call {@link loop}; `loops_entry.mjs` asks {@link isWide} whether they are wanted at all.
 */
import * as os from "node:os"
import * as path from "node:path"
import process from "node:process"
import { workerData } from "node:worker_threads"
import * as ResultFile from "../ResultFile.ts"
import * as RunningJob from "../RunningJob.ts"
import type { LoopSpec, ThreadData } from "./LoopMessages.ts"
import { type LoopNote, LoopRun, type LoopSettings, type Run, shortRun } from "./LoopRun.ts"
import { compute, coordinate } from "./LoopThread.ts"
import * as Disguise from "./Disguise.ts"
import * as Natives from "./Natives.ts"

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const job = RunningJob.current()

let settings: LoopSettings = {
  width: Math.max(1, Math.min(job?.loopCores ?? 1, os.availableParallelism())),
  eager: false
}

/** Remembers what the proof relies on, before the program can change it. */
const prepare = (): void => {
  Disguise.begin()
  Natives.begin()
}

/** Whether loops may run on more than one core. Proven on Node only: elsewhere they are serial. */
export const isWide = (): boolean => {
  const wide = settings.width > 1 && ResultFile.runtime().name === "node"
  if (wide) prepare()
  return wide
}

/** Sets what the runner did not. `eager`: loops do not wait until threads are worth it. */
export const configure = (given: LoopSettings): void => {
  settings = given
  prepare()
}

/** How the loops of this process ran, one for each execution; the first thousand. */
export const notes: Array<LoopNote> = []

const keep = (note: LoopNote): void => {
  if (notes.length === 0 && job?.directory !== undefined) {
    const file = path.join(job.directory, "loops.json")
    process.once("exit", () => ResultFile.writeAtomically(file, `${JSON.stringify(notes)}\n`))
  }
  if (notes.length < 1000) notes.push(note)
}

/** One execution of a loop. */
export const loop = (
  spec: LoopSpec,
  captured: () => ReadonlyArray<unknown>,
  accumulators: () => ReadonlyArray<unknown>,
  values: () => ReadonlyArray<ReadonlyArray<unknown>>,
  source: () => ReadonlyArray<unknown>,
  given: unknown
): Run =>
  (settings.eager ? undefined : shortRun(spec, given, source)) ??
    new LoopRun({ settings, spec, captured, accumulators, values, source, note: keep }, given)

// The threads are started with this very file
const thread: ThreadData | undefined = isRecord(workerData) && "clustrixLoops" in workerData
  // Only the pool writes under this key
  ? workerData as unknown as ThreadData
  : undefined
if (thread?.clustrixLoops === "coordinator") coordinate(thread)
else if (thread?.clustrixLoops === "thread") compute(thread)
