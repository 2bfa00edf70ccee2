import { type ClusterConfig, ClusterExecutor, packageFunctionForExecution } from "clustrix/node"

const config: ClusterConfig = { clusterType: "local" }

// 1. Package the function
const info = await packageFunctionForExecution(`${import.meta.dirname}/analysis.ts#analysisFunction`, config)
console.log(`Function packaged: ${info.packageId}`)

// 2. Deploy the package and start it as a job
const executor = new ClusterExecutor(config)
const jobId = await executor.submit(info)

// 3. Wait for the result. Another process may do it, later: all that is known of a job lies in its directory
const result = await executor.result(jobId)
const { exitCode, state } = await executor.status(jobId)
console.log(`Job ${state}, exit code ${exitCode}`)
const decoder = new TextDecoder()
for (const { bytes, stream } of await executor.logs(jobId)) console.log(`${stream}: ${decoder.decode(bytes).trimEnd()}`)
console.log(result)
