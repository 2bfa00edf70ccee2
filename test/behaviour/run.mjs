/**
 * Runs the function `main` of each module that standard input lists, one after the other, and writes the outcomes to the
 * file named by the first argument. Standard input is JSON: `[{ "name", "directory", "file" }]`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { gave, threw } from "./outcome.mjs"

/** @type {Record<string, unknown>} */
const outcomes = {}
for (const { directory, file, name } of JSON.parse(readFileSync(0, "utf8"))) {
  process.chdir(directory)
  // Bundles of CommonJS modules ask for it
  globalThis.require = createRequire(file)
  let printed = ""
  const { write } = process.stdout
  process.stdout.write = (text) => {
    printed += text
    return true
  }
  try {
    const { main } = await import(pathToFileURL(file).href)
    const value = await main()
    outcomes[name] = gave(value, printed)
  } catch (error) {
    outcomes[name] = threw(error, printed)
  } finally {
    process.stdout.write = write
  }
}
writeFileSync(process.argv[2], JSON.stringify(outcomes))
process.exit(0)
