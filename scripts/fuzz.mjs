/**
 * `npm run fuzz [-- --seed N] [--programs N] ...`: generates programs of several modules, and compares what `main` of each gives,
 * throws and prints with what it does from its package.
 *
 * --seed N        the first seed (by default a fresh one); the next programs have the next seeds
 * --programs N    how many (200)
 * --only SEED     this program alone, with its text and everything that was found
 * --flows LIST    programs of these flows: a family (`triggers`), a tag (`await`) or both (`aliases:getter`), separated by commas
 * --language L    `js` or `ts` only
 * --small         short programs: one change of one state
 * --closures      functions that capture variables, handed over by value
 * --shrink N      makes the first N differences smaller (5)
 * --keep DIR      writes each shrunk program to DIR/SEED, and the whole one beside it
 * --packager esbuild  compares with esbuild's bundles instead
 * --record        writes which of the tests' fixed seeds differ to test/differential/known-differences.json
 * --table         rates by kind of flow
 *
 * `npm run fuzz -- loops [--seed N] [--programs N] [--only SEED]` compares loops on threads with serial ones instead.
 *
 * Exit code 1 if a program differs whose seed is not in test/differential/known-differences.json.
 */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { write } from "./fuzz/Comparison.mjs"
import { fuzz } from "./fuzz/Fuzzer.mjs"

if (process.argv[2] === "loops") {
  const { fuzzLoops } = await import("./fuzz/Loops.mjs")
  process.exit(await fuzzLoops(process.argv.slice(3)))
}

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    programs: { type: "string", default: "200" },
    only: { type: "string" },
    flows: { type: "string" },
    language: { type: "string" },
    closures: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    shrink: { type: "string", default: "5" },
    keep: { type: "string" },
    packager: { type: "string" },
    record: { type: "boolean", default: false },
    table: { type: "boolean", default: false }
  }
})

const number = (name) => {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`--${name} must be a whole number. Received ${JSON.stringify(values[name])}.`)
  process.exit(2)
}
/** As test/differential/programs.test.ts has them. */
const fixed = 60
if (values.record) {
  Object.assign(values, { seed: "0", programs: String(fixed), shrink: "0", only: undefined, flows: undefined })
}
const first = values.only !== undefined ? number("only") : values.seed !== undefined ? number("seed")
  : Math.floor(Math.random() * 1e9)
const programs = values.only === undefined ? number("programs") : 1
const knownFile = new URL("../test/differential/known-differences.json", import.meta.url)
const known = new Set(
  existsSync(knownFile) && values.flows === undefined && values.language === undefined && !values.closures &&
    !values.small
    ? JSON.parse(readFileSync(knownFile, "utf8")) : []
)

const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-fuzz-")))
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130))

const text = (files) => Object.entries(files).map(([file, content]) => `--- ${file}\n${content.trimEnd()}\n`).join("")
const sayOutcome = ({ error, never, phase, printed, printedByLoading, value } = {}) =>
  [
    (never ? "never ends" : error ? `${phase}: ${error.name}: ${error.message}` : value)?.slice(0, 2000),
    printedByLoading && `loading prints ${JSON.stringify(printedByLoading)}`,
    printed && `prints ${JSON.stringify(printed)}`
  ].filter(Boolean).join("; ")

const different = []
console.log(`seeds ${first} to ${first + programs - 1}`)
const { report, seconds } = await fuzz({
  seeds: Array.from({ length: programs }, (_, index) => first + index),
  scratch,
  lanes: availableParallelism(),
  shrink: number("shrink"),
  packager: values.packager,
  known: values.only === undefined && !values.record ? known : new Set(),
  generation: {
    flows: values.flows?.split(","),
    language: values.language,
    closures: values.closures,
    small: values.small
  },
  seen: values.only === undefined ? undefined : (seed, result, files) => {
    console.log(`${text(files)}\n${JSON.stringify(result, undefined, 2)}`)
  },
  found: ({ entry, files, result, seed, small, smallResult, tags }) => {
    different.push(seed)
    console.log(`DIFFERENT ${seed} (${result.how.join(", ")})`)
    const shown = smallResult ?? result
    if (small !== undefined || values.only !== undefined) {
      console.log(
        `  program: ${sayOutcome(shown.program)}\n  package: ${shown.packaged.defect ?? sayOutcome(shown.outcome)}`
      )
      if (shown.packaged.warnings?.length > 0) console.log(`  ${shown.packaged.warnings.join("\n  ")}`)
    }
    if (small !== undefined) console.log(`  ${tags.join(", ")}\n${text(small)}`)
    if (values.keep !== undefined) {
      write(path.join(values.keep, String(seed)), { ...small ?? files, ENTRY: `${entry}#main\n` })
      if (small !== undefined) write(path.join(values.keep, `${seed}-whole`), files)
    }
  }
})
for (const line of report.refusals()) console.log(line)
if (values.table) console.log(report.table().join("\n"))
console.log(report.lines(seconds).join("\n"))
if (values.record) {
  writeFileSync(knownFile, `${JSON.stringify(different.sort((a, b) => a - b), undefined, 2)}\n`)
  process.exit(0)
}
process.exit(report.counts.different > 0 ? 1 : 0)
