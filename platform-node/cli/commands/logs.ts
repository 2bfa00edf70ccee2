/**
 * `clustrix logs`.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ClusterExecutor } from "../../../core/ClusterExecutor.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = ""] = call.positionals
    const executor = yield* ClusterExecutor
    const { jobId } = yield* executor.find(name)
    yield* Stream.runForEach(
      executor.logs(jobId, { follow: call.switches.has("follow") }),
      ({ bytes, stream }) => Effect.promise(() => terminal.write(stream, bytes))
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
