/**
 * `clustrix` on Node: the core, and what user code calls. Outside of a job the file functions look at the files of the
 * cluster that is configured, and `cluster(options)(fn)` runs `fn` there.
 */
export * from "../core/index.ts"
export {
  clusterCountFiles,
  clusterDu,
  clusterExists,
  clusterFind,
  clusterGlob,
  clusterIsdir,
  clusterIsfile,
  clusterLs,
  clusterStat
} from "./clusterFunctions.ts"
export { progress } from "./runner/Progress.ts"
export { cluster } from "./clusteredFunction.ts"
