/**
 * The entry of a package that brings its npm packages: links them to where Node looks for them, then loads the function's
 * module. So `unzip` and `node execute.mjs` are enough; where Clustrix deploys, the link is there already.
 */
import { relativeSpecifier } from "../codegen/Placement.ts"
import type * as Manifest from "../archive/Manifest.ts"
import { vendorDirectory } from "../npm/VendorDirectory.ts"

/** Its path in the package. */
export const vendoredEntry = "vendor/entry.mjs"

/** The text of the module that stands for the one of `entry`. */
export const vendoredEntryText = ({ export: exported, module }: Manifest.EntryPoint): string => {
  const [name = "default"] = exported.split(".")
  return `import { existsSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
const directory = dirname(dirname(fileURLToPath(import.meta.url)));
const link = join(directory, "node_modules");
if (!existsSync(link)) {
  try {
    symlinkSync("${vendorDirectory}", link, "junction");
  } catch (cause) {
    // Another process may have made it
    if (!existsSync(link)) {
      throw new Error(\`The npm packages of this package are not linked: run "ln -s ${vendorDirectory} node_modules" in \${directory}\`, { cause });
    }
  }
}
const { ${name}: entry } = await import(${JSON.stringify(relativeSpecifier(vendoredEntry, module))});
export { entry as ${name} };
`
}
