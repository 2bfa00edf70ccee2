/**
 * `clustrix map`.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { ClusterExecutor, type Job, type TaskCounts, type TaskResult } from "../../../core/cluster/ClusterExecutor.ts"
import { resumeMap, submitMap } from "../../../core/Pipeline.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as NodeHost from "../../NodeHost.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { onCluster } from "../onCluster.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { diagnosticLines, failureJson, failureLines } from "../render/failure.ts"
import { fitsJson } from "../../../core/runtime/fitsJson.ts"
import { plain } from "../render/Style.ts"
import { count, visible } from "../render/Text.ts"
import { progressLine } from "../render/taskProgress.ts"
import { runCommand } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** The values of `file`, a line of JSON each; `-` is standard input. Empty lines are passed over. */
const readInputs = (file: string) =>
  Effect.tryPromise({
    try: async () => {
      const inputs: Array<unknown> = []
      let number = 0
      for await (
        const line of createInterface({
          input: file === "-" ? process.stdin : createReadStream(file),
          crlfDelay: Infinity
        })
      ) {
        number += 1
        if (line.trim() === "") continue
        try {
          inputs.push(JSON.parse(line))
        } catch (cause) {
          throw usageError(
            `Line ${number} of ${file} is not JSON`,
            "Write one JSON value on each line: it is the function's argument.",
            cause instanceof Error ? cause.message : String(cause)
          )
        }
      }
      return inputs
    },
    catch: (cause) =>
      typeof cause === "object" && cause !== null && "_tag" in cause && cause._tag === "UsageError"
        ? usageError(
          String(Reflect.get(cause, "what")),
          String(Reflect.get(cause, "remedy")),
          String(Reflect.get(cause, "why"))
        )
        : usageError(
          `${file} cannot be read`,
          "--inputs names a file with one JSON value on each line.",
          cause instanceof Error ? cause.message : String(cause)
        )
  })

/** The number of an option, at least `least`. */
const numberOf = (call: Call, name: string, least: number) => {
  const text = valueOf(call, name)
  const number = Number(text)
  return text === undefined
    ? Effect.succeed(undefined)
    : /^\d+$/.test(text) && number >= least
    ? Effect.succeed(number)
    : Effect.fail(
      usageError(`\`--${name}\` cannot be ${JSON.stringify(text)}`, `Write a whole number from ${least} on.`)
    )
}

const start = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const [fn] = call.positionals
    const resume = valueOf(call, "resume")
    const inputs = valueOf(call, "inputs")
    if (resume !== undefined) {
      return fn === undefined && inputs === undefined ? yield* resumeMap(resume) : yield* Effect.fail(
        usageError("`--resume` goes on with a job as it was submitted", "Name neither function nor inputs.")
      )
    }
    if (fn === undefined || inputs === undefined) {
      return yield* Effect.fail(usageError(
        "`clustrix map` needs a function and its inputs",
        "Write clustrix map FILE#NAME --inputs FILE.jsonl."
      ))
    }
    return yield* submitMap({
      fn,
      inputs: yield* readInputs(inputs),
      options: PackagingArguments.packageOptions(call),
      chunk: yield* numberOf(call, "chunk", 1),
      concurrency: yield* numberOf(call, "concurrency", 1),
      retry: yield* numberOf(call, "retry", 0)
    }, {
      packaged: ({ report: { diagnostics } }) =>
        Effect.sync(() =>
          terminal.note(diagnostics.flatMap((diagnostic) => diagnosticLines(diagnostic, terminal.errorStyle)))
        )
    })
  })

/** A line of JSON on standard output for each value; what failed is told on standard error too. */
const show = (terminal: Terminal, { index, outcome }: TaskResult): void => {
  if (Either.isRight(outcome)) {
    const { envelope, value } = outcome.right
    terminal.print([
      Quotation.json({ index, ...fitsJson(value) ? { value } : { valueText: envelope.value } })
    ])
    return
  }
  terminal.print([Quotation.json({ index, ...failureJson(outcome.left) })])
  const [first = "", ...more] = failureLines(outcome.left, terminal.errorStyle)
  terminal.note([`${terminal.errorStyle.red("✗")} Task ${index}: ${first}`, ...more])
}

const watch = (call: Call, terminal: Terminal, job: Job) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const { errorStyle: style } = terminal
    let counts: TaskCounts = { total: job.tasks ?? 0, queued: job.tasks ?? 0, running: 0, succeeded: 0, failed: 0 }
    let succeeded = 0
    let failed = 0
    const results = executor.results(job.jobId, {
      ordered: call.switches.has("ordered"),
      progress: (now) =>
        Effect.sync(() => {
          counts = now
        })
    })
    yield* Effect.acquireUseRelease(
      Effect.sync(() => terminal.progress(() => progressLine(counts, plain))),
      () =>
        Stream.runForEach(results, (each) =>
          Effect.sync(() => {
            show(terminal, each)
            if (Either.isRight(each.outcome)) succeeded += 1
            else failed += 1
          })),
      (end) => Effect.sync(end)
    ).pipe(Effect.onInterrupt(() =>
      Effect.sync(() =>
        terminal.note([
          `The job ${job.jobId} goes on: \`clustrix map --resume ${job.jobId}\` gives its results, \`clustrix cancel\` ends it.`
        ])
      )
    ))
    terminal.note([
      failed === 0
        ? `${style.green("✓")} ${count(succeeded, "task")} returned`
        : `${style.red("✗")} ${failed} of ${count(succeeded + failed, "task")} failed`
    ])
    return failed === 0 ? ExitCode.done : ExitCode.negative
  })

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const style = terminal.errorStyle
    const job = yield* Effect.acquireUseRelease(
      Effect.sync(() => terminal.progress("Submitting")),
      () => start(call, terminal),
      (end) => Effect.sync(end)
    )
    terminal.note([
      `${style.green("✓")} Job ${style.bold(job.jobId)} with ${count(job.tasks ?? 0, "task")}  ${
        style.dim(visible(job.directory))
      }`
    ])
    if (call.switches.has("detach")) {
      terminal.print([job.jobId])
      return ExitCode.done
    }
    return yield* watch(call, terminal, job)
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(
    call,
    terminal,
    onCluster(call, terminal, () => program(call, terminal)),
    NodeHost.layer
  )
