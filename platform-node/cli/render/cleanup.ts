/**
 * What a clean-up removed.
 */
import type { Cleanup } from "../../../core/archive/PackageCleanup.ts"
import { packageIdOf } from "../../../core/archive/PackageStore.ts"
import type { Style } from "./Style.ts"
import { count, duration, size, table, visible } from "./Text.ts"

const packages = (names: ReadonlyArray<string>): number => new Set(names.map((name) => packageIdOf(name) ?? name)).size

export interface CleanupReport extends Cleanup {
  readonly location: string
  readonly dryRun: boolean
  /** Milliseconds since 1970, from which ages count. */
  readonly now: number
}

/** What `clustrix clean` prints. */
export const cleanupLines = (report: CleanupReport, style: Style): ReadonlyArray<string> => {
  const { dryRun, kept, location, now, removed } = report
  const bytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const number = packages(removed.map(({ name }) => name))
  return [
    removed.length === 0
      ? `Nothing to remove in ${visible(location)}`
      : `${dryRun ? "Would remove" : `${style.green("✓")} Removed`} ${style.bold(count(number, "package"))} (${
        count(removed.length, "file")
      }, ${size(bytes)}) from ${visible(location)}`,
    ...table(
      removed.map(({ modifiedAt, name, sizeBytes }) => [
        visible(name),
        size(sizeBytes),
        style.dim(`${duration(now - modifiedAt.getTime())} old`)
      ]),
      { right: [1] }
    ),
    ...(kept.length === 0 ? [] : [
      "",
      style.bold("Old, and kept"),
      ...table(kept.map(({ because, stored }) => [
        visible(stored.name),
        style.dim(because === "leased" ? "somebody is using it" : "an unfinished job needs it")
      ]))
    ])
  ]
}

/** The same as JSON. */
export const cleanupJson = ({ dryRun, kept, location, removed }: CleanupReport) => ({
  location,
  dryRun,
  removed: removed.map(({ modifiedAt, path, sizeBytes }) => ({
    path,
    sizeBytes,
    modifiedAt: modifiedAt.toISOString()
  })),
  kept: kept.map(({ because, stored }) => ({ path: stored.path, because }))
})
