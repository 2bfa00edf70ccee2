/**
 * Which tsconfig.json governs a file.
 */
import * as Effect from "effect/Effect"
import type { FileTree } from "./FileTree.ts"
import { memo } from "./Memo.ts"
import type { PackageJsons } from "./PackageJson.ts"
import type { Refusal } from "./Refusal.ts"
import type { Root } from "./Root.ts"
import * as Tsconfig from "./Tsconfig.ts"
import * as TsconfigLayers from "./TsconfigLayers.ts"

export interface TsconfigScopes {
  /**
   * The configuration that holds for the file at absolute real path `file`: going up to the root of the repository or
   * workspace, the first tsconfig.json that takes the file in, itself or through `references`; where none does, the
   * nearest. Files of installed packages have none.
   */
  readonly governing: (file: string) => Effect.Effect<Tsconfig.Tsconfig | undefined, Refusal>
}

interface Found {
  readonly config: Tsconfig.Tsconfig
  readonly next: string | undefined
}

export const make = (tree: FileTree, packageJsons: PackageJsons, root: Root): TsconfigScopes => {
  const { path } = tree
  const layers = TsconfigLayers.make(tree, packageJsons, root)
  const load = memo((file) => Effect.flatMap(layers.load(file), (read) => Tsconfig.fromLayers(read, path)))

  /** The file of a referenced configuration. One that is missing, as a git submodule may be, takes in no file. */
  const referenced = (reference: string) =>
    Effect.gen(function*() {
      const entry = yield* tree.find(reference)
      const file = entry?.type === "Directory" ? yield* tree.find(path.join(entry.path, "tsconfig.json")) : entry
      return file?.type === "File" ? file.path : undefined
    })

  const owner = (
    config: Tsconfig.Tsconfig,
    file: string,
    seen: Set<string>
  ): Effect.Effect<Tsconfig.Tsconfig | undefined, Refusal> =>
    Effect.gen(function*() {
      seen.add(config.path)
      if (config.includes(file)) return config
      for (const reference of config.references) {
        const at = yield* referenced(reference)
        if (at === undefined || seen.has(at)) continue
        const found = yield* owner(yield* load(at), file, seen)
        if (found !== undefined) return found
      }
      return undefined
    })

  /** The nearest tsconfig.json at or above a directory, and where to look for the next. */
  const nearest = memo((directory: string): Effect.Effect<Found | undefined, Refusal> =>
    Effect.gen(function*() {
      for (const at of tree.ancestors(directory)) {
        const entry = yield* tree.find(path.join(at, "tsconfig.json"))
        const up = path.dirname(at)
        const next = up === at || (yield* root.isRoot(at)) ? undefined : up
        if (entry?.type === "File") return { config: yield* load(entry.path), next }
        if (next === undefined) return undefined
      }
      return undefined
    })
  )

  return {
    governing: memo((file: string): Effect.Effect<Tsconfig.Tsconfig | undefined, Refusal> =>
      Effect.gen(function*() {
        if (file.split(path.sep).includes("node_modules")) return undefined
        const first = yield* nearest(path.dirname(file))
        for (let found = first; found !== undefined;) {
          const { config, next }: Found = found
          const governs = config.includes(file) ? config : yield* owner(config, file, new Set())
          if (governs !== undefined) return governs
          found = next === undefined ? undefined : yield* nearest(next)
        }
        return first?.config
      })
    )
  }
}
