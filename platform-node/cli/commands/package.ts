/**
 * `clustrix package`.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Cluster } from "../../../core/config/Cluster.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as NodeHost from "../../NodeHost.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { diagnosticLines } from "../render/failure.ts"
import { packageLines } from "../render/packageReport.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [reference = ""] = call.positionals
    const packager = yield* FilePackager
    const config = yield* PackagingArguments.clusterOf(call)
    const args = yield* PackagingArguments.callArguments(call)
    const kwargs = yield* PackagingArguments.callOptions(call)
    const { info, report } = yield* withProgress(
      terminal,
      `Packaging ${reference}`,
      packager.packageFunctionForExecution(reference, args, kwargs, PackagingArguments.packageOptions(call)).pipe(
        Effect.provideService(Cluster, { config })
      )
    )
    const { errorStyle, style } = terminal
    terminal.note(report.diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, errorStyle)))
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json(yield* Schema.encode(PackageInfo)(info), 2)]
        : packageLines(info, report, reference, style)
    )
    return ExitCode.done
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), NodeHost.layer)
