import { packageFunctionForExecution } from "clustrix/node"

const info = await packageFunctionForExecution(`${import.meta.dirname}/main.ts#filesystemAnalysis`, {
  clusterType: "local"
})
console.log(`Requires cluster filesystem: ${info.metadata["has_filesystem_ops"]}`)
