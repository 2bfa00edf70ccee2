/**
 * Writes the files of a job's directory: complete or not at all, readable by their owner only.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import process from "node:process"
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import type { Status } from "../../core/runtime/ResultEnvelope.ts"
import type { Refusal } from "../../core/runtime/ValueText.ts"

/** How a call ended, before the circumstances are added. */
export interface Ending {
  readonly status: Status
  readonly exitCode: number
  readonly value?: string
  readonly error?: Description
  readonly refusal?: Refusal
  readonly message?: string
  readonly signal?: string
}

/** Writes `text` under a temporary name, to the disk, and renames. Synchronous: it also runs while the process ends. */
export const writeAtomically = (file: string, text: string): void => {
  const temporary = `${file}.${process.pid}.tmp`
  const handle = fs.openSync(temporary, "w", 0o600)
  try {
    fs.writeFileSync(handle, text)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
  fs.renameSync(temporary, file)
}

/** The most memory that this process ever had, in bytes. */
export const peakMemoryBytes = (): number | undefined => {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))
    if (line !== null) return Number(line[1]) * 1024
  } catch {
    // No /proc here: ask the runtime.
  }
  try {
    return process.resourceUsage().maxRSS * 1024
  } catch {
    return undefined
  }
}

/** Node, Bun or Deno, and its version. */
export const runtime = (): { readonly name: string; readonly version: string } => {
  const versions: Readonly<Record<string, string | undefined>> = process.versions
  const name = versions["bun"] !== undefined ? "bun" : versions["deno"] !== undefined ? "deno" : "node"
  return { name, version: versions[name] ?? process.version }
}

export const resultFile = (job: string): string => path.join(job, "result")

/** Writes the job's `result`. `measured`: whether this is the process that ran the function. */
export const writeResult = (job: string, startedAt: number, ending: Ending, measured: boolean): void => {
  const peak = measured ? peakMemoryBytes() : undefined
  const { value, ...rest } = ending
  writeAtomically(
    resultFile(job),
    `${
      JSON.stringify({
        format: "clustrix-result",
        formatVersion: 1,
        ...rest,
        startedAt,
        finishedAt: Date.now(),
        host: os.hostname(),
        ...(peak === undefined ? {} : { peakMemoryBytes: peak }),
        runtime: runtime(),
        // Last: however large it is, the rest can be read without it
        value
      })
    }\n`
  )
}
