import { packageFunctionForExecution } from "clustrix/node"

process.env["CLUSTRIX_DEBUG_PACKAGING"] = "1"
await packageFunctionForExecution(`${import.meta.dirname}/analysis.ts#yourFunction`, { clusterType: "local" })
