/**
 * `clustrix` on Node: the core, and what user code calls. Outside of a job the file functions look at this machine's
 * files, relative to the current directory, and `cluster(options)(fn)` calls `fn` here.
 */
export * from "../core/index.ts"
export {
  cluster,
  clusterCountFiles,
  clusterDu,
  clusterExists,
  clusterFind,
  clusterGlob,
  clusterIsdir,
  clusterIsfile,
  clusterLs,
  clusterStat
} from "./runner/filesystem_utils.ts"
