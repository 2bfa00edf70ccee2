import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import type { CanonicalTextError } from "../../../../core/codegen/canonical/index.ts"
import type { SourceParser, SourceSyntaxError } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"
import { biomeOptions, dprintOptions, prettierOptions } from "./formatterOptions.ts"
import { type Files, withBiome, withDprint, withPrettier } from "./formatters.ts"

const fixtures = new URL("../../../fixtures/formatting/", import.meta.url)
const files: Files = Object.fromEntries(
  readdirSync(fixtures).sort().map((name) => [name, readFileSync(new URL(name, fixtures), "utf8")])
)

/** dprint drops spaces at the ends of JSX text, which is another text on the page. */
const { "text-ends.tsx": _, ...dprintFiles } = files

const canonicalTexts = (files: Files): Effect.Effect<Files, CanonicalTextError | SourceSyntaxError, SourceParser> =>
  Effect.map(
    Effect.forEach(Object.entries(files), ([name, text]) =>
      Effect.map(
        canonicalise(
          { file: name, text, language: /\.tsx?$/.test(name) ? "typescript" : "javascript", jsx: name.endsWith("x") },
          {
            experimentalDecorators: name.startsWith("legacy"),
            emitDecoratorMetadata: true,
            useDefineForClassFields: true,
            verbatimModuleSyntax: false
          },
          { sourceMap: false }
        ),
        ({ code }) => [name, code] as const
      )),
    Object.fromEntries
  )

const unchanged = (original: Files, format: () => Promise<Files>) =>
  Effect.gen(function*() {
    const formatted = yield* Effect.promise(format)
    assert.deepStrictEqual(Object.keys(formatted).sort(), Object.keys(original).sort())
    assert.notDeepEqual(formatted, original)
    const before = yield* canonicalTexts(original)
    const after = yield* canonicalTexts(formatted)
    for (const name of Object.keys(original)) assert.strictEqual(after[name], before[name], name)
  })

const seeds = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index + 1)

it.layer(layer)("canonical text is the same after", (it) => {
  describe("Prettier", () => {
    it.effect("by default", () => unchanged(files, () => withPrettier(files, {})), 60_000)
    for (const seed of seeds(12)) {
      it.effect(
        `with options ${seed}`,
        () => unchanged(files, () => withPrettier(files, prettierOptions(seed))),
        60_000
      )
    }
  })

  describe("dprint", () => {
    it.effect("by default", () => unchanged(dprintFiles, async () => withDprint(dprintFiles, {})), 120_000)
    for (const seed of seeds(6)) {
      it.effect(
        `with options ${seed}`,
        () => unchanged(dprintFiles, async () => withDprint(dprintFiles, dprintOptions(seed))),
        120_000
      )
    }
  })

  describe("Biome", () => {
    it.effect("by default", () => unchanged(files, async () => withBiome(files, {})), 60_000)
    for (const seed of seeds(6)) {
      it.effect(
        `with options ${seed}`,
        () => unchanged(files, async () => withBiome(files, biomeOptions(seed))),
        60_000
      )
    }
  })

  it.effect(
    "one formatter after the other",
    () => unchanged(dprintFiles, async () => withPrettier(withBiome(withDprint(dprintFiles, {}), {}), { semi: false })),
    120_000
  )
})
