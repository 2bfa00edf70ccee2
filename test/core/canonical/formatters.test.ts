import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import type * as prettier from "prettier"
import { canonicalise } from "../../../core/canonical/index.ts"
import type { SourceParser, SourceSyntaxError } from "../../../core/SourceParser.ts"
import { layer } from "../../../platform-node/SourceParser.ts"
import { type Files, withBiome, withDprint, withPrettier } from "./formatters.ts"

const fixtures = new URL("../../fixtures/formatting/", import.meta.url)
const files: Files = Object.fromEntries(
  readdirSync(fixtures).sort().map((name) => [name, readFileSync(new URL(name, fixtures), "utf8")])
)

/** dprint drops spaces at the ends of JSX text, which is another text on the page. */
const { "text-ends.tsx": _, ...dprintFiles } = files

const canonicalTexts = (files: Files): Effect.Effect<Files, SourceSyntaxError, SourceParser> =>
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

/** The same numbers in every run (a linear congruential generator). */
const random = (seed: number): <A>(choices: ReadonlyArray<A>) => A => {
  let state = seed
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const choice = choices[Math.floor(state / 2 ** 32 * choices.length)]
    if (choice === undefined) throw new Error("nothing to choose from")
    return choice
  }
}

const either = [true, false]
const widths = [20, 40, 80, 120, 320]

const prettierOptions = (seed: number): prettier.Options => {
  const choose = random(seed)
  return {
    printWidth: choose(widths),
    tabWidth: choose([1, 2, 8]),
    useTabs: choose(either),
    semi: choose(either),
    singleQuote: choose(either),
    jsxSingleQuote: choose(either),
    quoteProps: choose(["as-needed", "consistent", "preserve"]),
    trailingComma: choose(["all", "es5", "none"]),
    bracketSpacing: choose(either),
    objectWrap: choose(["preserve", "collapse"]),
    bracketSameLine: choose(either),
    arrowParens: choose(["always", "avoid"]),
    experimentalTernaries: choose(either),
    experimentalOperatorPosition: choose(["start", "end"]),
    singleAttributePerLine: choose(either),
    endOfLine: "lf"
  }
}

const dprintOptions = (seed: number): object => {
  const choose = random(seed)
  const semiColons = choose(["always", "prefer", "asi"])
  return {
    lineWidth: choose(widths),
    indentWidth: choose([1, 2, 8]),
    useTabs: choose(either),
    semiColons,
    quoteStyle: choose(["alwaysDouble", "alwaysSingle", "preferDouble", "preferSingle"]),
    "jsx.quoteStyle": choose(["preferDouble", "preferSingle"]),
    quoteProps: choose(["asNeeded", "consistent", "preserve"]),
    // dprint 0.96 writes `return "a" else {` with "asi" and without braces, and then cannot read it
    useBraces: semiColons === "asi" ? "always" : choose(["maintain", "whenNotSingleLine", "always", "preferNone"]),
    bracePosition: choose(["maintain", "sameLine", "nextLine", "sameLineUnlessHanging"]),
    singleBodyPosition: choose(["maintain", "sameLine", "nextLine"]),
    nextControlFlowPosition: choose(["maintain", "sameLine", "nextLine"]),
    operatorPosition: choose(["maintain", "sameLine", "nextLine"]),
    trailingCommas: choose(["never", "always", "onlyMultiLine"]),
    preferHanging: choose(either),
    preferSingleLine: choose(either),
    // dprint makes a space, which is rendered, of the line break after a text
    "jsxElement.preferSingleLine": false,
    "arrowFunction.useParentheses": choose(["force", "maintain", "preferNone"]),
    "jsx.multiLineParens": choose(["never", "prefer", "always"]),
    "module.sortImportDeclarations": choose(["maintain", "caseInsensitive"]),
    "importDeclaration.sortNamedImports": choose(["maintain", "caseSensitive", "caseInsensitive"]),
    "exportDeclaration.sortNamedExports": choose(["maintain", "caseSensitive", "caseInsensitive"])
  }
}

const biomeOptions = (seed: number): object => {
  const choose = random(seed)
  return {
    formatter: {
      lineWidth: choose(widths),
      indentStyle: choose(["tab", "space"]),
      quoteStyle: choose(["double", "single"]),
      jsxQuoteStyle: choose(["double", "single"]),
      quoteProperties: choose(["asNeeded", "preserve"]),
      trailingCommas: choose(["all", "es5", "none"]),
      semicolons: choose(["always", "asNeeded"]),
      arrowParentheses: choose(["always", "asNeeded"]),
      bracketSpacing: choose(either),
      bracketSameLine: choose(either),
      attributePosition: choose(["auto", "multiline"]),
      expand: choose(["auto", "always", "never"]),
      operatorLinebreak: choose(["after", "before"])
    }
  }
}

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
