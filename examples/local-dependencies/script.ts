import { packageFunctionForExecution } from "clustrix/node"

const info = await packageFunctionForExecution(`${import.meta.dirname}/main.ts#mainAnalysis`, { clusterType: "local" })
console.log(`Has local dependencies: ${info.metadata["has_dependencies"]}`)
