/**
 * `clustrix jobs`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ClusterExecutor, type Job } from "../../../core/cluster/ClusterExecutor.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import { jobStates } from "../../../core/cluster/execute/JobState.ts"
import { isFinal } from "../../../core/cluster/execute/JobStatus.ts"
import { Transport } from "../../../core/cluster/Transport.ts"
import { type Call, type UsageError, usageError } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { clusterCommand } from "../onCluster.ts"
import { jobJson, jobsLines, type SeenJob } from "../render/jobs.ts"
import { plain } from "../render/Style.ts"
import { progressLine } from "../render/taskProgress.ts"
import { withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"
import { wholeNumber } from "../wholeNumber.ts"

const betweenLooksMillis = 1000

const isOpen = ({ status }: SeenJob): boolean => !("unknown" in status) && !isFinal(status.state)

/** Shows the jobs that have not ended until there is none: a table on a terminal, elsewhere a line for each change. */
const follow = <E, R>(
  terminal: Terminal,
  location: string,
  first: ReadonlyArray<SeenJob>,
  look: Effect.Effect<ReadonlyArray<SeenJob>, E, R>
) =>
  Effect.suspend(() => {
    let seen = first
    const told = new Map<string, string>()
    const tell = (): void => {
      if (process.stderr.isTTY === true) return
      for (const each of seen.filter((one) => isOpen(one) || told.has(one.job.jobId))) {
        const line = "unknown" in each.status ? each.status.unknown
          : `${each.job.jobId}  ${each.status.state}${
            each.status.tasks === undefined ? "" : `  ${progressLine(each.status.tasks, plain)}`
          }`
        if (told.get(each.job.jobId) !== line) terminal.note([line])
        told.set(each.job.jobId, line)
      }
    }
    const table = (): ReadonlyArray<string> => jobsLines(seen.filter(isOpen), location, Date.now(), plain)
    return Effect.acquireUseRelease(
      Effect.sync(() => terminal.progress(table)),
      () =>
        Effect.gen(function*() {
          tell()
          while (seen.some(isOpen)) {
            yield* Effect.sleep(betweenLooksMillis)
            seen = yield* look
            tell()
          }
          return seen
        }),
      (end) => Effect.sync(end)
    )
  })

/** The states that are asked for; none: all. */
const statesOf = (call: Call): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const given = (call.values.get("state") ?? []).flatMap((text) => text.split(","))
  const known = [...jobStates, "unknown"]
  const odd = given.find((text) => !known.includes(text))
  return odd === undefined
    ? Effect.succeed(given)
    : Effect.fail(usageError(`No job is ever ${JSON.stringify(odd)}`, `The states are ${known.join(", ")}.`))
}

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const last = yield* wholeNumber(call, "last", 1)
    const states = yield* statesOf(call)
    const names = call.values.get("function") ?? []
    const executor = yield* ClusterExecutor
    const { location } = yield* Transport
    const look = Effect.gen(function*() {
      const all = (yield* executor.list).filter(({ functionName }) =>
        names.length === 0 || names.includes(functionName)
      )
      const jobs = last === undefined ? all : all.slice(-last)
      const statuses = yield* executor.statuses(jobs.map(({ jobId }) => jobId))
      const seen = jobs.map((job: Job, index): SeenJob => {
        const status = statuses[index]
        return {
          job,
          status: status === undefined
            ? { unknown: "" }
            : Either.getOrElse(status, ({ message }) => ({ unknown: message }))
        }
      })
      return seen.filter(({ status }) =>
        states.length === 0 || states.includes("unknown" in status ? "unknown" : status.state)
      )
    })
    const first = yield* withProgress(terminal, `Asking ${location}`, look)
    const seen = call.switches.has("follow") ? yield* follow(terminal, location, first, look) : first
    terminal.print(
      call.switches.has("json")
        ? [Quotation.json({ location, jobs: seen.map(jobJson) }, 2)]
        : jobsLines(seen, location, yield* Clock.currentTimeMillis, terminal.style)
    )
    return ExitCode.done
  })

export const main = clusterCommand(program)
