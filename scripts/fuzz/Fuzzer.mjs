/**
 * Goes through seeds: generates a program of each, compares it with its package, and shrinks what differs.
 */
import * as Comparison from "./Comparison.mjs"
import * as Bundles from "./Bundles.mjs"
import { generate } from "./Generator.mjs"
import * as Packages from "./Packages.mjs"
import * as Program from "./Program.mjs"
import * as Report from "./Report.mjs"
import * as Runs from "./Runs.mjs"
import { shrinkProgram } from "./Shrinker.mjs"
import { shrinkText } from "./TextShrinker.mjs"

const comparable = (program) => ({
  files: Program.print(program),
  entry: Program.entry(program),
  language: program.language,
  name: Program.entryName(program),
  closure: program.closure,
  ownProcess: program.ownProcess
})

/** Whether a smaller program differs in the same way, and still does what programs do: a missing name makes another difference. */
const staysDifferent = (result, again) =>
  again.ending === "different" &&
  (result.how.includes("value") ? again.how.includes("value") : again.how.some((each) => result.how.includes(each))) &&
  (result.program.error === undefined) === (again.program.error === undefined) &&
  (result.outcome?.error === undefined) === (again.outcome?.error === undefined) &&
  (result.packaged.warnings?.length === 0) === (again.packaged.warnings?.length === 0) &&
  again.program.never === result.program.never

/**
 * @param {object} options
 * @param {ReadonlyArray<number>} options.seeds
 * @param {string} options.scratch an empty directory
 * @param {number} options.lanes how many programs are looked at at a time
 * @param {number} options.shrink how many differences are made smaller
 * @param {ReadonlySet<number>} options.known seeds of which it is known that they differ
 * @param {object} options.generation which flows and language: see Generator.mjs
 * @param {"esbuild"} [options.packager] bundles in place of packages
 * @param {(found: object) => void} options.found is told each difference: seed, result, files, and those of the shrunk program
 * @param {(seed: number, result: object, files: object) => void} [options.seen] is told each program
 */
export const fuzz = async ({ found, generation, known, lanes, packager, scratch, seeds, seen, shrink }) => {
  const own = Packages.make(scratch)
  const packages = packager === "esbuild" ? Bundles.make(own) : own
  const runs = Runs.make()
  const compare = Comparison.make({ packages, runs, scratch })
  const report = Report.make()
  const started = performance.now()
  const queue = [...seeds]
  let shrunk = 0
  const one = async (seed) => {
    const program = generate(seed, generation)
    const result = await compare(comparable(program))
    const isKnown = result.ending === "different" && known.has(seed)
    report.add(isKnown ? "known" : result.ending, {
      seed,
      tags: Program.tagsOf(program),
      refused: result.packaged.refused,
      warnings: result.packaged.warnings?.length ?? 0
    })
    seen?.(seed, result, Program.print(program))
    if (result.ending !== "different" || isKnown) return
    const entry = Program.entry(program)
    if (shrunk >= shrink) return found({ seed, entry, result, files: Program.print(program) })
    shrunk += 1
    const stays = async (changed) => {
      const again = await compare(changed)
      return staysDifferent(result, again) && (await compare(changed)).program.value === again.program.value
    }
    const fewer = await shrinkProgram(program, (changed) => stays(comparable(changed)))
    const tags = Program.tagsOf(fewer)
    report.blame(tags)
    const small = await shrinkText(
      Program.print(fewer),
      packages.parse,
      (files) => stays({ ...comparable(fewer), files })
    )
    found({
      seed,
      entry,
      result,
      files: Program.print(program),
      small,
      tags,
      smallResult: await compare({ ...comparable(fewer), files: small })
    })
  }
  const lane = async () => {
    for (let seed; (seed = queue.shift()) !== undefined;) await one(seed)
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    runs.close()
    await packages.close()
    await own.close()
  }
  return { report, seconds: (performance.now() - started) / 1000 }
}
