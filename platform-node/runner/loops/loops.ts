/**
 * What runs the loops of a package on threads: `loops.mjs` of the packages that have such loops. The variants of the
 * modules call {@link loop}; `loops_entry.mjs` asks {@link isWide} whether they are wanted at all.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import process from "node:process"
import { isMainThread, workerData } from "node:worker_threads"
import * as ResultFile from "../ResultFile.ts"
import { parseArguments } from "../RunnerArguments.ts"
import type { LoopSpec, ThreadData } from "./LoopMessages.ts"
import { type LoopNote, LoopRun, type LoopSettings, type Run, shortRun } from "./LoopRun.ts"
import { compute, coordinate } from "./LoopThread.ts"

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** How the runner was started. */
const started = parseArguments(process.argv.slice(2))

/** The cores of the job, if its invocation wants loops to use them. */
const widthOf = (invocation: unknown): number => {
  const cluster = isRecord(invocation) ? invocation["cluster"] : undefined
  if (!isRecord(cluster) || cluster["parallel"] === false || typeof cluster["cores"] !== "number") return 1
  return Math.max(1, Math.min(cluster["cores"], os.availableParallelism()))
}

const readInvocation = (): unknown => {
  if (!isMainThread || typeof started === "string" || started.invocation === undefined) return undefined
  try {
    return JSON.parse(fs.readFileSync(path.resolve(started.invocation), "utf8"))
  } catch {
    // The runner reads it, too, and says what is wrong with it
    return undefined
  }
}

let settings: LoopSettings = { width: widthOf(readInvocation()), eager: false }

/** Whether loops may run on more than one core. Proven on Node only: elsewhere they are serial. */
export const isWide = (): boolean => settings.width > 1 && ResultFile.runtime().name === "node"

/** Sets what else the invocation says. `eager`: loops do not wait until threads are worth it. */
export const configure = (given: LoopSettings): void => {
  settings = given
}

/** How the loops of this process ran, one for each execution; the first thousand. */
export const notes: Array<LoopNote> = []

const keep = (note: LoopNote): void => {
  if (notes.length === 0 && typeof started !== "string" && started.job !== undefined) {
    const file = path.join(path.resolve(started.job), "loops.json")
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
