/**
 * The programs of test262-parser-tests: every construct of the language, in every form that a parser has to know.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import { type Source, SourceParser } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"

const directory = new URL("../../../../node_modules/test262-parser-tests/pass/", import.meta.url)

/** Functions as the branches of `if`, in sloppy mode: SWC does not read them. */
const notRead = new Set([
  "1c1e2a43fe5515b6.js",
  "3dabeca76119d501.js",
  "52aeec7b8da212a2.js",
  "59ae0289778b80cd.js",
  "a4d62a651f69d815.js",
  "c06df922631aeabc.js"
])

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const files = readdirSync(directory).sort()

const sourceOf = (file: string): Source => ({
  file,
  text: readFileSync(new URL(file, directory), "utf8").replaceAll("\r\n", "\n"),
  language: "javascript",
  jsx: false,
  moduleSystem: file.endsWith(".module.js") ? "esm" : "commonjs"
})

it.layer(layer)("the programs of test262-parser-tests", (it) => {
  const canonical = (source: Source) =>
    Effect.map(canonicalise(source, compilerOptions, { sourceMap: false }), ({ code }) => code)

  describe("have a canonical text that says the same, and is its own", () => {
    const size = 200
    for (let at = 0; at < files.length; at += size) {
      const some = files.slice(at, at + size)
      it.effect(`${some[0]} to ${some.at(-1)}`, () =>
        Effect.gen(function*() {
          for (const source of some.filter((file) => !notRead.has(file)).map(sourceOf)) {
            // Where the text says something else, this fails
            const code = yield* canonical(source)
            assert.strictEqual(yield* canonical({ ...source, text: code }), code, source.file)
          }
        }), 60_000)
    }
  })

  it.effect("are all read but those that are listed", () =>
    Effect.gen(function*() {
      assert.strictEqual(files.length, 1981)
      const parser = yield* SourceParser
      for (const file of notRead) {
        const error = yield* Effect.flip(parser.parse(sourceOf(file)))
        assert.strictEqual(error._tag, "SourceSyntaxError")
      }
    }))
})
