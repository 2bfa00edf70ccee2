/**
 * `npm run corpora [-- --exports] [--table] [--only PACKAGE] [--record] [--bytes]`: functions of real packages' sources do from their packages what
 * they do in place; how many bytes of them are kept.
 *
 * --exports   also every function that the packages export
 * --only P    this package alone
 * --table     function, modules, kept bytes
 * --record    writes which calls differ to test/differential/known-corpora-differences.json
 * --bytes     writes the bytes of those that are right to test/differential/kept-bytes.json: what others are measured by
 *
 * Exit code 1 if a function differs.
 */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { corpora } from "./fuzz/corpora/index.mjs"
import * as Corpus from "./fuzz/Corpus.mjs"
import * as Packages from "./fuzz/Packages.mjs"
import * as Runs from "./fuzz/Runs.mjs"

const { values } = parseArgs({
  options: {
    exports: { type: "boolean", default: false },
    only: { type: "string" },
    table: { type: "boolean", default: false },
    bytes: { type: "boolean", default: false },
    record: { type: "boolean", default: false }
  }
})
const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-corpora-")))
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130))
process.env.TZ = "UTC"

const file = new URL("../test/differential/kept-bytes.json", import.meta.url)
const recorded = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}
const packages = Packages.make(scratch)
const runs = Runs.make()
const say = (outcome) => JSON.stringify(outcome?.value ?? outcome?.error ?? outcome)?.slice(0, 300)
const rows = []
for (const corpus of corpora.filter((each) => values.only === undefined || each.package === values.only)) {
  const started = performance.now()
  const found = await Corpus.run(corpus, {
    exports: values.exports ? Infinity : 0,
    seed: 0,
    lanes: availableParallelism(),
    packages,
    runs,
    scratch,
    seen: ({ bytes, ending, how, label, modules, outcome, program, refused, warnings }) => {
      const before = recorded[corpus.package]?.[label]
      if (values.table && bytes !== undefined) {
        const growth = before === undefined ? "" : ` (${(bytes / before).toFixed(2)} of ${before})`
        console.log(`  ${String(modules).padStart(4)} modules ${String(bytes).padStart(8)} bytes${growth}  ${label}`)
      }
      if (ending === "refused") console.log(`REFUSED ${label}: ${refused.message.split("\n")[0]}`)
      if (ending === "different") {
        console.log(`DIFFERENT ${label} (${how.join(", ")})\n  program: ${say(program)}\n  package: ${say(outcome)}`)
      }
      if (warnings?.length > 0) {
        console.log(
          `WARNED ${label}: ${warnings[0].split("\n")[0]}${
            warnings.length > 1 ? `, and ${warnings.length - 1} more` : ""
          }`
        )
      }
    }
  })
  rows.push(...found)
  const of = (ending) => found.filter((row) => row.ending === ending).length
  console.log(
    `${corpus.package}: ${of("same")} same, ${of("different")} different, ${of("refused")} refused, ${
      ((performance.now() - started) / 1000).toFixed(1)
    } s`
  )
}
const right = rows.filter(({ ending }) => ending === "same")
const known = right.flatMap(({ bytes, corpus, label }) =>
  recorded[corpus]?.[label] === undefined ? [] : [[bytes, recorded[corpus][label]]]
)
if (known.length > 0) {
  const sum = (index) => known.reduce((total, pair) => total + pair[index], 0)
  const most = Math.max(...known.map(([now, before]) => now / before))
  console.log(
    `kept bytes: ${(sum(0) / sum(1)).toFixed(3)} of what is recorded, at most ${
      most.toFixed(2)
    } in one function, over ${known.length}`
  )
}
if (values.record) {
  const knownFile = new URL("../test/differential/known-corpora-differences.json", import.meta.url)
  const known = JSON.parse(readFileSync(knownFile, "utf8"))
  for (const name of new Set(rows.map(({ corpus }) => corpus))) {
    const tried = rows.filter(({ corpus }) => corpus === name)
    const untried = (known[name] ?? []).filter((label) => !tried.some((row) => row.label === label))
    const wrong = tried.filter(({ ending }) => ending !== "same").map(({ label }) => label)
    known[name] = [...untried, ...wrong].sort()
    if (known[name].length === 0) delete known[name]
  }
  writeFileSync(knownFile, `${JSON.stringify(known, undefined, 2)}\n`)
}
if (values.bytes) {
  for (const { bytes, corpus, label } of right.sort((a, b) => a.label < b.label ? -1 : 1)) {
    ;(recorded[corpus] ??= {})[label] = bytes
  }
  writeFileSync(file, `${JSON.stringify(recorded, undefined, 2)}\n`)
}
runs.close()
await packages.close()
process.exit(rows.some(({ ending }) => ending === "different") ? 1 : 0)
