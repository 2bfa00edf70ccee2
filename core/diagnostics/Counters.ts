/**
 * What Clustrix counts, as metrics of Effect: whoever exports those has these among them.
 */
import * as Metric from "effect/Metric"

const counter = (name: string, description: string): Metric.Metric.Counter<number> =>
  Metric.counter(name, { description, incremental: true })

/** Packages that were made from the sources. */
export const packagesMade = counter("clustrix_packages_made_total", "Packages made from the sources")
/** Packages that were taken again, since nothing that they depend on had changed. */
export const packagesRecalled = counter("clustrix_packages_recalled_total", "Packages taken again unchanged")
/** Packages for which a cluster was asked whether everything is there. */
export const deployments = counter("clustrix_deployments_total", "Packages brought to a cluster, or found there")
/** Jobs that a scheduler took; many calls at once are one. */
export const jobsSubmitted = counter("clustrix_jobs_submitted_total", "Jobs that a scheduler took")

/** Calls that were not made, since their result was known. */
export const resultsReused = counter("clustrix_results_reused_total", "Calls whose result was known")

/** Ends of jobs that somebody waited for, tagged with `outcome`: `returned`, or the tag of the error. */
export const jobsEnded = (outcome: string): Metric.Metric.Counter<number> =>
  Metric.tagged(counter("clustrix_jobs_ended_total", "Ends of jobs that somebody waited for"), "outcome", outcome)
