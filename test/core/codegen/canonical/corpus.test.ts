/**
 * Code that nobody here wrote: published modules of the packages that this project installs.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { analyseModule } from "../../../../core/modules/analyseModule.ts"
import * as AnalysisCache from "../../../../core/modules/AnalysisCache.ts"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import * as LoweredSyntax from "../../../../core/codegen/canonical/lowering/LoweredSyntax.ts"
import { compare } from "../../../../core/codegen/canonical/lowering/TreeComparison.ts"

import * as Parser from "../../../../core/language/SourceParser.ts"
import * as SourceParser from "../../../../platform-node/SourceParser.ts"

const modules = fileURLToPath(new URL("../../../../node_modules/", import.meta.url))
/** Of each package so many files, evenly spread. */
const perPackage = 12
const packages = ["effect", "@effect/platform", "fast-check", "tinybench", "ssh2", "semver", "prettier", "diff",
  "undici"]

const sources = (name: string): ReadonlyArray<string> => {
  const all = readdirSync(path.join(modules, name), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.d)\.[cm]?[jt]s$/.test(file) && !file.includes("node_modules"))
    .map((file) => path.join(name, file))
    .filter((file) => readFileSync(path.join(modules, file)).length < 100_000)
    .sort()
  const step = Math.max(1, all.length / perPackage)
  return Array.from({ length: Math.min(perPackage, all.length) }, (_, index) => all[Math.floor(index * step)] ?? "")
}

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

/** These rules make other trees; the comparison knows what the others do. */
const normalisations = { arrowBodies: false, booleans: false, constantTemplates: false }

/** The comparison that lowered texts pass knows nothing of the printer and the rules, and sees the two trees alike. */
const keepsMeaning = (source: Parser.Source) =>
  Effect.gen(function*() {
    const parser = yield* Parser.SourceParser
    const before = yield* parser.parse(source)
    if (LoweredSyntax.find(before, false).nodes.size > 0) return
    const { code } = yield* canonicalise(source, compilerOptions, { sourceMap: false, normalisations })
    const after = yield* parser.parse({ file: source.file, text: code, language: "javascript", jsx: false })
    const { difference, renamings } = compare(before, after)
    assert.isUndefined(difference, source.file)
    assert.isEmpty(renamings, source.file)
  })

describe("published modules", () => {
  for (const name of packages) {
    it.effect(
      `of ${name} are analysed, and their canonical text says the same and is its own canonical text`,
      () =>
        Effect.gen(function*() {
          const files = sources(name)
          assert.isAbove(files.length, 0)
          for (const file of files) {
            const source: Parser.Source = {
              file,
              text: readFileSync(path.join(modules, file), "utf8").replaceAll("\r\n", "\n"),
              language: file.endsWith("ts") ? "typescript" : "javascript",
              jsx: false
            }
            yield* analyseModule(source, file)
            const once = yield* canonicalise(source, compilerOptions, { sourceMap: false })
            const printed: Parser.Source = { file, text: once.code, language: "javascript", jsx: false }
            const twice = yield* canonicalise(printed, compilerOptions, { sourceMap: false })
            assert.strictEqual(twice.code, once.code, file)
            yield* keepsMeaning(source)
          }
        }).pipe(Effect.provide(Layer.merge(SourceParser.layer, AnalysisCache.layerNone))),
      60_000
    )
  }
})
