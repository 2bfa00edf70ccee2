/**
 * What a packaging put into the package and why, in short.
 */
import type { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import type { Decision, Reason } from "../../../core/modules/Reason.ts"
import type { PackageReport, PreparedFile } from "../../../core/packaging/PreparedPackage.ts"
import { bareName } from "../../../core/packaging/explain/Subject.ts"
import type { Style } from "./Style.ts"
import { count, size, table, visible } from "./Text.ts"
import { splitVendored, vendoredRows } from "./vendoredFiles.ts"

const nameRows = 3

/** `a, b, c and 4 more`. */
const some = (names: ReadonlyArray<string>): string =>
  names.length <= nameRows + 1
    ? names.join(", ")
    : `${names.slice(0, nameRows).join(", ")} and ${names.length - nameRows} more`

const becauseOf = (reason: Reason | undefined): string =>
  reason === undefined ? "" : reason.kind === "entry" ? "the function that was asked for" : reason.because

const entryFirst = (report: PackageReport) => (file: PreparedFile): number =>
  report.reasons.get(file.node)?.kind === "entry" ? 0 : file.declarations.length > 0 ? 1 : 2

/** Sums up the statements that the analysis decided about, in one line; none where it decided about none. */
export const decisionLine = (
  decisions: ReadonlyArray<Decision>,
  reference: string,
  style: Style
): ReadonlyArray<string> => {
  const kept = decisions.filter(({ verdict }) => verdict === "kept").length
  const dropped = decisions.length - kept
  const parts = [
    ...(kept === 0 ? [] : [
      `${count(kept, "statement")} that ${kept === 1 ? "prepares" : "prepare"} what you use ${
        kept === 1 ? "is" : "are"
      } included`
    ]),
    ...(dropped === 0 ? [] :
      [`${count(dropped, "statement")} without effect on it ${dropped === 1 ? "is" : "are"} left out`])
  ]
  return parts.length === 0 ? [] : [`${parts.join(", ")}: ${style.cyan(`clustrix explain ${reference}`)} lists them`]
}

/** Names of our own files; what loops bring is many files of no interest. */
const addedNames = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const named = paths.filter((path) => !/\.(?:loops|bodies)\.mjs$/.test(path))
  const behind = paths.length - named.length
  return behind === 0 ? named : [...named, `${count(behind, "module")} for its parallel loops`]
}

/** The files and npm packages of `report`, with the nearest reason for each. */
export const contentLines = (report: PackageReport, reference: string, style: Style): ReadonlyArray<string> => {
  const rank = entryFirst(report)
  const [others, vendored] = splitVendored(report.files)
  const sources = others.filter(({ source }) => source !== undefined).sort((a, b) => rank(a) - rank(b))
  const own = report.files.filter(({ source }) => source === undefined)
  const direct = report.dependencies.filter(({ requiredBy }) => requiredBy === "")
  const behind = report.dependencies.length - direct.length
  const total = report.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const decisions = decisionLine(report.decisions, reference, style)
  const rows = [
    ...sources.map((file) => [
      visible(file.source ?? file.path),
      file.declarations.length === 0 ? size(file.sizeBytes) : visible(some(file.declarations.map(bareName))),
      style.dim(visible(becauseOf(report.reasons.get(file.node))))
    ]),
    ...direct.map(({ name, version }) => [
      visible(`${name} ${version}`),
      "npm package",
      style.dim(visible(becauseOf(report.reasons.get(`npm:${name}`))))
    ]),
    ...(behind === 0 ? [] : [[`+ ${behind} more`, "npm packages", style.dim("required by these")]]),
    ...vendoredRows(vendored, style)
  ]
  return [
    `${style.bold("What went in")}  ${count(report.files.length, "file")}, ${size(total)}`,
    ...table(rows),
    `  ${style.dim(`added by Clustrix: ${addedNames(own.map(({ path }) => path)).join(", ")}`)}`,
    ...(decisions.length === 0 ? [] : ["", ...decisions])
  ]
}

/** What `clustrix package` prints. `reference` is what the user called the function. */
export const packageLines = (
  info: PackageInfo,
  report: PackageReport,
  reference: string,
  style: Style
): ReadonlyArray<string> => [
  `${style.green("✓")} Packaged ${style.bold(visible(info.functionName))}`,
  "",
  ...table([
    ["ID", style.bold(info.packageId)],
    ["ZIP", `${visible(info.packagePath)}  ${style.dim(`(${size(info.sizeBytes)})`)}`],
    ...(info.invocationPath === undefined ? [] : [["Call", visible(info.invocationPath)]])
  ]),
  "",
  ...contentLines(report, reference, style)
]
