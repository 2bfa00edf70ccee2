/**
 * `clustrix package`.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Cluster } from "../../../core/config/Cluster.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import type { Observation } from "../../../core/packaging/memory/Observation.ts"
import { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as NodeHost from "../../NodeHost.ts"
import * as CommandMemory from "../../recall/CommandMemory.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { diagnosticLines } from "../render/failure.ts"
import { packageLines } from "../render/packageReport.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** The text of `info`, cut where the time stands: the one thing in it that is another the next time. */
const jsonParts = (info: PackageInfo) =>
  Effect.map(Schema.encode(PackageInfo)(info), (encoded) => {
    const time = JSON.stringify(encoded.createdAt)
    const text = Quotation.json(encoded, 2)
    const at = text.indexOf(time, text.indexOf("\"createdAt\""))
    return [text.slice(0, at), text.slice(at + time.length)]
  })

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [reference = ""] = call.positionals
    const packager = yield* FilePackager
    const seen: Array<Observation> = []
    const config = yield* PackagingArguments.clusterOf(call, (observation) => seen.push(observation))
    const args = yield* PackagingArguments.callArguments(call)
    const kwargs = yield* PackagingArguments.callOptions(call)
    const { info, observations, report } = yield* withProgress(
      terminal,
      `Packaging ${reference}`,
      packager.packageFunctionForExecution(reference, args, kwargs, PackagingArguments.packageOptions(call)).pipe(
        Effect.provideService(Cluster, { config })
      )
    )
    const { errorStyle, style } = terminal
    const notes = report.diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, errorStyle))
    const output = call.switches.has("json")
      ? yield* jsonParts(info)
      : [packageLines(info, report, reference, style).join("\n")]
    terminal.note(notes)
    terminal.print([CommandMemory.outputNow({ output })])
    if (observations !== undefined) {
      CommandMemory.remember(process.argv.slice(2), {
        notes,
        output,
        observations: [...seen, ...observations],
        written: [info.packagePath, info.invocationPath, info.sourceMapPath].filter((path) => path !== undefined)
      })
    }
    return ExitCode.done
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), NodeHost.layer)
