/**
 * `clustrix cancel`.
 */
import * as Effect from "effect/Effect"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { isFinal } from "../../../core/cluster/execute/JobStatus.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import { jobJson } from "../render/jobs.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = ""] = call.positionals
    const executor = yield* ClusterExecutor
    const job = yield* executor.find(name)
    const { jobId } = job
    const before = yield* executor.status(jobId)
    const status = isFinal(before.state) ? before : yield* withProgress(
      terminal,
      `Cancelling ${jobId}`,
      Effect.zipRight(executor.cancel(jobId), executor.status(jobId))
    )
    const { style } = terminal
    terminal.print([
      call.switches.has("json")
        ? Quotation.json(jobJson({ job, status }), 2)
        // Schedulers answer before the job has ended
        : !isFinal(status.state)
        ? `${style.green("✓")} Job ${style.bold(jobId)} is told to end, and is ${status.state} still`
        // It may have ended on its own in the very moment
        : isFinal(before.state) || status.state !== "cancelled"
        ? `The job ${jobId} had ended already: ${status.state}`
        : `${style.green("✓")} Cancelled job ${style.bold(jobId)}`
    ])
    return ExitCode.done
  })

export const main = clusterCommand(program)
