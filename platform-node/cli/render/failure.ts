/**
 * Errors and remarks, for people and for machines.
 */
import type { Diagnostic } from "../../../core/diagnostics/Diagnostic.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import type { Style } from "./Style.ts"

/** A place as `SourceLocation` has it. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What all errors of Clustrix say. */
export interface Explained {
  readonly _tag: string
  readonly what: string
  readonly location?: Place | undefined
  readonly why?: string | undefined
  readonly remedy?: string | undefined
  readonly cause?: unknown
}

/** Whether `error` is one of ours, made for people to read. */
export const isExplained = (error: unknown): error is Explained =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string" && "what" in error
  && typeof error.what === "string"

const indented = (text: string, by: number): ReadonlyArray<string> =>
  text.replace(/\s+$/, "").split("\n").map((line) => (" ".repeat(by) + line).trimEnd())

const place = ({ column, file, line }: Place): string => `${Quotation.visible(file)}:${line}:${column}`

/** `why` without a first line that `what` says already, as a stack's first line does. */
const withoutRepetition = (what: string, why: string): string => {
  const head = why.split(/\n\s+at /)[0] ?? ""
  return head !== "" && what.endsWith(head) ? why.slice(head.length).replace(/^\n/, "") : why
}

const stackOf = (error: Error): string => error.stack ?? `${error.name}: ${error.message}`

/** The errors behind the one that was thrown, outermost first. Stops at one that it has met. */
const causesOf = (error: unknown): ReadonlyArray<unknown> => {
  const causes: Array<unknown> = []
  let current: unknown = error
  while (current instanceof Error && current.cause !== undefined && !causes.includes(current.cause)) {
    causes.push(current.cause)
    current = current.cause
  }
  return causes
}

const explanation = (
  label: string,
  error: Omit<Explained, "_tag">,
  style: Style
): ReadonlyArray<string> => {
  const { remedy, what, why } = Quotation.explained({ what: error.what, why: error.why, remedy: error.remedy })
  const { location } = error
  const [first = "", ...more] = what.split("\n")
  const reason = why === undefined ? "" : withoutRepetition(what, why)
  return [
    `${label} ${location === undefined ? "" : `${style.cyan(place(location))}: `}${first}`,
    ...more.flatMap((line) => indented(line, 2)),
    ...(reason.trim() === "" ? [] : indented(reason, 2)),
    ...(remedy === undefined ? []
      : remedy.split("\n").map((line, index) => `${index === 0 ? "  → " : "    "}${line.trim()}`))
  ]
}

const mostCauses = 50
const mostCauseCharacters = 20_000

/** What was thrown may be anything, and printing it may throw again. */
const printed = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return "something that cannot be printed"
  }
}

/** Only what the user's function threw: causes of our own errors are for `--debug`. */
const thrownCauses = (error: Explained): ReadonlyArray<string> =>
  error._tag.startsWith("Job")
    ? causesOf(error.cause).slice(0, mostCauses).map((cause) =>
      Quotation.visibleLines(
        Quotation.shortened(cause instanceof Error ? stackOf(cause) : printed(cause), mostCauseCharacters)
      )
    )
    : []

/** The lines of an error. The function's own errors bring the errors behind them. */
export const failureLines = (error: Explained, style: Style): ReadonlyArray<string> => {
  const lines = explanation(style.bold(style.red("error:")), { ...error, remedy: undefined }, style)
  return [
    ...lines,
    ...thrownCauses(error).flatMap((cause) => indented(`Caused by ${cause}`, 2)),
    ...explanation("", { what: "", remedy: error.remedy }, style).slice(1)
  ]
}

/** The lines of a remark of the analysis. */
export const diagnosticLines = (diagnostic: Diagnostic, style: Style): ReadonlyArray<string> =>
  explanation(diagnostic.severity === "warning" ? style.yellow("warning:") : style.dim("note:"), diagnostic, style)

/** The error as a member of a JSON document. */
export const failureJson = (error: Explained): Readonly<Record<string, unknown>> => {
  const { _tag, location } = error
  const { remedy, what, why } = Quotation.explained({ what: error.what, why: error.why, remedy: error.remedy })
  const reason = "reason" in error && typeof error.reason === "string" ? { reason: error.reason } : {}
  const causes = thrownCauses(error)
  return {
    error: {
      tag: _tag,
      ...reason,
      what,
      ...(location === undefined ? {}
        : { location: { file: location.file, line: location.line, column: location.column } }),
      ...(why === undefined ? {} : { why }),
      ...(causes.length === 0 ? {} : { causes }),
      ...(remedy === undefined ? {} : { remedy })
    }
  }
}
