/**
 * `clustrix fetch`.
 */
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as JobFiles from "../../../core/cluster/execute/JobFiles.ts"
import { isFinal } from "../../../core/cluster/execute/JobStatus.ts"
import { Transport } from "../../../core/cluster/Transport.ts"
import { type Call, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import { count, size, table, visible } from "../render/Text.ts"
import { withTransfer } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = "", ...globs] = call.positionals
    const executor = yield* ClusterExecutor
    const transport = yield* Transport
    const job = yield* executor.find(name)
    const { errorStyle, style } = terminal
    if (!isFinal((yield* executor.status(job.jobId)).state)) {
      terminal.note([
        `${errorStyle.yellow("warning:")} The job ${job.jobId} has not ended: its files may be incomplete`
      ])
    }
    const directory = Path.resolve(valueOf(call, "to") ?? ".")
    const files = yield* withTransfer(
      terminal,
      `Fetching from ${job.jobId}`,
      "Fetching",
      (progress) =>
        JobFiles.fetch(transport, job, directory, {
          globs,
          force: call.switches.has("force"),
          progress: (bytes, total) => progress("files", bytes, total)
        })
    )
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json({ jobId: job.jobId, directory, files }, 2)]
        : files.length === 0
        ? [`The job ${job.jobId} left no files`]
        : [
          `${style.green("✓")} Fetched ${style.bold(count(files.length, "file"))} (${size(bytes)}) into ${
            visible(directory)
          }`,
          ...table(files.map(({ path, sizeBytes }) => [visible(path), size(sizeBytes)]), { right: [1] })
        ]
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
