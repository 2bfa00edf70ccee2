/**
 * The `clustrix` command. What it would only say again it says at once; else it loads the code of the command that is meant.
 */
import * as Module from "node:module"
import * as CommandMemory from "../recall/CommandMemory.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Signals from "./Signals.ts"
import * as Terminal from "./Terminal.ts"

const run = async (words: ReadonlyArray<string>, terminal: Terminal.Terminal): Promise<number> => {
  const printed = CommandMemory.recall(words)
  if (printed !== undefined) {
    terminal.note(printed.notes)
    terminal.print([CommandMemory.outputNow(printed)])
    return ExitCode.done
  }
  // From Node 22 on, compiled code of the commands is kept between starts. Types here are those of Node 20.
  const enableCompileCache: unknown = Reflect.get(Module, "enableCompileCache")
  if (typeof enableCompileCache === "function") Reflect.apply(enableCompileCache, Module, [])
  return (await import("./dispatch.ts")).dispatch(words, terminal)
}

const main = async (): Promise<void> => {
  const terminal = Terminal.make(Signals.brokenPipe)
  const code = await run(process.argv.slice(2), terminal)
  await terminal.flush()
  // Whatever a library left running has nothing more to say.
  process.exit(code)
}

// Not awaited: the code of a command may import this module, which would wait for it in turn
void main()
