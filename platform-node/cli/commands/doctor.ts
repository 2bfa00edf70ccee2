/**
 * `clustrix doctor`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { type CheckName, type Finding, runAll } from "../../../core/cluster/doctor/Check.ts"
import * as Configuration from "../../Configuration.ts"
import * as Doctor from "../../Doctor.ts"
import * as Hasher from "../../Hasher.ts"
import { type Call, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { promptOn } from "../onCluster.ts"
import { findingLines, verdict } from "../render/doctor.ts"
import { width } from "../render/Text.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** What is wrong with a cluster is that jobs give no result, but for these. */
const codes: Partial<Record<CheckName, number>> = {
  configuration: ExitCode.usage,
  "work-directory": ExitCode.storage
}

const codeOf = (findings: ReadonlyArray<Finding>): number => {
  const failed = findings.find(({ outcome }) => outcome === "failed")
  return failed === undefined ? ExitCode.done : codes[failed.name] ?? ExitCode.noResult
}

const program = (call: Call, terminal: Terminal) =>
  Effect.scoped(Effect.gen(function*() {
    const checks = yield* Effect.matchEffect(Configuration.load({ profile: valueOf(call, "cluster") }), {
      onFailure: (error) => Effect.succeed(Doctor.unreadable(error)),
      onSuccess: (resolved) => Doctor.checksFor(resolved, { prompt: promptOn(terminal) })
    })
    const isJson = call.switches.has("json")
    const column = Math.max(...checks.map(({ title }) => width(title)))
    const shown = checks.map((check) => ({
      ...check,
      run: withProgress(terminal, check.title, check.run)
    }))
    const findings = yield* runAll(shown, (finding) =>
      Effect.sync(() => {
        if (!isJson) terminal.print(findingLines(finding, column, terminal.style))
      }))
    const code = codeOf(findings)
    terminal.print(
      isJson
        ? [Quotation.json({ works: code === ExitCode.done, checks: findings }, 2)]
        : ["", verdict(findings, terminal.style)]
    )
    return code
  }))

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(
    call,
    terminal,
    program(call, terminal),
    Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer)
  )
