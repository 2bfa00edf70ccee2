import * as Clustrix from "clustrix/node"

/** Prints what a package holds. Opening it verifies every byte. */
export async function inspectPackage(packagePath: string): Promise<void> {
  const { manifest, metadata: { dependencies, function_info } } = await Clustrix.inspectPackage(packagePath)

  console.log("Package contents:")
  for (const { path, size } of manifest.entries) console.log(`  ${path} (${size.toLocaleString("en")} bytes)`)

  console.log("\nFunction metadata:")
  console.log(`  Name: ${function_info.name}`)
  console.log(`  Has dependencies: ${dependencies.requires_dependencies}`)
  console.log(`  Filesystem operations: ${dependencies.requires_cluster_filesystem}`)

  if (dependencies.imports.length > 0) {
    console.log("\nDetected imports:")
    for (const { is_from_import, module } of dependencies.imports) {
      console.log(`  ${module} (${is_from_import ? "from" : "direct"})`)
    }
  }

  if (dependencies.filesystem_calls.length > 0) {
    console.log("\nFilesystem operations:")
    for (const call of dependencies.filesystem_calls) console.log(`  ${call.function}() on line ${call.lineno}`)
  }
}
