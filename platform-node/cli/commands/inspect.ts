/**
 * `clustrix inspect`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type OpenPackage, openPackage, verifyPackage } from "../../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as Manifest from "../../../core/archive/Manifest.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as NearName from "../../../core/diagnostics/NearName.ts"
import * as Hasher from "../../Hasher.ts"
import { type Call, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import type { Explained } from "../render/failure.ts"
import { inspectionJson, inspectionLines } from "../render/inspection.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const noSuchFile = (opened: OpenPackage, path: string): Explained => {
  const [near] = NearName.near(path, opened.entries.map((entry) => entry.path))
  return {
    _tag: "NotFoundInPackage",
    what: `${opened.name} holds no file ${JSON.stringify(path)}`,
    remedy: near === undefined ? "`clustrix inspect` without --file lists its files." : `Did you mean \`${near}\`?`
  }
}

const printFile = (opened: OpenPackage, path: string, terminal: Terminal) =>
  Effect.gen(function*() {
    if (path !== Manifest.path && !opened.entries.some((entry) => entry.path === path)) {
      return yield* Effect.fail(noSuchFile(opened, path))
    }
    // Twice, so that nothing is printed that turns out to be wrong in the end.
    yield* opened.forEachChunk(path, () => Effect.void)
    yield* opened.forEachChunk(path, (bytes) => Effect.promise(() => terminal.write("stdout", bytes)))
  })

const program = (call: Call, terminal: Terminal) =>
  Effect.scoped(Effect.gen(function*() {
    const [zip = ""] = call.positionals
    const access = yield* RandomAccess.fromFile(zip)
    const path = valueOf(call, "file")
    if (path !== undefined) {
      yield* printFile(yield* openPackage(access), path, terminal)
      return ExitCode.done
    }
    const opened = yield* withProgress(terminal, `Verifying ${zip}`, verifyPackage(access))
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json(inspectionJson(opened), 2)]
        : inspectionLines(opened, terminal.style)
    )
    return ExitCode.done
  }))

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(call, terminal, program(call, terminal), Layer.merge(NodeFileSystem.layer, Hasher.layer))
