/**
 * Where a project ends: the repository or workspace that encloses a file.
 */
import * as Effect from "effect/Effect"
import type { FileTree } from "./FileTree.ts"
import { memo } from "./Memo.ts"
import type { Refusal } from "./Refusal.ts"

export interface Root {
  /** Whether `directory` is the top of a repository (`.git`) or of a workspace (package.json, pnpm-workspace.yaml). */
  readonly isRoot: (directory: string) => Effect.Effect<boolean, Refusal>
  /** The root at or above `directory`; else the topmost directory below which a package.json stands; else undefined. */
  readonly above: (directory: string) => Effect.Effect<string | undefined, Refusal>
  /** The path of a file as a person names it: relative to the root, with `/`; absolute where there is no root. */
  readonly name: (path: string) => Effect.Effect<string, Refusal>
}

/** A package.json that does not parse is no root here; who reads it for its own sake says what is wrong with it. */
const declaresWorkspaces = (text: string): boolean => /"workspaces"\s*:\s*[[{]/.test(text)

export const make = (tree: FileTree): Root => {
  const { path } = tree

  const isRoot = memo((directory) =>
    Effect.gen(function*() {
      if ((yield* tree.has(directory, ".git")) || (yield* tree.has(directory, "pnpm-workspace.yaml"))) return true
      if (!(yield* tree.has(directory, "package.json"))) return false
      const manifest = yield* tree.find(path.join(directory, "package.json"))
      return manifest?.type === "File" && declaresWorkspaces(yield* tree.text(manifest.path))
    })
  )

  const above = memo((directory: string): Effect.Effect<string | undefined, Refusal> =>
    Effect.gen(function*() {
      let topmost: string | undefined
      for (const at of tree.ancestors(directory)) {
        if (yield* isRoot(at)) return at
        if (yield* tree.has(at, "package.json")) topmost = at
      }
      return topmost
    })
  )

  return {
    isRoot,
    above,
    name: (file) =>
      Effect.map(
        above(path.dirname(file)),
        (root) => root === undefined ? file : path.relative(root, file).split(path.sep).join("/") || "."
      )
  }
}
