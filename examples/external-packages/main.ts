import { clusterFind } from "clustrix"
import { parse } from "csv-parse/sync"
import { readFile } from "node:fs/promises"
import { mean, standardDeviation } from "simple-statistics"

interface ColumnSummary {
  readonly file: string
  readonly column: string
  readonly mean: number
  readonly std: number
}

/** Mean and standard deviation of every numerical column with more than three values. */
export async function scientificAnalysis(): Promise<Array<ColumnSummary>> {
  const dataFiles = await clusterFind("*.csv", "experiments/")
  const results: Array<ColumnSummary> = []
  for (const filename of dataFiles) {
    const rows: Array<Record<string, string>> = parse(await readFile(filename, "utf8"), { columns: true })
    for (const column of Object.keys(rows[0] ?? {})) {
      const data = rows.map((row) => Number(row[column])).filter((x) => Number.isFinite(x))
      if (data.length > 3) {
        results.push({
          file: filename.slice(filename.lastIndexOf("/") + 1),
          column,
          mean: mean(data),
          std: standardDeviation(data)
        })
      }
    }
  }
  return results
}
