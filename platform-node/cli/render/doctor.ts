/**
 * What an examination of a cluster found, step by step.
 */
import type { Finding } from "../../../core/cluster/doctor/Check.ts"
import type { Style } from "./Style.ts"
import { visible, width, wrap } from "./Text.ts"

const textColumns = 100
const signs = { passed: "✓", warned: "!", failed: "✗", "not-reached": "·" } as const

const colourOf = (outcome: Finding["outcome"], style: Style): (text: string) => string =>
  outcome === "passed" ? style.green
    : outcome === "warned" ? style.yellow
    : outcome === "failed" ? style.red
    : style.dim

/** One line, and below it why and what to do. Titles take `column` columns. */
export const findingLines = (finding: Finding, column: number, style: Style): ReadonlyArray<string> => {
  const { detail = "not reached", outcome, remedy, title, why } = finding
  const colour = colourOf(outcome, style)
  const space = " ".repeat(Math.max(0, column - width(title)))
  const indent = " ".repeat(column + 4)
  const words = outcome === "failed" ? style.bold : outcome === "not-reached" ? style.dim : (text: string) => text
  const below = (text: string, first: string, rest: string): ReadonlyArray<string> =>
    text.split("\n").flatMap((line) => wrap(visible(line.trim()), textColumns - indent.length))
      .map((line, index) => `${indent}${index === 0 ? first : rest}${line}`)
  return [
    `${colour(signs[outcome])} ${outcome === "not-reached" ? style.dim(title) : title}${space}  ${
      words(visible(detail))
    }`,
    ...(why === undefined || why.trim() === "" ? [] : below(why, "", "")),
    ...(remedy === undefined ? [] : below(remedy, "→ ", "  "))
  ]
}

/** The last line: whether the cluster works. */
export const verdict = (findings: ReadonlyArray<Finding>, style: Style): string => {
  if (findings.some(({ outcome }) => outcome === "failed")) return style.bold("This cluster does not work yet.")
  const warnings = findings.filter(({ outcome }) => outcome === "warned").length
  return style.bold(
    warnings === 0
      ? "This cluster works."
      : `This cluster works, with ${warnings === 1 ? "one warning" : `${warnings} warnings`}.`
  )
}
