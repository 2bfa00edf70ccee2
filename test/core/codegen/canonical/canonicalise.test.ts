import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { canonicalise, type NormalisationName, normalisations,
  type Switches } from "../../../../core/codegen/canonical/index.ts"
import type { CompilerOptions } from "../../../../core/resolution/ModuleResolver.ts"
import type { Source } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"
import { different, equal, type Pair } from "./spellings.ts"

const compilerOptions: CompilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const source = (text: string, { jsx = false, language = "typescript" }: Partial<Pair> = {}): Source => ({
  file: "a.ts",
  text,
  language,
  jsx
})

const canonical = (source: Source, options: Partial<CompilerOptions> = {}, switches: Switches = {}) =>
  Effect.map(
    canonicalise(source, { ...compilerOptions, ...options }, { sourceMap: false, normalisations: switches }),
    ({ code }) => code
  )

const both = (pair: Pair, switches: Switches = {}) =>
  Effect.all([canonical(source(pair.a, pair), {}, switches), canonical(source(pair.b, pair), {}, switches)])

const fixtures = new URL("../../../fixtures/formatting/", import.meta.url)
const files: ReadonlyArray<Source> = readdirSync(fixtures).sort().map((file) => ({
  file,
  text: readFileSync(new URL(file, fixtures), "utf8"),
  language: /\.tsx?$/.test(file) ? "typescript" : "javascript",
  jsx: file.endsWith("x")
}))
const legacy = { experimentalDecorators: true, emitDecoratorMetadata: true }
const optionsOf = (file: string): Partial<CompilerOptions> => file.startsWith("legacy") ? legacy : {}

it.layer(layer)("canonicalise", (it) => {
  describe("makes one text of all spellings", () => {
    for (const pair of equal) {
      it.effect(`${pair.a}  ≡  ${pair.b}`, () =>
        Effect.gen(function*() {
          const [a, b] = yield* both(pair)
          assert.strictEqual(a, b)
        }))
    }
  })

  describe("keeps apart what is not the same", () => {
    for (const pair of different) {
      it.effect(`${pair.a}  ≢  ${pair.b}`, () =>
        Effect.gen(function*() {
          const [a, b] = yield* both(pair)
          assert.notStrictEqual(a, b)
        }))
    }
  })

  describe("changes nothing when done again", () => {
    it.effect("on every spelling", () =>
      Effect.gen(function*() {
        for (const pair of [...equal, ...different]) {
          for (const code of yield* both(pair)) {
            assert.strictEqual(yield* canonical(source(code, { language: "javascript" })), code)
          }
        }
      }))
    for (const file of files) {
      for (const useDefineForClassFields of [true, false]) {
        it.effect(`on ${file.file}, useDefineForClassFields ${useDefineForClassFields}`, () =>
          Effect.gen(function*() {
            const options = { ...optionsOf(file.file), useDefineForClassFields }
            const once = yield* canonical(file, options)
            for (const language of ["javascript", "typescript"] as const) {
              assert.strictEqual(yield* canonical(source(once, { language }), options), once)
            }
          }))
      }
    }
  })

  describe("needs every rule", () => {
    // `Object.keys` forgets which keys there are
    for (const name of Object.keys(normalisations) as ReadonlyArray<NormalisationName>) {
      it.effect(name, () =>
        Effect.gen(function*() {
          for (const pair of equal) {
            const [a, b] = yield* both(pair, { [name]: false })
            if (a !== b) return
          }
          assert.fail(`no pair of spellings needs ${name}`)
        }))
    }
  })
})
