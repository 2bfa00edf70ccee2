/**
 * Random programs of several modules do from their package what they do in place: `npm run fuzz` in small.
 *
 * Of the fixed seeds it is known which still differ (known-differences.json): no other may, and one that does not any more leaves the
 * list. The fresh seeds hold the rate in limits.ts, so that nothing is made right for the fixed ones alone.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import * as path from "node:path"
import { type Found, fuzz } from "../../scripts/fuzz/Fuzzer.mjs"
import { maximumClosures, maximumRefused, maximumSilentDifferences, maximumWarned } from "./limits.ts"

const known: ReadonlySet<number> = new Set(
  JSON.parse(readFileSync(new URL("./known-differences.json", import.meta.url), "utf8")) as ReadonlyArray<number>
)
const fixed = Array.from({ length: 60 }, (_, seed) => seed)
const first = Math.floor(Math.random() * 1e9)
const fresh = Array.from({ length: 40 }, (_, index) => first + index)

/** The most of `programs` that a rate allows, with room for chance: three standard deviations. */
const allowed = (rate: number, programs: number): number =>
  Math.ceil(rate * programs + 3 * Math.sqrt(programs * rate * (1 - rate)))

let scratch = ""
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-differential-")))
})
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

const compare = async (seeds: ReadonlyArray<number>, closures = false) => {
  const different: Array<Found> = []
  const endings = new Map<number, string>()
  const { report } = await fuzz({
    seeds,
    scratch,
    lanes: availableParallelism(),
    shrink: 0,
    known: new Set(),
    generation: { closures },
    found: (found) => void different.push(found),
    seen: (seed, { ending }) => void endings.set(seed, ending)
  })
  return { different, endings, report }
}

describe("random programs", () => {
  it("of fixed seeds differ only where it is known", async () => {
    const { different, endings } = await compare(fixed)
    const seeds = different.map(({ seed }) => seed).sort((a, b) => a - b)
    const other = seeds.filter((seed) => !known.has(seed))
    assert.deepEqual(other, [], `these differ now: npm run fuzz -- --only ${other[0]} tells more`)
    const right = [...known].filter((seed) => !seeds.includes(seed))
    assert.deepEqual(
      right,
      [],
      "these are right now: take them out of known-differences.json (npm run fuzz -- --record)"
    )
    assert.isAtLeast([...endings.values()].filter((ending) => ending !== "unloadable").length, fixed.length * 0.9)
  }, 300_000)

  it("of fresh seeds differ silently in no more than the part that is allowed", async () => {
    const { different, report } = await compare(fresh)
    const silent = different.filter(({ result }) => (result.packaged.warnings ?? []).length === 0).map(({ seed }) =>
      seed
    )
    const seen = `seeds ${first} to ${first + fresh.length - 1}: ${report.lines(1).join("; ")}; different: ${
      silent.join(", ")
    }`
    assert.isAtMost(silent.length, allowed(maximumSilentDifferences, fresh.length), seen)
    assert.isAtMost(report.counts.refused, allowed(maximumRefused, fresh.length), seen)
    assert.isAtMost(report.warned, allowed(maximumWarned, fresh.length), seen)
  }, 300_000)

  it("that hand a closure over by value differ silently in no more than the part that is allowed", async () => {
    const seeds = fresh.slice(0, 20)
    const { different, report } = await compare(seeds, true)
    const seen = `seeds ${first} to ${first + seeds.length - 1} of --closures: ${
      report.lines(1).join("; ")
    }; different: ${different.map((each) => each.seed).join(", ")}`
    assert.isAtMost(different.length, allowed(maximumClosures.silentDifferences, seeds.length), seen)
    assert.isAtMost(report.counts.refused, allowed(maximumClosures.refused, seeds.length), seen)
    assert.isAtLeast(report.counts.same, 1, seen)
  }, 300_000)
})
