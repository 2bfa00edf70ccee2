import { cluster, clusterFind, clusterStat } from "clustrix"

/** The same as `automatedPackaging`, as a method with a decorator. */
export class TotalSize {
  @cluster({ cores: 8 })
  static async ofCsvFiles(): Promise<number> {
    let totalSize = 0
    for (const filename of await clusterFind("*.csv", "data/")) {
      totalSize += (await clusterStat(filename)).size
    }
    return totalSize
  }
}
