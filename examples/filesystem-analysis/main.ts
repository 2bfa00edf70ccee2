import { clusterCountFiles, clusterDu, clusterExists, clusterFind, clusterLs, clusterStat } from "clustrix"

interface LargeFile {
  readonly name: string
  readonly size: number
  readonly sizeKb: number
}

/** Looks at a directory of the cluster from every side. */
export async function filesystemAnalysis() {
  const allFiles = await clusterLs("data/")
  const totalFiles = await clusterCountFiles("data/", "*")
  const usage = await clusterDu("data/")

  const csvFiles = await clusterFind("*.csv", "data/")
  const jsonFiles = await clusterFind("*.json", "data/")

  const largeFiles: Array<LargeFile> = []
  for (const filename of allFiles) {
    const fullPath = `data/${filename}`
    if (await clusterExists(fullPath)) {
      const info = await clusterStat(fullPath)
      if (!info.isDir && info.size > 1_000) {
        largeFiles.push({ name: filename, size: info.size, sizeKb: info.size / 1_000 })
      }
    }
  }

  return {
    totalFiles,
    totalBytes: usage.totalBytes,
    csvFiles: csvFiles.length,
    jsonFiles: jsonFiles.length,
    largeFiles
  }
}
