/**
 * What `clustrix explain --loops` prints.
 */
import type { LoopReport } from "../../../core/parallel/LoopReport.ts"
import type { Style } from "./Style.ts"
import { table, visible } from "./Text.ts"

const how = (reductions: ReadonlyArray<string>): string =>
  reductions.length === 0
    ? "its iterations are independent"
    : `its iterations are independent but for ${visible(reductions.join(", "))}, in the original order`

/** For people. */
export const loopLines = (reports: ReadonlyArray<LoopReport>, style: Style): ReadonlyArray<string> =>
  reports.length === 0
    ? ["There is no loop in the package."]
    : table(reports.map((report) => {
      const at = style.cyan(visible(report.location.toString()))
      if (report.verdict === "parallel") return [at, style.green("parallel"), how(report.reductions)]
      const elsewhere = report.because.file !== report.location.file || report.because.line !== report.location.line
      return [
        at,
        style.yellow("serial"),
        visible(report.why) + (elsewhere ? ` (${style.cyan(visible(report.because.toString()))})` : "")
      ]
    }))

/** For machines. */
export const loopsJson = (reports: ReadonlyArray<LoopReport>): unknown =>
  reports.map((report) =>
    report.verdict === "parallel"
      ? { verdict: report.verdict, location: report.location.toString(), reductions: report.reductions }
      : {
        verdict: report.verdict,
        location: report.location.toString(),
        why: report.why,
        because: report.because.toString()
      }
  )
