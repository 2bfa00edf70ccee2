import * as path from "node:path"
import { clusterFind, clusterStat } from "clustrix"
import { add } from "./sums.ts"

/** The bytes of all files below `folder`, by the name of their folder. */
export async function sizesByFolder(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const file of await clusterFind("*", folder)) {
    add(sizes, path.basename(path.dirname(file)), (await clusterStat(file)).size)
  }
  return sizes
}
