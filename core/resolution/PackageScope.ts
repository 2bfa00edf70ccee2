/**
 * The package.json that governs a file.
 */
import * as Effect from "effect/Effect"
import picomatch from "picomatch/posix.js"
import type { PackageScope } from "./ModuleResolver.ts"
import type { FileTree } from "./FileTree.ts"
import { memo } from "./Memo.ts"
import type { PackageJson, PackageJsons } from "./PackageJson.ts"
import type { Refusal } from "./Refusal.ts"
import type { Root } from "./Root.ts"

export interface PackageScopes {
  /** The nearest package.json at or above `directory`; a node_modules directory ends the search, as in Node. */
  readonly nearest: (directory: string) => Effect.Effect<PackageJson | undefined, Refusal>
  /** The nearest one *with a name*, not above the repository or workspace. */
  readonly named: (directory: string) => Effect.Effect<PackageScope | undefined, Refusal>
  /** Whether package.json says that a file may be left out where nothing that it exports is used, as bundlers read it. */
  readonly isFreeOfSideEffects: (file: string) => Effect.Effect<boolean, Refusal>
}

export const make = (tree: FileTree, packageJsons: PackageJsons, root: Root): PackageScopes => {
  const { path } = tree
  return {
    nearest: memo((directory: string): Effect.Effect<PackageJson | undefined, Refusal> =>
      Effect.gen(function*() {
        for (const at of tree.ancestors(directory)) {
          if (path.basename(at) === "node_modules") return undefined
          const found = yield* packageJsons.of(at)
          if (found !== undefined) return found
        }
        return undefined
      })
    ),
    named: memo((directory: string): Effect.Effect<PackageScope | undefined, Refusal> =>
      Effect.gen(function*() {
        for (const at of tree.ancestors(directory)) {
          if (path.basename(at) === "node_modules") return undefined
          const found = yield* packageJsons.of(at)
          if (found?.name !== undefined) {
            return {
              directory: yield* tree.realDirectory(at),
              name: found.name,
              version: found.version,
              type: found.type
            }
          }
          if (yield* root.isRoot(at)) return undefined
        }
        return undefined
      })
    ),
    isFreeOfSideEffects: (file) =>
      Effect.gen(function*() {
        for (const at of tree.ancestors(path.dirname(file))) {
          if (path.basename(at) === "node_modules") return false
          const found = yield* packageJsons.of(at)
          if (found?.sideEffects !== undefined) {
            const { sideEffects } = found
            const relative = path.relative(at, file).split(path.sep).join("/")
            return sideEffects === false || !sideEffects.some((pattern) => matches(pattern, relative))
          }
          // One without a name only says something of the module system
          if (found?.name !== undefined || (yield* root.isRoot(at))) return false
        }
        return false
      })
  }
}

/** A pattern without a slash means files of that name anywhere. */
const matches = (pattern: string, file: string): boolean => {
  const plain = pattern.replace(/^\.?\//, "")
  return picomatch(plain.includes("/") ? plain : `**/${plain}`, { dot: true })(file)
}
