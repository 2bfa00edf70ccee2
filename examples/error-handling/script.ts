import { packageFunctionForExecution, run } from "clustrix/node"

const config = { clusterType: "local" } as const
const missing = `${import.meta.dirname}/analysis.ts#functionWithMissingDeps`
const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

// Functions of the runtime have no source that could be packaged
try {
  await packageFunctionForExecution("node:fs#readFile", config)
} catch (error) {
  console.log(`Cannot package built-in function: ${messageOf(error)}`)
}

// A name that nothing defines: packaging succeeds (`clustrix package` prints the warning) ...
await packageFunctionForExecution(missing, config)
console.log("Package created despite missing dependencies")

// ... and the run fails, at the line of the source
try {
  await run(missing, config)
} catch (error) {
  console.log(`The run fails: ${messageOf(error)}`)
}
