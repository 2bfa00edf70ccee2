import { clusterFind } from "clustrix"
import { processData } from "./files.ts"

/** Sums the doubled positive numbers of every text file below `input/`. */
export async function mainAnalysis(): Promise<Array<number>> {
  const dataFiles = await clusterFind("*.txt", "input/")
  const results: Array<number> = []
  for (const filename of dataFiles) {
    const result = await processData(filename)
    results.push(result.reduce((sum, x) => sum + x, 0))
  }
  return results
}
