/**
 * `clustrix deploy`.
 */
import * as Effect from "effect/Effect"
import { openPackage } from "../../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { Transport } from "../../../core/cluster/Transport.ts"
import * as NodeHost from "../../NodeHost.ts"
import { type Call, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { onCluster } from "../onCluster.ts"
import { nearestModules, packageCall } from "../packaging.ts"
import { visible } from "../render/Text.ts"
import { runCommand, withTransfer } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** The ZIP: the one that is named, or a new one of the function that is. */
const subject = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [named = ""] = call.positionals
    const given = valueOf(call, "node-modules")
    if (/\.zip$/i.test(named)) return { zip: named, nodeModules: given ?? nearestModules() }
    const { info } = yield* packageCall(call, terminal)
    return { zip: info.packagePath, nodeModules: given ?? info.nodeModules }
  })

const program = (call: Call, terminal: Terminal) =>
  Effect.scoped(Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const { location } = yield* Transport
    const { nodeModules, zip } = yield* subject(call, terminal)
    const access = yield* RandomAccess.fromFile(zip)
    const { digest, metadata, packageId } = yield* openPackage(access)
    const deployed = yield* withTransfer(
      terminal,
      `Deploying to ${location}`,
      "Sending",
      (progress) => executor.deploy({ package: access, digest, nodeModules, progress })
    )
    const functionName = metadata.function_info.name
    const { style } = terminal
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json({ packageId, digest, functionName, location, ...deployed }, 2)]
        : [
          `${style.green("✓")} ${style.bold(visible(functionName))} (${packageId}) ${
            deployed.created ? "was deployed to" : "was there already, on"
          } ${visible(location)}  ${style.dim(visible(deployed.directory))}`
        ]
    )
    return ExitCode.done
  }))

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(
    call,
    terminal,
    onCluster(call, terminal, () => program(call, terminal)),
    NodeHost.layer
  )
