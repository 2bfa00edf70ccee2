/**
 * `clustrix attach`.
 */
import * as Effect from "effect/Effect"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import { watchJob } from "../../../core/Pipeline.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { makeLog, showResult } from "../jobOutput.ts"
import { clusterCommand } from "../onCluster.ts"
import { visible } from "../render/Text.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = ""] = call.positionals
    const executor = yield* ClusterExecutor
    const job = yield* executor.find(name)
    const style = terminal.errorStyle
    terminal.note([
      `${style.green("✓")} Attached to job ${style.bold(job.jobId)} (${visible(job.functionName)})  ${
        style.dim(visible(job.directory))
      }`
    ])
    const log = makeLog(call, terminal)
    const watching = watchJob(job, { log: log.show }).pipe(Effect.ensuring(Effect.sync(log.end)))
    const result = yield* Effect.onInterrupt(
      withProgress(terminal, "Waiting", watching),
      () => Effect.sync(() => terminal.note([`The job ${job.jobId} goes on: \`clustrix cancel\` ends it.`]))
    )
    showResult(call, terminal, job, result)
    return ExitCode.done
  })

export const main = clusterCommand(program)
