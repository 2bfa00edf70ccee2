import { type ClusterConfig, packageFunctionForExecution } from "clustrix/node"

/** The cluster that the package is for. Packaging opens no connection, and the ID does not depend on the cluster. */
const config: ClusterConfig = {
  clusterType: "slurm",
  clusterHost: "cluster.edu",
  username: "researcher",
  remoteWorkDir: "/scratch/project"
}

const info = await packageFunctionForExecution(`${import.meta.dirname}/main.ts#simpleAnalysis`, config)
console.log(`Package created: ${info.packagePath}`)
console.log(`Package ID: ${info.packageId}`)
console.log(`Size: ${info.sizeBytes.toLocaleString("en")} bytes`)
