import { clusterCountFiles, clusterLs } from "clustrix"

export async function analysisFunction(): Promise<{ readonly totalFiles: number; readonly csvFiles: number }> {
  const files = await clusterLs("measurements")
  console.log(`${files.length} names in measurements`)
  return {
    totalFiles: files.length,
    csvFiles: await clusterCountFiles("measurements", "*.csv")
  }
}
