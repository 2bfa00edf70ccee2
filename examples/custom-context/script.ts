import { createExecutionContext, FilePackager, run } from "clustrix/node"

const config = { clusterType: "local" } as const
const customAnalysis = `${import.meta.dirname}/analysis.ts#customAnalysis`

// The arguments of the call, and the options object that is passed last
const context = createExecutionContext(config, ["experiments/"], { outputFormat: "object" })

const packager = new FilePackager()
const info = await packager.packageFunction(customAnalysis, context)
console.log(`Custom package created: ${info.packagePath}`)

console.log(await run(customAnalysis, context.clusterConfig, context.functionArgs, context.functionKwargs))
console.log(await run(customAnalysis, config, ["experiments/"]))
