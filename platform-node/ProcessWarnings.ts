/**
 * Packaging warnings as warnings of the Node process, for the face of promises: its callers have no logger.
 */
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as DiagnosticLog from "../core/diagnostics/DiagnosticLog.ts"

/** What this process has been told: a function that is called a thousand times is packaged each time. */
const told = new Set<string>()

/**
 * Emits each packaging warning once for each process, as `process.emitWarning` does it: on standard error, and to
 * listeners of `warning`, with the diagnostic's code. Notes are left to `PackageInfo.diagnostics`.
 */
export const layer: Layer.Layer<never> = Logger.replace(
  Logger.defaultLogger,
  Logger.make((entry) => {
    const code = DiagnosticLog.codeOf(entry.annotations)
    if (code === undefined) return Logger.defaultLogger.log(entry)
    const text = String(entry.message)
    if (!LogLevel.greaterThanEqual(entry.logLevel, LogLevel.Warning) || told.has(text)) return
    told.add(text)
    process.emitWarning(text, { type: "ClustrixWarning", code })
  })
)
