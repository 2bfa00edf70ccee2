/**
 * Modules that are several modules to Node: under each query and fragment of the URL that asks for it a file is loaded anew.
 * A package has each file once.
 */
import { isClustrix } from "../modules/recordModule.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { type CodeModule, locate } from "../modules/Module.ts"
import type { ModuleLoader } from "../modules/ModuleLoader.ts"
import type { ReachedModule } from "./Reached.ts"

/** An import that goes along. */
interface ImportUse {
  readonly module: CodeModule
  readonly specifier: string
  readonly offset: number
}

const importsOf = ({ items, module }: ReachedModule): ReadonlyArray<ImportUse> => {
  const { exports, imports, items: all, stars } = module.record
  return [
    ...imports.filter(({ require }) => !require),
    ...exports.flatMap(({ from, offset }) => from === undefined ? [] : [{ specifier: from, offset }]),
    ...stars,
    ...all.filter(({ index }) => items.has(index)).flatMap(({ requests }) =>
      requests.flatMap(({ kind, offset, specifier }) =>
        kind === "dynamic-import" && specifier !== undefined ? [{ specifier, offset }] : []
      )
    )
  ].filter(({ specifier }) => !isClustrix(specifier)).map(({ offset, specifier }) => ({ module, specifier, offset }))
}

/** The query and the fragment of a specifier, unless they belong to the name of the file at `path`. */
const suffixOf = (specifier: string, path: string): string => {
  const suffix = /(?<=.)[?#].*$/s.exec(specifier)?.[0] ?? ""
  return suffix !== "" && path.endsWith(suffix) ? "" : suffix
}

/** Warnings of the reached modules that are asked for under more than one URL. */
export const moduleInstances = (
  loader: ModuleLoader,
  reached: ReadonlyMap<string, ReachedModule>
): ReadonlyArray<Diagnostic> => {
  const uses = [...reached.values()].flatMap(importsOf)
  if (!uses.some(({ specifier }) => /.[?#]/.test(specifier))) return []
  const suffixes = new Map<string, Map<string, ImportUse>>()
  for (const use of uses) {
    const found = loader.resolved(use.module, use.specifier, "import")
    if (found?._tag !== "Source") continue
    const known = suffixes.get(found.path) ?? new Map<string, ImportUse>()
    suffixes.set(found.path, known)
    const suffix = suffixOf(use.specifier, found.path)
    if (!known.has(suffix)) known.set(suffix, use)
  }
  return [...suffixes].flatMap(([path, found]) => {
    const first = [...found].find(([suffix]) => suffix !== "")?.[1]
    if (found.size < 2 || first === undefined) return []
    return new Diagnostic({
      severity: "warning",
      code: "module-instances",
      what:
        `"${first.specifier}" and ${
          found.size === 2 ? "another import" : `${found.size - 1} other imports`
        } ask for one ` +
        `file, ${loader.loaded(path)?.file ?? path}, under different URLs`,
      location: locate(first.module, first.offset),
      why: "For Node these are different modules, each with a state of its own; a package has the file once.",
      remedy: "Import the file without a query, and make what has to be there more than once by a call."
    })
  })
}
