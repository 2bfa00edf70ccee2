/**
 * One change of the sources that switches one rule off.
 *
 * `find` stands exactly once in `file` (relative to the repository); `replace` stands there instead. `tests` are the
 * files of which one has to fail.
 *
 * @typedef {{ name: string, file: string, find: string, replace: string, tests: ReadonlyArray<string> }} Mutation
 */
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { transformSync } from "esbuild"

/** The mutated text, or an error that says why the mutation means nothing any more. */
export const mutate = (/** @type {Mutation} */ mutation, /** @type {string} */ text) => {
  const parts = text.split(mutation.find)
  if (parts.length !== 2) {
    throw new Error(
      `${mutation.name}: its anchor stands ${parts.length - 1} times in ${mutation.file}, not once:\n${mutation.find}`
    )
  }
  const mutated = parts.join(mutation.replace)
  if (mutated === text) throw new Error(`${mutation.name}: it changes nothing`)
  try {
    transformSync(mutated, { loader: "ts" })
  } catch (cause) {
    throw new Error(`${mutation.name}: it is not TypeScript any more`, { cause })
  }
  return mutated
}

/** `[start, end)` of every `.sort(...)` in `text`. Comparators hold no parentheses in strings. */
const sortCalls = (/** @type {string} */ text) =>
  [...text.matchAll(/\.sort\(/g)].map(({ index }) => {
    let end = index + ".sort".length
    let depth = 0
    do {
      if (text[end] === "(") depth += 1
      if (text[end] === ")") depth -= 1
      end += 1
    } while (depth > 0 && end < text.length)
    return [index, end]
  })

/** As much of the text around `[start, end)` as stands nowhere else in it. */
const anchor = (/** @type {string} */ text, /** @type {number} */ start, /** @type {number} */ end) => {
  for (let before = 0;; before += 8) {
    const from = Math.max(0, start - before)
    if (text.split(text.slice(from, end)).length === 2) return from
  }
}

/**
 * A mutation for every `.sort(...)` in the folders of `root`: without it. `testsOf` gives for each file the tests, one
 * list for all its sorts or one for each; a file of one side only is an error.
 *
 * @returns {ReadonlyArray<Mutation>}
 */
export const withoutSorts = (
  /** @type {string} */ root,
  /** @type {ReadonlyArray<string>} */ folders,
  /** @type {Readonly<Record<string, ReadonlyArray<string> | ReadonlyArray<ReadonlyArray<string>>>>} */ testsOf
) => {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file.split(path.sep).join("/")}`)
  ).filter((file) => file.endsWith(".ts") && !file.endsWith(".generated.ts")).sort()
  const mutations = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8")
    const calls = sortCalls(text)
    const tests = testsOf[file]
    if (calls.length === 0) return []
    if (tests === undefined) throw new Error(`${file} sorts, and scripts/mutation/sorts.mjs names no test of that`)
    return calls.map(([start, end], index) => {
      const from = anchor(text, start, end)
      const before = text.slice(0, start).split("\n")
      const own = Array.isArray(tests[0]) ? tests[index] : tests
      if (own === undefined) throw new Error(`${file} sorts ${calls.length} times; there are tests for ${tests.length}`)
      return {
        name: `${file} line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: no sort`,
        file,
        find: text.slice(from, end),
        replace: text.slice(from, start),
        tests: own
      }
    })
  })
  for (const file of Object.keys(testsOf)) {
    if (!mutations.some((mutation) => mutation.file === file)) throw new Error(`${file} does not sort any more`)
  }
  return mutations
}
