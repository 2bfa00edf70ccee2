/**
 * The paths that modules read, as the analysis works them out: from source texts, through the real parser, to short lines.
 */
import * as Effect from "effect/Effect"
import { findUses, type PlacedReference } from "../../../core/data-files/AssetUse.ts"
import * as Evaluation from "../../../core/data-files/Evaluation.ts"
import type { Fold } from "../../../core/data-files/Fold.ts"
import { findAssetReferences } from "../../../core/data-files/findAssetReferences.ts"
import * as PathText from "../../../core/data-files/PathText.ts"
import { SourceParser } from "../../../core/language/SourceParser.ts"

/** Where the modules lie, and where the code runs. */
export const root = "/project"

/** Source texts by path below the root; `src/main.ts` for a single one. */
export type Sources = string | Readonly<Record<string, string>>

/** All uses of all top-level items of the modules. */
export const uses = (sources: Sources) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const texts = typeof sources === "string" ? { "src/main.ts": sources } : sources
    const folds = new Map<string, ReadonlyMap<string, Fold>>()
    const references: Array<PlacedReference> = []
    for (const [file, text] of Object.entries(texts)) {
      const module = `${root}/${file}`
      const parsed = yield* parser.parse({
        file,
        text,
        language: /\.[cm]?js$/.test(file) ? "javascript" : "typescript",
        jsx: false,
        moduleSystem: undefined
      })
      const finder = findAssetReferences(parsed)
      // A record is kept as JSON.
      const kept: { readonly references: PlacedReference["reference"][]; readonly folds: [string, Fold][] } = JSON
        .parse(
          JSON.stringify({ references: finder.references(parsed.body), folds: finder.folds() })
        )
      for (const reference of kept.references) references.push({ module, reference })
      folds.set(module, new Map(kept.folds))
    }
    const resolve = (from: string, specifier: string): string | undefined => {
      if (specifier === from) return from
      if (!specifier.startsWith(".")) return undefined
      const path = PathText.resolve(PathText.dirname(from), specifier)
      return [path, `${path}.ts`, `${path}.js`, path.replace(/\.js$/, ".ts")].find((one) => folds.has(one))
    }
    const evaluator = Evaluation.make({
      workingDirectory: root,
      hasPlaces: true,
      binding: (module, name) => folds.get(module)?.get(name),
      resolveImport: (from, specifier, name) => {
        const module = resolve(from, specifier)
        return module === undefined
          ? undefined
          : name === "*"
          ? { _tag: "Namespace", module }
          : { _tag: "Binding", module, name }
      },
      calls: references.map(({ module, reference }) => ({ ...reference, module }))
    })
    return findUses(evaluator, references)
  })

/** Paths below the root that are built from a module's place, whatever becomes of them. */
export const mentions = (sources: Sources) =>
  Effect.map(
    uses(sources),
    (found) =>
      found.filter(({ access }) => access === "mentioned" || access === "url").map(({ access, place }) =>
        `${access} ${place._tag === "Unknown" ? "?" : PathText.relative(root, place.path)}`
      )
  )

/**
 * One line for each use: what is done, and the path. `.` is the module's place, `cwd:` the working directory; unknown parts
 * are `*`, and what is unknown altogether is `?` and why.
 */
export const paths = (sources: Sources) =>
  Effect.map(uses(sources), (found) => {
    const lines = found.filter(({ access }) => access !== "mentioned" && access !== "url").map(
      ({ access, place, reasons, what }) => {
        const how = access === "read" ? (what === "file" ? "" : `${what} `) : `${access} `
        if (place._tag === "Unknown") return `${how}?${reasons[0]?.text ?? ""}`
        if (place._tag === "Absolute") return `${how}absolute:${place.path}`
        const relative = PathText.pattern(PathText.relative(root, place.path))
        return `${how}${place.relativeTo === "module" ? "" : "cwd:"}${relative}`
      }
    )
    return [...new Set(lines)].sort((a, b) => (a < b ? -1 : 1))
  })
