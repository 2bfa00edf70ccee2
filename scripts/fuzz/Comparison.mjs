/**
 * Runs a program and its package, and says how they compare.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"

/** Writes files, by path in `directory`. */
export const write = (directory, files) => {
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(directory, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
}

const errorOf = ({ ended, error, never }) =>
  never === true ? "never ends"
    : ended === undefined ? error && `${error.name}: ${error.message}` : `process ended: ${ended}`

/** Whether all lines of `part` are lines of `whole`, in the same order. */
const isWithin = (part = "", whole = "") => {
  const lines = whole.split("\n")
  return part.split("\n").every((line) => {
    const at = lines.indexOf(line)
    lines.splice(0, at + 1)
    return at >= 0
  })
}

/** In which respects two outcomes differ. What names the place of a module is compared without it. */
export const differences = (program, packaged, roots = []) => {
  const without = (text) => roots.reduce((rest, root) => rest?.replaceAll(root, ""), text)
  const found = []
  if (program.phase !== packaged.phase) found.push("phase")
  if (without(errorOf(program)) !== without(errorOf(packaged))) found.push("error")
  if (without(program.value) !== without(packaged.value)) found.push("value")
  if (program.printed !== packaged.printed) found.push("printed")
  // Statements that only print go: what is left prints in the program's order
  if (!isWithin(packaged.printedByLoading, program.printedByLoading)) found.push("printed by loading")
  return found
}

/** The closure as a value of this process, or nothing if it cannot be made. */
const handOver = async (module, name) => {
  try {
    const space = await import(/* @vite-ignore */ pathToFileURL(module).href)
    return await space[name]()
  } catch {
    return undefined
  }
}

/** A comparer over a packager, a pool of processes and a scratch directory. */
export const make = ({ packages, runs, scratch }) => {
  let count = 0
  /**
   * @returns how it ended (`same`, `different`, `refused`, `unloadable`: the program itself cannot be loaded), what both did, and what
   *   packaging said.
   */
  return async ({ closure = false, entry, files, language, name = "main", ownProcess = false }) => {
    const directory = path.join(scratch, `p${(count += 1)}`)
    const source = path.join(directory, "program")
    write(source, files)
    try {
      const running = runs.run({ module: path.join(source, entry), exported: name, closure }, { language, ownProcess })
      let packaged
      try {
        const module = path.join(source, entry)
        const fn = closure ? await handOver(module, name) : `${module}#${name}`
        if (fn !== undefined) packaged = await packages.write(fn, path.join(directory, "package"))
      } catch (defect) {
        packaged = { defect: String(defect?.stack ?? defect) }
      }
      const program = await running
      if (program.phase === "load" || packaged === undefined) {
        return { ending: "unloadable", program, packaged: packaged ?? {} }
      }
      if (packaged.defect !== undefined) return { ending: "different", how: ["defect"], program, packaged }
      if (packaged.refused !== undefined) return { ending: "refused", program, packaged }
      const outcome = await runs.run(
        { module: packaged.module, exported: packaged.export },
        { language: "js", ownProcess }
      )
      const how = differences(program, outcome, [source, path.join(directory, "package/modules"),
        path.join(directory, "package")])
      return { ending: how.length === 0 ? "same" : "different", how, program, packaged, outcome }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
