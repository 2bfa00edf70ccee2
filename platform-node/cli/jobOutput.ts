/**
 * What a job prints and returns, for `run` and `attach` alike.
 */
import * as Effect from "effect/Effect"
import type { Job, JobResult, LogChunk } from "../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import type { Call } from "./CommandLine.ts"
import { fitsJson } from "../../core/runtime/fitsJson.ts"
import { valueText } from "./render/resultValue.ts"
import { plain } from "./render/Style.ts"
import { duration } from "./render/Text.ts"
import type { Terminal } from "./Terminal.ts"

/** Shows what the job prints, and remembers whether its last line is finished. */
export const makeLog = (call: Call, terminal: Terminal) => {
  let unfinished = false
  return {
    show: ({ bytes, stream }: LogChunk) =>
      Effect.promise(() => {
        const target = call.switches.has("json") ? "stderr" : stream
        if (target === "stdout") unfinished = bytes.at(-1) !== 0x0a
        return terminal.write(target, bytes)
      }),
    end: () => {
      if (unfinished) terminal.print([""])
    }
  }
}

const resultDocument = (job: Job, { envelope, value }: JobResult) => ({
  jobId: job.jobId,
  packageId: job.packageId,
  ...(fitsJson(value) ? { value } : { valueText: envelope.value })
})

/** Prints what the job returned. */
export const showResult = (call: Call, terminal: Terminal, job: Job, result: JobResult): void => {
  const { finishedAt, startedAt } = result.envelope
  terminal.note([`${terminal.errorStyle.green("✓")} Returned after ${duration(finishedAt - startedAt)}`])
  terminal.print([
    call.switches.has("json")
      ? Quotation.json(resultDocument(job, result), 2)
      : valueText(result.value, terminal.style !== plain)
  ])
}
