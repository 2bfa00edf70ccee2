/**
 * `clustrix diff`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { diffPackages } from "../../../core/archive/DiffPackages.ts"
import { verifyPackage } from "../../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as Hasher from "../../Hasher.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { differenceLines } from "../render/difference.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const open = (path: string) => Effect.flatMap(RandomAccess.fromFile(path), (access) => verifyPackage(access))

const program = (call: Call, terminal: Terminal) =>
  Effect.scoped(Effect.gen(function*() {
    const [before = "", after = ""] = call.positionals
    const diff = yield* withProgress(
      terminal,
      "Comparing",
      Effect.flatMap(Effect.all([open(before), open(after)]), ([a, b]) => diffPackages(a, b))
    )
    terminal.print(
      call.switches.has("json") ? [Quotation.json(diff, 2)] : differenceLines(diff, terminal.style)
    )
    return diff.equal ? ExitCode.done : ExitCode.negative
  }))

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), Layer.merge(NodeFileSystem.layer, Hasher.layer))
