/**
 * `npm run test:mutation [-- TEXT...]`: every rule that decides what goes along, and in which order, is held by a test.
 *
 * Copies the sources to a temporary directory and there switches one rule off at a time: a test has to fail. With
 * arguments only the mutations in whose names one of them stands are tried. The last line is "N killed, N survived".
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { createVitest } from "vitest/node"
import { judging } from "./mutation/judging.mjs"
import { mutate } from "./mutation/Mutation.mjs"
import { sorts } from "./mutation/sorts.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const started = performance.now()
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

const all = [...judging, ...sorts(root)]
const names = new Set()
for (const { name } of all) {
  if (names.has(name)) throw new Error(`Two mutations are called ${name}`)
  names.add(name)
}
const wanted = process.argv.slice(2)
const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.some((text) => name.includes(text)))

const copy = mkdtempSync(path.join(tmpdir(), "clustrix-mutation-"))
process.on("exit", () => rmSync(copy, { recursive: true, force: true }))
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130))
for (
  const name of ["core", "platform-node", "platform-browser", "playground", "test", "examples", "scripts",
    "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"]
) {
  cpSync(path.join(root, name), path.join(copy, name), { recursive: true, verbatimSymlinks: true })
}
symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"))

// Before anything is run: an anchor that stands nowhere any more fails at once
const originals = new Map()
const mutated = new Map(all.map((mutation) => {
  const text = originals.get(mutation.file) ?? readFileSync(path.join(copy, mutation.file), "utf8")
  originals.set(mutation.file, text)
  return [mutation, mutate(mutation, text)]
}))

const vitest = await createVitest(
  "test",
  {
    root: copy,
    config: path.join(copy, "vite.config.ts"),
    watch: false,
    bail: 1,
    reporters: [{}],
    fileParallelism: false,
    printConsoleTrace: false,
    onConsoleLog: () => false
  },
  { cacheDir: path.join(copy, ".vite"), clearScreen: false, logLevel: "error" }
)

/** The first test that fails, if one does. */
const run = async (tests) => {
  const patterns = tests.map((file) => path.join(copy, file))
  const specifications = await vitest.globTestSpecifications(tests)
  const picked = patterns.map((file) => {
    const found = specifications.find(({ moduleId }) => moduleId === file)
    if (found === undefined) throw new Error(`There is no test file ${path.relative(copy, file)}`)
    return found
  })
  for (const specification of picked) {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification])
    if (unhandledErrors.length > 0) return `an error outside of the tests: ${String(unhandledErrors[0])}`
    // Files of earlier runs are told of again
    for (const module of testModules.filter(({ moduleId }) => moduleId === specification.moduleId)) {
      const broken = module.errors()[0]
      if (broken !== undefined) return `${path.relative(copy, module.moduleId)} does not load: ${broken.message}`
      for (const test of module.children.allTests("failed")) return test.fullName
    }
  }
  return undefined
}

let killed = 0
const survivors = []
try {
  const used = [...new Set(chosen.flatMap(({ tests }) => tests))]
  const broken = await run(used)
  if (broken !== undefined) throw new Error(`A test fails without any mutation: ${broken}`)
  console.log(`${used.length} test files pass (${seconds(started)}); ${chosen.length} mutations of ${all.length}`)
  for (const mutation of chosen) {
    const since = performance.now()
    const file = path.join(copy, mutation.file)
    writeFileSync(file, mutated.get(mutation))
    vitest.invalidateFile(file)
    const failed = await run(mutation.tests)
    writeFileSync(file, originals.get(mutation.file))
    vitest.invalidateFile(file)
    if (failed === undefined) survivors.push(mutation.name)
    else killed += 1
    console.log(
      `${failed === undefined ? "SURVIVED" : "killed  "} ${mutation.name} (${seconds(since)})${
        failed === undefined ? "" : `: ${failed}`
      }`
    )
  }
} finally {
  await vitest.close()
}
for (const name of survivors) console.log(`No test notices: ${name}`)
console.log(`${seconds(started)}\n${killed} killed, ${survivors.length} survived`)
process.exit(survivors.length === 0 ? 0 : 1)
