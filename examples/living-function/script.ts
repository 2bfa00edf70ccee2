import { packageFunctionForExecution, run } from "clustrix/node"
import { fitLine } from "./model.ts"

// Measured here; the points themselves stay here, what was made of them goes along
const predict = fitLine([[1, 3], [2, 5], [3, 7]])

const info = await packageFunctionForExecution(predict, { clusterType: "local" }, [10])
console.log(`${info.functionName} is in package ${info.packageId}`)
console.log(await run(predict, { clusterType: "local" }, [10]))
console.log(await run(predict, { clusterType: "local" }, [2]))
