/**
 * Looking on disk for what a path in a specifier means.
 */
import * as Effect from "effect/Effect"
import * as Candidates from "./Candidates.ts"
import type { Entry, FileTree } from "./FileTree.ts"
import type { PackageJsons } from "./PackageJson.ts"
import type { Refusal } from "./Refusal.ts"
import * as Specifier from "./Specifier.ts"

/** A file that was found, if any. The paths looked for are added to `tried`. */
type Found = Effect.Effect<Entry | undefined, Refusal>

export interface Probe {
  /** A path as written in a source: TypeScript for JavaScript, extensions and index files left out, directories. */
  readonly source: (path: string, tried: Array<string>) => Found
  /** A path in an installed package, as Node's `require` finds it. */
  readonly installed: (path: string, tried: Array<string>) => Found
  /** What a target of `exports` or `imports` names: the file itself; in sources TypeScript may stand for it. */
  readonly target: (path: string, tried: Array<string>) => Found
  /** The main file of the package or directory at `directory`. */
  readonly main: (directory: string, tried: Array<string>) => Found
  /** A type declaration that stands where `path` was looked for. */
  readonly declaration: (path: string) => Effect.Effect<Entry | undefined, Refusal>
  /** Whether a real path lies in an installed package. */
  readonly isInstalled: (path: string) => boolean
}

export const make = (tree: FileTree, packageJsons: PackageJsons): Probe => {
  const { path } = tree

  const isInstalled = (at: string): boolean => at.split(path.sep).includes("node_modules")

  const first = tree.firstFile

  type Form = (path: string) => ReadonlyArray<string>

  const directoryOf = (at: string, form: Form, tried: Array<string>): Found =>
    Effect.gen(function*() {
      const entry = yield* tree.find(at)
      if (entry?.type !== "Directory") return undefined
      const main = (yield* packageJsons.of(entry.path))?.main
      if (main !== undefined && main !== "") {
        const named = path.join(entry.path, main)
        const found = (Specifier.namesDirectory(main) ? undefined : yield* first(form(named), tried)) ??
          (yield* first(form(path.join(named, "index")), tried))
        if (found !== undefined) return found
      }
      return yield* first(form(path.join(entry.path, "index")), tried)
    })

  const fileOrDirectory = (at: string, form: Form, tried: Array<string>): Found =>
    Effect.gen(function*() {
      const trimmed = at.length > 1 ? at.replace(/[/\\]+$/, "") : at
      const file = trimmed === at ? yield* first(form(at), tried) : undefined
      return file ?? (yield* directoryOf(trimmed, form, tried))
    })

  const formAt = (at: string): Effect.Effect<Form, Refusal> =>
    Effect.map(
      tree.find(at),
      (entry) => isInstalled(entry?.realPath ?? at) ? Candidates.inPackages : Candidates.inSources
    )

  return {
    source: (at, tried) => fileOrDirectory(at, Candidates.inSources, tried),
    installed: (at, tried) => fileOrDirectory(at, Candidates.inPackages, tried),
    target: (at, tried) =>
      Effect.gen(function*() {
        const parent = yield* tree.find(path.dirname(at))
        const literal = isInstalled(parent?.realPath ?? at)
        return yield* first(literal ? [at] : Candidates.ofTargets(at), tried)
      }),
    main: (directory, tried) => Effect.flatMap(formAt(directory), (form) => directoryOf(directory, form, tried)),
    declaration: (at) => first(Candidates.declarations(at), []),
    isInstalled
  }
}
