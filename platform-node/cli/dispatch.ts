/**
 * Finds out which command is meant, and loads the code of that one.
 */
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { version } from "../../package.json"
import { read, unknownCommand, type UsageError } from "./CommandLine.ts"
import { commands } from "./Commands.ts"
import * as ExitCode from "./ExitCode.ts"
import { failureJson, failureLines } from "./render/failure.ts"
import { commandHelp, overview } from "./render/help.ts"
import type { Terminal } from "./Terminal.ts"

/** Runs the command that `words` name. Gives the exit code. */
export const dispatch = async (words: ReadonlyArray<string>, terminal: Terminal): Promise<number> => {
  const refuse = (error: UsageError): number => {
    if (words.includes("--json")) terminal.print([Quotation.json(failureJson(error), 2)])
    terminal.note(failureLines(error, terminal.errorStyle))
    return ExitCode.usage
  }
  const [first, ...rest] = words
  if (first === undefined) {
    terminal.note(overview(commands, version, terminal.errorStyle))
    return ExitCode.usage
  }
  if (first === "--version" || first === "-V") {
    terminal.print([version])
    return ExitCode.done
  }
  const helped = first === "--help" || first === "-h" || first === "help"
  const [name, ...after] = helped ? [rest[0], "--help"] : [first, ...rest]
  if (name === undefined || (helped && name.startsWith("-"))) {
    terminal.print(overview(commands, version, terminal.style))
    return ExitCode.done
  }
  const command = commands.find((each) => each.name === name)
  if (command === undefined) return refuse(unknownCommand(name, commands.map((each) => each.name)))
  const call = read(command, after)
  if ("_tag" in call) return refuse(call)
  if (call.switches.has("help")) {
    terminal.print(commandHelp(command, terminal.style))
    return ExitCode.done
  }
  return (await command.load())(call, terminal)
}
