/**
 * `clustrix config show`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Configuration from "../../Configuration.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { configurationJson, configurationLines } from "../render/configuration.ts"
import { runCommand } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [action = ""] = call.positionals
    if (action !== "show") {
      return yield* Effect.fail(
        usageError(`\`clustrix config\` cannot ${JSON.stringify(action)}`, "Write `clustrix config show`.")
      )
    }
    const resolved = yield* Configuration.load({ profile: valueOf(call, "cluster") })
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json(configurationJson(resolved), 2)]
        : configurationLines(resolved, terminal.style)
    )
    return ExitCode.done
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), Layer.empty)
