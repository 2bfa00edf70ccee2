/**
 * `clustrix status`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import { jobJson, statusLines } from "../render/jobs.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = ""] = call.positionals
    const executor = yield* ClusterExecutor
    const { job, status } = yield* withProgress(
      terminal,
      "Asking",
      Effect.flatMap(
        executor.find(name),
        (job) => Effect.map(executor.status(job.jobId), (status) => ({ job, status }))
      )
    )
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json(jobJson({ job, status }), 2)]
        : statusLines(job, status, yield* Clock.currentTimeMillis, terminal.style)
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
