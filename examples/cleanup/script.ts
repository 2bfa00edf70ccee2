import { cleanupPackages, createExecutionContext, FilePackager } from "clustrix/node"
import { utimes } from "node:fs/promises"

const answer = `${import.meta.dirname}/analysis.ts#answer`
const { packagePath } = await new FilePackager().packageFunction(
  answer,
  createExecutionContext({ clusterType: "local" })
)

const young = await cleanupPackages({ olderThan: "1 hour" })
console.log(`Removed while young: ${young.removed.includes(packagePath)}`)

// What an unfinished job needs would stay, however old it is
const twoHoursAgo = new Date(Date.now() - 2 * 3600 * 1000)
await utimes(packagePath, twoHoursAgo, twoHoursAgo)
for (const path of (await cleanupPackages({ olderThan: "1 hour" })).removed) console.log(`Removed old package: ${path}`)
