/**
 * Packaging on the way to something else: `run`, `deploy`.
 */
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import * as Path from "node:path"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import type { Call } from "./CommandLine.ts"
import * as PackagingArguments from "./PackagingArguments.ts"
import { diagnosticLines } from "./render/failure.ts"
import { contentLines, decisionLine } from "./render/packageReport.ts"
import { count, size, visible } from "./render/Text.ts"
import { withProgress } from "./runCommand.ts"
import type { Terminal } from "./Terminal.ts"

/** Packages the function that the command line names, with one call of it, and tells so. */
export const packageCall = (
  call: Call,
  terminal: Terminal,
  args: ReadonlyArray<unknown> = [],
  kwargs: Readonly<Record<string, unknown>> = {}
) =>
  Effect.gen(function*() {
    const [reference = ""] = call.positionals
    const packager = yield* FilePackager
    const packaged = yield* withProgress(
      terminal,
      `Packaging ${reference}`,
      packager.packageFunctionForExecution(reference, args, kwargs, PackagingArguments.packageOptions(call))
    )
    const { info, report } = packaged
    const style = terminal.errorStyle
    terminal.note([
      ...report.diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, style)),
      `${style.green("✓")} Packaged ${style.bold(visible(info.functionName))}: ${info.packageId}, ${
        count(report.files.length, "file")
      }, ${size(info.sizeBytes)} zipped`,
      ...(call.switches.has("explain")
        ? ["", ...contentLines(report, reference, style), ""]
        : decisionLine(report.decisions, reference, style).map((line) => `  ${style.dim(line)}`))
    ])
    return packaged
  })

/** The npm packages that a ZIP may use where nobody names them. */
export const nearestModules = (): string | undefined => {
  for (let at = process.cwd();; at = Path.dirname(at)) {
    const found = Path.join(at, "node_modules")
    if (existsSync(found)) return found
    if (Path.dirname(at) === at) return undefined
  }
}
