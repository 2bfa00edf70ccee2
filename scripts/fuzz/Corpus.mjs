/**
 * Compares functions of a real package's sources with what they do from a package of ours.
 *
 * npm packages are not cut, so the sources are copied into a project, beside what licenses leaving them out (`sideEffects`). Two kinds of
 * functions are tried: calls written by hand, each in a module of its own that imports what it uses, and every function that the entry
 * exports, named directly and called with a few values that fit anything.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { differences, write } from "./Comparison.mjs"
import * as Random from "./Random.mjs"

const nodeModules = fileURLToPath(new URL("../../node_modules", import.meta.url))

const matches = (patterns, text) =>
  patterns.some((pattern) => typeof pattern === "string" ? pattern === text : pattern.test(text))

/** Copies the sources; gives the project's directory. */
const copy = (corpus, scratch) => {
  const from = path.join(nodeModules, corpus.package)
  const project = path.join(scratch, corpus.package)
  rmSync(project, { recursive: true, force: true })
  for (const file of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    const name = file.replaceAll("\\", "/")
    if (!matches(corpus.sources, name) || name.startsWith("node_modules/")) continue
    const target = path.join(project, "src", name)
    mkdirSync(path.dirname(target), { recursive: true })
    cpSync(path.join(from, file), target)
  }
  const { name, sideEffects, type } = {
    ...JSON.parse(readFileSync(path.join(from, "package.json"), "utf8")),
    ...corpus.manifest
  }
  write(project, {
    "package.json": JSON.stringify({ name: "corpus", type: "module" }),
    "src/package.json": JSON.stringify({ name, type: type ?? "commonjs", sideEffects })
  })
  symlinkSync(nodeModules, path.join(project, "node_modules"))
  return project
}

/** Modules with the calls: `[label, file, options]`. */
const writeCalls = (corpus, project) =>
  corpus.calls.map(([names, expression, options = {}], index) => {
    const file = `call${index}.${corpus.language ?? "mjs"}`
    const imports = names.startsWith("import ") ? names
      : names.split(", ").filter((name) => name.startsWith("default as ")).map((name) =>
        `import ${name.slice(11)} from "./src/${corpus.entry}"`
      )
        .concat(names.split(", ").filter((name) => !name.startsWith("default as ")).join(", ") || [])
        .map((each) => each.startsWith("import ") ? each : `import { ${each} } from "./src/${corpus.entry}"`).join("\n")
    write(project, { [file]: `${imports}\nexport const main = async () => ${expression}\n` })
    return {
      label: `${names.replace(/^import .* from "(.*)"$/, "$1")}: ${expression.slice(0, 100)}`,
      file,
      exported: "main",
      own: options.own === true
    }
  })

/**
 * @param {object} corpus see corpora/
 * @param {{ packages: object, runs: object, scratch: string, lanes: number, exports: number, seed: number, seen: (row: object) => void }} options
 *   `calls`: so many of the calls, chosen by the seed; `exports`: so many of the functions that the entry exports, too, chosen by the seed
 * @returns one row for each function
 */
export const run = async (corpus, { calls = Infinity, exports, lanes, packages, runs, scratch, seed, seen }) => {
  const project = copy(corpus, scratch)
  const language = corpus.language ?? "js"
  const random = Random.make(seed)
  const todo = random.shuffle(writeCalls(corpus, project)).slice(0, calls)
  const exported = []
  for (const entry of exports > 0 ? [corpus.entry, ...corpus.more ?? []] : []) {
    const file = `src/${entry}`
    const { names } = await runs.run({ module: path.join(project, file), names: true }, { language })
    for (const name of names.filter((each) => !matches(corpus.skip ?? [], each))) {
      exported.push({ label: `${entry}#${name}`, file, exported: name, own: false, probe: true })
    }
  }
  todo.push(...random.shuffle(exported).slice(0, exports))
  const rows = []
  let count = 0
  const one = async ({ exported, file, label, own, probe = false }) => {
    const directory = path.join(scratch, `${corpus.package}-${(count += 1)}`)
    const module = path.join(project, file)
    const row = { corpus: corpus.package, label }
    const inPlace = (ownProcess) => runs.run({ module, exported, probe }, { language, ownProcess })
    const [program, packaged] = await Promise.all([
      inPlace(own),
      packages.write(`${module}#${exported}`, directory, { dependencies: "assume" }).catch((defect) => ({
        defect: String(defect?.stack ?? defect)
      }))
    ])
    const { bytes, modules, refused, warnings } = packaged
    if (packaged.defect !== undefined) {
      Object.assign(row, { ending: "different", how: ["defect"], program, outcome: packaged })
    } else if (refused !== undefined) Object.assign(row, { ending: "refused", program, refused })
    else {
      symlinkSync(nodeModules, path.join(directory, "node_modules"))
      const compare = async (program, ownProcess) => {
        const outcome = await runs.run({ module: packaged.module, exported: packaged.export, probe }, {
          language: "js",
          ownProcess
        })
        const how = differences(program, outcome, [project, directory])
        return { ending: how.length === 0 ? "same" : "different", how, program, outcome }
      }
      let compared = await compare(program, own)
      // The module in place may have been changed by calls before this one
      if (compared.ending === "different" && !own) compared = await compare(await inPlace(true), true)
      Object.assign(row, { ...compared, bytes, modules, warnings })
    }
    rmSync(directory, { recursive: true, force: true })
    rows.push(row)
    seen(row)
  }
  const lane = async () => {
    for (let next; (next = todo.shift()) !== undefined;) await one(next)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  rmSync(project, { recursive: true, force: true })
  return rows
}
