/**
 * What Effect's own logger and metrics hear of a call.
 */
import { assert, layer } from "@effect/vitest"
import { Counters, Pipeline } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as work from "./work.ts"

const counted = Effect.map(
  Effect.all([
    Counters.packagesMade,
    Counters.deployments,
    Counters.jobsSubmitted,
    Counters.jobsEnded("returned"),
    Counters.jobsEnded("JobFailedError")
  ].map((counter) => Metric.value(counter))),
  (states) => states.map(({ count }) => count)
)

layer(Cluster.layerTest(), { excludeTestServices: true, timeout: "1 minute" })("a call", (it) => {
  it.effect("is counted, and told at a level of its own", () =>
    Effect.gen(function*() {
      const lines: Array<readonly [level: string, message: string, jobId: unknown]> = []
      const collecting = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ annotations, logLevel, message }) => {
          const jobId = HashMap.get(annotations, "jobId")
          lines.push([logLevel.label, String(message), jobId._tag === "Some" ? jobId.value : undefined])
        })
      )
      const before = yield* counted
      const { job } = yield* Pipeline.run({ fn: work.picky, args: [4] }).pipe(
        Effect.provide(collecting),
        Logger.withMinimumLogLevel(LogLevel.Debug)
      )
      yield* Effect.flip(Pipeline.run({ fn: work.picky, args: [-4] }))
      const after = yield* counted
      assert.deepStrictEqual(after.map((count, index) => count - (before[index] ?? 0)), [2, 2, 2, 1, 1])
      assert.deepInclude(lines, ["DEBUG", `Submitted picky as job ${job.jobId}`, job.jobId])
      assert.isTrue(
        lines.some(([level, message]) => level === "DEBUG" && message.startsWith("Deployed the package in "))
      )
    }), 60_000)
})
