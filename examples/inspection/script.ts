import { packageFunctionForExecution } from "clustrix/node"
import { inspectPackage } from "./inspectPackage.ts"

const info = await packageFunctionForExecution(`${import.meta.dirname}/analysis.ts#sizesByFolder`, {
  clusterType: "local"
})
await inspectPackage(info.packagePath)
