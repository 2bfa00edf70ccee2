/**
 * `.gitignore` and `.clustrixignore` of a directory tree, for what directories and globs bring in.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import makeIgnore, { type Ignore } from "ignore"
import * as PathText from "./PathText.ts"
import type { Roots } from "./Roots.ts"

export interface IgnoreRules {
  /** Whether the entry `name` of `directory` (absolute) stays out. */
  readonly ignores: (
    directory: string,
    name: string,
    isDirectory: boolean
  ) => Effect.Effect<boolean, never, FileSystem.FileSystem>
}

/**
 * Rules of the ignore files in `roots` (absolute) and below; where one root is within another, in the outer one. Those
 * above them, and git's own configuration, are not read.
 */
export const make = (roots: Roots): IgnoreRules => {
  const loaded = new Map<string, Ignore>()

  const rulesIn = (directory: string): Effect.Effect<Ignore, never, FileSystem.FileSystem> =>
    Effect.gen(function*() {
      const known = loaded.get(directory)
      if (known !== undefined) return known
      const fs = yield* FileSystem.FileSystem
      // As git on a file system that tells cases apart, on every host
      const rules = makeIgnore({ ignorecase: false })
      for (const name of [".gitignore", ".clustrixignore"]) {
        const file = `${directory}/${name}`
        // No file, no rules; a named pipe would wait for its writer
        const isFile = yield* Effect.match(fs.stat(file), {
          onFailure: () => false,
          onSuccess: ({ type }) => type === "File"
        })
        if (isFile) rules.add(yield* Effect.orElseSucceed(fs.readFileString(file), () => ""))
      }
      loaded.set(directory, rules)
      return rules
    })

  return {
    ignores: (directory, name, isDirectory) =>
      Effect.gen(function*() {
        const path = `${directory}/${name}`
        let ignored = false
        // From the root downwards: deeper files overrule
        for (const at of ancestors(roots, directory)) {
          const relative = PathText.relative(at, path)
          const verdict = (yield* rulesIn(at)).test(isDirectory ? `${relative}/` : relative)
          if (verdict.ignored) ignored = true
          else if (verdict.unignored) ignored = false
        }
        return ignored
      })
  }
}

/** `directory` and the directories above it, from the outermost root downwards. */
const ancestors = (roots: Roots, directory: string): ReadonlyArray<string> => {
  const root = roots.outermost(directory)
  const found: Array<string> = []
  for (let at = directory; root !== undefined && PathText.isWithin(root, at); at = PathText.dirname(at)) {
    found.unshift(at)
    if (at === "/") break
  }
  return found
}
