/**
 * `clustrix logs`.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import type { Terminal } from "../Terminal.ts"
import { wholeNumber } from "../wholeNumber.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [name = ""] = call.positionals
    const tail = yield* wholeNumber(call, "tail", 0)
    const executor = yield* ClusterExecutor
    const { jobId, tasks = 0 } = yield* executor.find(name)
    const task = valueOf(call, "task")
    if (task !== undefined && !(/^\d+$/.test(task) && Number(task) < tasks)) {
      return yield* Effect.fail(usageError(
        `The job ${jobId} has no task ${JSON.stringify(task)}`,
        tasks === 0 ? "It is one call: leave --task out." : `Its tasks are 0 to ${tasks - 1}.`
      ))
    }
    yield* Stream.runForEach(
      executor.logs(jobId, {
        follow: call.switches.has("follow"),
        task: task === undefined ? undefined : Number(task),
        tail
      }),
      ({ bytes, stream }) => Effect.promise(() => terminal.write(stream, bytes))
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
