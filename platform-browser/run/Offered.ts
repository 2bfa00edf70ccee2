/**
 * What a run in a page has.
 */

/** Modules of Node, over the files in memory. */
export const offered: ReadonlySet<string> = new Set([
  "node:buffer",
  "node:fs",
  "node:fs/promises",
  "node:path",
  "node:path/posix",
  "node:url"
])

/** Where the package lies in the memory of a run. */
export const packageDirectory = "/package"
/** Where the files of the project lie: what the cluster functions see. */
export const projectDirectory = "/project"
/** Where the function stands. */
export const workDirectory = "/work"
