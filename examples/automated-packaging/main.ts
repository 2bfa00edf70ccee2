import { cluster, clusterFind, clusterStat } from "clustrix"

/** The function inside is packaged; the options never enter the package. */
export const automatedPackaging = cluster({ cores: 8 })(async () => {
  const dataFiles = await clusterFind("*.csv", "data/")

  let totalSize = 0
  for (const filename of dataFiles) {
    const info = await clusterStat(filename)
    totalSize += info.size
  }

  return totalSize
})
