/**
 * Functions of real packages' sources do from their packages what they do in place: calls written by hand, and functions that the
 * packages export, called with values that fit anything. Some of both, by a fresh seed; `npm run corpora -- --exports` tries them all.
 *
 * known-corpora-differences.json has those that are not right yet, and may only shrink. kept-bytes.json says how many bytes of code were
 * kept when it was recorded, of functions that were right then.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import * as path from "node:path"
import { corpora } from "../../scripts/fuzz/corpora/index.mjs"
import * as Corpus from "../../scripts/fuzz/Corpus.mjs"
import * as Packages from "../../scripts/fuzz/Packages.mjs"
import * as Runs from "../../scripts/fuzz/Runs.mjs"
import { maximumGrowth } from "./limits.ts"

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"))
// Written by scripts/corpora.mjs
const known = json("./known-corpora-differences.json") as Readonly<Record<string, ReadonlyArray<string>>>
const recorded = json("./kept-bytes.json") as Readonly<Record<string, Readonly<Record<string, number>>>>
/** Packages that put their functions into one object, which the analysis does not tell apart: all of it is kept. */
const collapsed: ReadonlySet<string> = new Set(["acorn", "underscore", "effect"])
const seed = Math.floor(Math.random() * 1e9)
const rows: Array<Corpus.Row> = []

let scratch = ""
let packages: Corpus.Packages
let runs: Corpus.Runs
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-corpora-")))
  process.env["TZ"] = "UTC"
  packages = Packages.make(scratch)
  runs = Runs.make()
})
afterAll(async () => {
  runs.close()
  await packages.close()
  rmSync(scratch, { recursive: true, force: true })
})

describe("functions of real packages' sources", () => {
  it("are from enough packages", () => assert.isAtLeast(corpora.length, 10))

  for (const corpus of corpora) {
    it(`${corpus.package}`, async () => {
      const found = await Corpus.run(corpus, {
        calls: corpus.large === true ? 2 : 5,
        exports: corpus.large === true ? 1 : 3,
        seed,
        lanes: availableParallelism(),
        packages,
        runs,
        scratch,
        seen: () => {}
      })
      rows.push(...found)
      const expected = known[corpus.package] ?? []
      const wrong = found.filter(({ ending, label }) => ending !== "same" && !expected.includes(label))
      assert.deepEqual(
        wrong.map(({ label }) => label),
        [],
        `these differ or are refused now (seed ${seed}): ${JSON.stringify(wrong)}`
      )
      const right = found.filter(({ ending, label }) => ending === "same" && expected.includes(label))
      assert.deepEqual(
        right.map(({ label }) => label),
        [],
        "these are right now: npm run corpora -- --record takes them out of the list"
      )
    }, 1_200_000)
  }

  it("keep not much more code than was recorded", () => {
    const pairs = rows.flatMap(({ bytes, corpus, ending, label }) => {
      const before = recorded[corpus]?.[label]
      if (ending !== "same" || bytes === undefined || before === undefined || collapsed.has(corpus)) return []
      return [{ label, bytes, before }]
    })
    assert.isAtLeast(pairs.length, 25)
    const grown = pairs.filter(({ before, bytes }) => bytes > before * maximumGrowth.one)
    assert.deepEqual(grown.map(({ before, bytes, label }) => `${label}: ${bytes} bytes, ${before} before`), [])
    const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
    assert.isAtMost(sum(pairs.map(({ bytes }) => bytes)), sum(pairs.map(({ before }) => before)) * maximumGrowth.sum)
  })
})
