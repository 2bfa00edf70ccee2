import { inspectPackage, packageFunctionForExecution } from "clustrix/node"

const info = await packageFunctionForExecution(`${import.meta.dirname}/main.ts#scientificAnalysis`, {
  clusterType: "local"
})
const { manifest, metadata } = await inspectPackage(info.packagePath)
console.log("npm packages, at the versions of the lockfile:")
for (const { name, version } of metadata.dependencies.external_packages) console.log(`  ${name} ${version}`)
console.log(`The pruned lockfile goes along: ${manifest.entries.some(({ path }) => path === "package-lock.json")}`)
