/**
 * The reached modules as the evaluation of paths sees them.
 */
import { anonymousDefault } from "../modules/ModuleRecord.ts"
import type { PlacedReference } from "../data-files/AssetUse.ts"
import type { Environment, ImportTarget } from "../data-files/Evaluation.ts"
import type { Fold } from "../data-files/Fold.ts"
import { importOf } from "../slicing/Exports.ts"
import type { CodeModule } from "../modules/Module.ts"
import type { ModuleLoader } from "../modules/ModuleLoader.ts"
import type { Reached } from "../slicing/Reached.ts"

/** The calls of the reached code. */
export const assetReferences = (reached: Reached): ReadonlyArray<PlacedReference> =>
  [...reached.modules.values()].flatMap(({ items, module }) =>
    module.record.items.filter((item) => items.has(item.index)).flatMap((item) =>
      item.assets.map((reference) => ({ module: module.path, reference }))
    )
  )

/** Everything by which an ES module can learn where it lies; a comment that says so costs time only. */
const place = /import\s*\.\s*meta|__dirname|__filename|createRequire|\brequire\s*\./

const hasPlace = ({ record, text }: CodeModule): boolean => record.system === "commonjs" || place.test(text)

/** Follows what was resolved and loaded while the graph was built; nothing new is read. */
export const assetEnvironment = (
  loader: ModuleLoader,
  reached: Reached,
  references: ReadonlyArray<PlacedReference>,
  workingDirectory: string
): Environment => {
  const folds = new Map<string, ReadonlyMap<string, Fold>>()
  const foldsOf = (path: string): ReadonlyMap<string, Fold> | undefined => {
    const known = folds.get(path)
    if (known !== undefined) return known
    const module = loader.loaded(path)
    if (module?._tag !== "Code") return undefined
    const made = new Map(module.record.folds)
    folds.set(path, made)
    return made
  }

  const follow = (
    module: CodeModule,
    specifier: string,
    name: string,
    kind: "import" | "require",
    seen: Set<string>
  ): ImportTarget | undefined => {
    const resolution = loader.resolved(module, specifier, kind)
    if (resolution?._tag !== "Source") return undefined
    return exported(resolution.path, name, seen)
  }

  /** `seen`: what is asked for already, by path and name; re-exports may form cycles. */
  const exported = (path: string, name: string, seen: Set<string>): ImportTarget | undefined => {
    const module = loader.loaded(path)
    const asked = `${path}\0${name}`
    if (module?._tag !== "Code" || seen.has(asked)) return undefined
    seen.add(asked)
    if (name === "*") return { _tag: "Namespace", module: path }
    if (module.record.system === "commonjs") return { _tag: "Binding", module: path, name }
    const entry = module.record.exports.find((each) => each.exported === name)
    if (entry !== undefined) {
      if (entry.from !== undefined) return follow(module, entry.from, entry.local, "import", seen)
      const imported = importOf(module, entry.local)
      if (imported !== undefined) {
        return follow(module, imported.request.specifier, imported.binding.imported, "import", seen)
      }
      return { _tag: "Binding", module: path, name: entry.local === anonymousDefault ? "default" : entry.local }
    }
    for (const star of module.record.stars) {
      const found = follow(module, star.specifier, name, "import", seen)
      if (found !== undefined) return found
    }
    return undefined
  }

  const { local, module: entry, path } = reached.entry
  return {
    workingDirectory,
    entry: { module: entry.path, name: local === anonymousDefault ? "default" : local, path },
    hasPlaces: [...reached.modules.values()].some(({ module }) => hasPlace(module)),
    binding: (module, name) => foldsOf(module)?.get(name),
    resolveImport: (path, specifier, name, kind) => {
      // The members of a namespace are asked for by the path of its module
      if (specifier === path) return exported(path, name, new Set())
      const module = loader.loaded(path)
      return module?._tag === "Code" ? follow(module, specifier, name, kind, new Set()) : undefined
    },
    calls: references.map(({ module, reference }) => ({ ...reference, module }))
  }
}
