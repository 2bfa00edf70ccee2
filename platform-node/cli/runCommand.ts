/**
 * Runs the Effect of a command as the whole life of the process: signals, errors, exit code.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as DiagnosticLog from "../../core/diagnostics/DiagnosticLog.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { type Call, valueOf } from "./CommandLine.ts"
import * as ExitCode from "./ExitCode.ts"
import { size } from "./render/Text.ts"
import { type Explained, failureJson, failureLines, isExplained } from "./render/failure.ts"
import * as Signals from "./Signals.ts"
import type { Terminal } from "./Terminal.ts"

/** What went wrong, for people; `undefined` for a mistake of ours. */
const explain = (cause: Cause.Cause<unknown>): Explained | undefined => {
  const failures = [...Cause.failures(cause), ...Cause.defects(cause)]
  const explained = failures.find(isExplained)
  if (explained !== undefined) return explained
  const config = failures.find((failure) => ConfigError.isConfigError(failure))
  return config === undefined ? undefined
    : { _tag: "ConfigError", what: `An environment variable cannot be used: ${config}` }
}

const defectOf = (cause: Cause.Cause<unknown>): Explained => {
  const error = Cause.squash(cause)
  const [message] = (error instanceof Error ? error.message : String(error)).split("\n")
  return {
    _tag: "Defect",
    what: `Clustrix failed where it must not: ${message ?? "unknown"}`,
    remedy: "Run it again with --debug, and report what it prints."
  }
}

/** `--package-dir` stands for the environment variable. */
const configProvider = (call: Call): ConfigProvider.ConfigProvider => {
  const directory = valueOf(call, "package-dir")
  const environment = ConfigProvider.fromEnv()
  return directory === undefined
    ? environment
    : ConfigProvider.orElse(ConfigProvider.fromMap(new Map([["CLUSTRIX_PACKAGE_DIR", directory]])), () => environment)
}

/** Writes Effect's log to standard error, warnings as a person reads them, without the diagnostics: the commands print those themselves. */
const logger = (terminal: Terminal): Layer.Layer<never> =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make((entry) => {
      if (DiagnosticLog.codeOf(entry.annotations) !== undefined) return
      terminal.note([
        entry.logLevel._tag === "Warning"
          ? `${terminal.errorStyle.yellow("warning:")} ${Arr.ensure(entry.message).map(String).join(" ")}`
          : Logger.logfmtLogger.log(entry)
      ])
    })
  )

/** Gives the exit code: that of `effect`, or the one for its failure, which is printed. */
export const runCommand = async <E, R, E2>(
  call: Call,
  terminal: Terminal,
  effect: Effect.Effect<number, E, R>,
  layer: Layer.Layer<R, E2>
): Promise<number> => {
  const fiber = Effect.runFork(
    Effect.withConfigProvider(
      effect.pipe(Effect.provide(layer), Effect.provide(logger(terminal))),
      configProvider(call)
    )
  )
  let stopped: number | undefined
  const release = Signals.handle((code) => {
    stopped = code
    Effect.runFork(Fiber.interruptFork(fiber))
  })
  const exit = await Effect.runPromise(Fiber.await(fiber))
  release()
  if (Exit.isSuccess(exit)) return stopped ?? exit.value
  if (stopped !== undefined) return stopped

  const error = explain(exit.cause)
  const shown = error ?? defectOf(exit.cause)
  if (call.switches.has("json")) terminal.print([Quotation.json(failureJson(shown), 2)])
  terminal.note(failureLines(shown, terminal.errorStyle))
  if (call.switches.has("debug")) terminal.note([Cause.pretty(exit.cause, { renderErrorCause: true })])
  if (error === undefined) return ExitCode.defect
  const reason = "reason" in error ? error.reason : undefined
  return ExitCode.ofError(error._tag, reason)
}

/** Shows progress with `label` while `effect` runs. */
export const withProgress = <A, E, R>(
  terminal: Terminal,
  label: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => terminal.progress(label)),
    () => effect,
    (end) => Effect.sync(end)
  )

/** What {@link withTransfer} hands out. */
export type TransferProgress = (what: string, bytes: number, total: number) => void

/** Shows `label` while `use` runs, and how much is there of what it sends or fetches meanwhile, as `verb` puts it. */
export const withTransfer = <A, E, R>(
  terminal: Terminal,
  label: string,
  verb: string,
  use: (progress: TransferProgress) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    let line = label
    return Effect.acquireUseRelease(
      Effect.sync(() => terminal.progress(() => line)),
      () =>
        use((what, bytes, total) => {
          line = bytes < total ? `${verb} ${what}: ${size(bytes)} of ${size(total)}` : label
        }),
      (end) => Effect.sync(end)
    )
  })
