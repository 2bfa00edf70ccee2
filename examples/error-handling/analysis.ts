import { clusterLs } from "clustrix"

declare function undefinedFunction(files: ReadonlyArray<string>): number

/** Promises a function that nobody defines. */
export async function functionWithMissingDeps(): Promise<number> {
  const files = await clusterLs(".")
  return undefinedFunction(files)
}
