/**
 * Canonical texts do what the programs do: JavaScript as it runs itself, TypeScript as esbuild compiles it, which is how
 * tsx runs it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { transform } from "esbuild"
import { inspect } from "node:util"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import type { Source } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"
import { modules, type Program, scripts, typescript } from "./constructs.ts"

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

/** Where TypeScript does what the language says, and esbuild does not. */
const asTypeScript: Readonly<Record<string, unknown>> = {
  "decorated classes that have the name of what they are assigned to": ["A", "b", "c", "d", "2", "e", "f g", "h1",
    "[Symbol.iterator]", "i", "j", "#k", "l", "", ""],
  "a class that its decorator replaces, by its name": [true, true, 1]
}

type Main = () => unknown

const outcome = (load: () => Promise<Main>): Effect.Effect<string> =>
  Effect.promise(async () => {
    try {
      return inspect(await (await load())(), { depth: 8 })
    } catch (error) {
      return `throws ${String(error)}`
    }
  })

const runModule = (code: string) =>
  outcome(async () => {
    const { main } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    return main
  })

const runScript = (code: string) =>
  outcome(async () => {
    const exports: { readonly main?: Main } = {}
    new Function("exports", code)(exports)
    return exports.main ?? assert.fail("the script exports nothing")
  })

it.layer(layer)("canonical text", (it) => {
  const canonical = (source: Omit<Source, "file" | "jsx">, options: Program["options"] = {}) =>
    Effect.map(
      canonicalise({ file: "a.ts", jsx: false, ...source }, { ...compilerOptions, ...options }, { sourceMap: false }),
      ({ code }) => code
    )

  describe("of TypeScript does the same", () => {
    for (const { name, options = {}, text } of typescript) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const compiled = yield* Effect.promise(() =>
            transform(text, {
              loader: "ts",
              target: "node20",
              format: "esm",
              keepNames: true,
              tsconfigRaw: { compilerOptions: { useDefineForClassFields: true, ...options } }
            })
          )
          const expected = name in asTypeScript
            ? inspect(asTypeScript[name], { depth: 8 })
            : yield* runModule(compiled.code)
          const code = yield* canonical({ text, language: "typescript", moduleSystem: "esm" }, options)
          assert.strictEqual(yield* runModule(code), expected)
          assert.strictEqual(yield* canonical({ text: code, language: "javascript", moduleSystem: "esm" }), code)
        }))
    }
  })

  describe("of modules does the same", () => {
    for (const { name, text } of modules) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const code = yield* canonical({ text, language: "javascript", moduleSystem: "esm" })
          assert.strictEqual(yield* runModule(code), yield* runModule(text))
          assert.strictEqual(yield* canonical({ text: code, language: "javascript", moduleSystem: "esm" }), code)
        }))
    }
  })

  describe("of scripts does the same", () => {
    for (const { name, text } of scripts) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const code = yield* canonical({ text, language: "javascript", moduleSystem: "commonjs" })
          assert.strictEqual(yield* runScript(code), yield* runScript(text))
          assert.strictEqual(yield* canonical({ text: code, language: "javascript", moduleSystem: "commonjs" }), code)
        }))
    }
  })
})
