/**
 * Runs the function `main` of the module named by the second argument, in a process of its own, and writes the outcome to
 * the file named by the first.
 */
import { writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"
import { gave, threw } from "../outcome.mjs"

const [, , output = "", file = ""] = process.argv
let printed = ""
const { write } = process.stdout
process.stdout.write = (text) => {
  printed += text
  return true
}
/** @returns {Promise<import("../outcome.mjs").Outcome>} */
const outcome = async () => {
  try {
    const module = await import(pathToFileURL(file).href)
    const main = module.main ?? module.default.main
    return gave(await main(), printed)
  } catch (error) {
    return threw(error, printed)
  }
}
writeFileSync(output, JSON.stringify(await outcome()))
process.stdout.write = write
process.exit(0)
