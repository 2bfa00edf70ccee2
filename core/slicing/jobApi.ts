/** The functions of Clustrix's API that look at the cluster's files. */
export const fileFunctions: ReadonlySet<string> = new Set([
  "clusterLs",
  "clusterFind",
  "clusterStat",
  "clusterExists",
  "clusterIsdir",
  "clusterIsfile",
  "clusterGlob",
  "clusterDu",
  "clusterCountFiles"
])

/**
 * What a job offers of Clustrix's own API.
 */
export const jobApi: ReadonlySet<string> = new Set(["cluster", "progress", ...fileFunctions])
