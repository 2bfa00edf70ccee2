import { clusterFind, clusterStat } from "clustrix"

/** Sizes of all `.dat` files below `dataDir`, as an object or as JSON text. */
export async function customAnalysis(
  dataDir: string,
  { outputFormat = "json" }: { readonly outputFormat?: "json" | "object" } = {}
): Promise<string | Record<string, { readonly size: number }>> {
  const results: Record<string, { readonly size: number }> = {}
  for (const filename of await clusterFind("*.dat", dataDir)) {
    const info = await clusterStat(filename)
    results[filename.slice(filename.lastIndexOf("/") + 1)] = { size: info.size }
  }
  return outputFormat === "json" ? JSON.stringify(results, null, 2) : results
}
