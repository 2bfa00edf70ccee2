/**
 * Runs the functions of unpacked packages twice: from their modules, and with their loops on threads. Standard input is
 * JSON: `{ "packages": [{ "directory", "args" }], "width" }`; the outcomes go to the file named by the first argument.
 */
import * as devalue from "devalue"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"

/** @type {(value: unknown) => string} */
const textOf = (value) => devalue.stringify(value)

/** @type {(file: string, name: string, args: unknown[]) => Promise<string>} */
const outcome = async (file, name, args) => {
  try {
    const module = await import(pathToFileURL(file).href)
    return `gave ${textOf(await module[name](...args))}`
  } catch (error) {
    return error instanceof Error ? `threw ${error.name}: ${error.message}` : `threw ${textOf(error)}`
  }
}

const { packages, width } = JSON.parse(readFileSync(0, "utf8"))
const outcomes = []
for (const { args = [], directory } of packages) {
  process.chdir(directory)
  const { entry } = JSON.parse(readFileSync("manifest.json", "utf8"))
  const serial = entry.serial ?? entry.module
  const variant = path.join(directory, serial.replace(/\.mjs$/, ".loops.mjs"))
  const serially = await outcome(path.join(directory, serial), entry.export, args)
  if (!existsSync(variant)) {
    outcomes.push({ serial: serially, wide: serially, notes: [] })
    continue
  }
  const loops = await import(pathToFileURL(path.join(directory, "loops.mjs")).href)
  loops.configure({ width, eager: true })
  const wide = await outcome(variant, entry.export, args)
  outcomes.push({ serial: serially, wide, notes: loops.notes })
}
writeFileSync(process.argv[2] ?? "", JSON.stringify(outcomes))
process.exit(0)
