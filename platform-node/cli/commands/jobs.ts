/**
 * `clustrix jobs`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ClusterExecutor, type Job } from "../../../core/ClusterExecutor.ts"
import { Transport } from "../../../core/Transport.ts"
import type { Call } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import { jobJson, jobsLines, type SeenJob } from "../render/jobs.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const { location } = yield* Transport
    const seen = yield* withProgress(
      terminal,
      `Asking ${location}`,
      Effect.gen(function*() {
        const jobs = yield* executor.list
        const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
        return jobs.map((job: Job, index): SeenJob => {
          const status = statuses[index]
          return {
            job,
            status: status === undefined
              ? { unknown: "" }
              : Either.getOrElse(status, ({ message }) => ({ unknown: message }))
          }
        })
      })
    )
    terminal.print(
      call.switches.has("json")
        ? [JSON.stringify({ location, jobs: seen.map(jobJson) }, undefined, 2)]
        : jobsLines(seen, location, yield* Clock.currentTimeMillis, terminal.style)
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
