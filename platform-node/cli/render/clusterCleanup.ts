/**
 * What a clean-up of a cluster removed.
 */
import type { ClusterCleanup, Kind } from "../../../core/cluster/execute/ClusterCleanup.ts"
import type { Style } from "./Style.ts"
import { count, duration, size, table, visible } from "./Text.ts"

export interface ClusterCleanupReport extends ClusterCleanup {
  readonly location: string
  readonly dryRun: boolean
}

const nouns: Readonly<Record<Kind, string>> = {
  job: "job",
  package: "package",
  environment: "set",
  runtime: "runtime",
  tool: "tool",
  upload: "upload",
  result: "known result",
  leftover: "remainder"
}

const plurals: Partial<Record<Kind, string>> = { environment: "sets" }

const labels: Readonly<Record<Kind, string>> = { ...nouns, environment: "npm packages" }

const reasons: Readonly<Record<ClusterCleanup["kept"][number]["because"], string>> = {
  unfinished: "an unfinished job needs it",
  referenced: "a package that stays needs it",
  "not-understood": "a job that cannot be understood may need it",
  used: "it was used meanwhile, or is gone"
}

const kinds = Object.keys(nouns) as ReadonlyArray<Kind>

const amounts = (items: ReadonlyArray<{ readonly kind: Kind }>): string =>
  kinds.flatMap((kind) => {
    const number = items.filter((item) => item.kind === kind).length
    const text = count(number, nouns[kind], plurals[kind])
    return number === 0 ? [] : [kind === "environment" ? `${text} of npm packages` : text]
  }).join(", ")

/** What `clustrix clean --remote` prints. */
export const clusterCleanupLines = (report: ClusterCleanupReport, style: Style): ReadonlyArray<string> => {
  const { dryRun, kept, location, now, removed } = report
  const bytes = removed.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0)
  return [
    removed.length === 0
      ? `Nothing to remove on ${visible(location)}`
      : `${dryRun ? "Would remove" : `${style.green("✓")} Removed`} ${style.bold(amounts(removed))} (${
        size(bytes)
      }) from ${visible(location)}`,
    ...table(
      removed.map(({ kind, modifiedAt, name, sizeBytes }) => [
        labels[kind],
        visible(name),
        sizeBytes === undefined ? "" : size(sizeBytes),
        style.dim(`${duration(now - modifiedAt)} old`)
      ]),
      { right: [2] }
    ),
    ...(kept.length === 0 ? [] : [
      "",
      style.bold("Old, and kept"),
      ...table(kept.map(({ because, kind, name }) => [labels[kind], visible(name), style.dim(reasons[because])]))
    ])
  ]
}

/** The same as JSON. */
export const clusterCleanupJson = ({ dryRun, kept, location, removed }: ClusterCleanupReport) => ({
  location,
  dryRun,
  removed: removed.map(({ kind, modifiedAt, path, sizeBytes }) => ({
    kind,
    path,
    sizeBytes,
    modifiedAt: new Date(modifiedAt).toISOString()
  })),
  kept: kept.map(({ because, kind, path }) => ({ kind, path, because }))
})
