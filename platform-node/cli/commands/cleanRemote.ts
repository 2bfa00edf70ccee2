/**
 * `clustrix clean --remote`.
 */
import * as Effect from "effect/Effect"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { cleanupCluster } from "../../../core/cluster/execute/ClusterCleanup.ts"
import { Transport } from "../../../core/cluster/Transport.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { clusterCleanupJson, clusterCleanupLines } from "../render/clusterCleanup.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    if (call.values.has("package-dir")) {
      return yield* Effect.fail(
        usageError("`--package-dir` is a directory of this machine", "Leave it out, or leave out --remote.")
      )
    }
    // Jobs go with their results: longer than for packages, which can be made again
    const olderThan = yield* PackagingArguments.age(valueOf(call, "older-than") ?? "7d")
    const dryRun = call.switches.has("dry-run")
    const { location } = yield* Transport
    const cleanup = yield* withProgress(terminal, `Cleaning ${location}`, cleanupCluster({ olderThan, dryRun }))
    const report = { ...cleanup, location, dryRun }
    terminal.print(
      call.switches.has("json") ? [Quotation.json(clusterCleanupJson(report), 2)]
        : clusterCleanupLines(report, terminal.style)
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
