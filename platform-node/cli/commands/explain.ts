/**
 * `clustrix explain`.
 */
import * as Effect from "effect/Effect"
import * as Answer from "../../../core/packaging/explain/Answer.ts"
import * as Subject from "../../../core/packaging/explain/Subject.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as NodeHost from "../../NodeHost.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import * as Render from "../render/explanation.ts"
import { diagnosticLines } from "../render/failure.ts"
import { loopLines, loopsJson } from "../render/loops.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [reference = "", what] = call.positionals
    const packager = yield* FilePackager
    const prepared = yield* withProgress(
      terminal,
      `Analysing ${reference}`,
      packager.prepare(reference, PackagingArguments.packageOptions(call))
    )
    const { errorStyle, style } = terminal
    const json = call.switches.has("json")
    const show = (document: unknown, lines: ReadonlyArray<string>): void =>
      terminal.print(json ? [Quotation.json(document, 2)] : lines)
    if (call.switches.has("loops")) {
      const reports = yield* prepared.loops
      show(loopsJson(reports), loopLines(reports, style))
      return ExitCode.done
    }
    if (what === undefined) {
      terminal.note(prepared.diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, errorStyle)))
      show(Answer.everythingJson(prepared), Render.everythingLines(prepared, style))
      return ExitCode.done
    }
    const subject = yield* Subject.findSubject(prepared, what)
    const answer = Answer.answer(prepared, subject)
    show(Answer.answerJson(answer), Render.answerLines(answer, style))
    return ExitCode.done
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), NodeHost.layer)
