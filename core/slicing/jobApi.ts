/**
 * What a job offers of Clustrix's own API.
 */
export const jobApi: ReadonlySet<string> = new Set([
  "cluster",
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
