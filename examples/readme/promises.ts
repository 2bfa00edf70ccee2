import { packageFunctionForExecution, run } from "clustrix/node"

const fn = "examples/local-dependencies/main.ts#mainAnalysis"

const info = await packageFunctionForExecution(fn, { clusterType: "local" })
console.log(info.packageId) // c3458ae31aee6973
console.log(info.metadata["has_dependencies"]) // true

console.log(await run(fn)) // [ 12, 20, 30 ]
