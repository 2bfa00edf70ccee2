/**
 * The programs of test262-parser-tests: every construct of the language, in every form that a parser has to know.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import { type Source, SourceParser } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"

const suite = new URL("../../../../node_modules/test262-parser-tests/", import.meta.url)
const directory = new URL("pass/", suite)
/** The same programs, with every pair of parentheses and every semicolon that may be there. */
const explicit = new URL("pass-explicit/", suite)

/** Functions as the branches of `if`, in sloppy mode: SWC does not read them. */
const notRead = new Set([
  "1c1e2a43fe5515b6.js",
  "3dabeca76119d501.js",
  "52aeec7b8da212a2.js",
  "59ae0289778b80cd.js",
  "a4d62a651f69d815.js",
  "c06df922631aeabc.js"
])

/** Programs whose twins have other names, other numbers or other arguments: `a ** b` and `x ** y`. */
const otherTwin = new Set([
  "0339fa95c78c11bd.js",
  "0426f15dac46e92d.js",
  "0b4d61559ccce0f9.js",
  "0f88c334715d2489.js",
  "1093d98f5fc0758d.js",
  "15d9592709b947a0.js",
  "2179895ec5cc6276.js",
  "247a3a57e8176ebd.js",
  "441a92357939904a.js",
  "47f974d6fc52e3e4.js",
  "4e1a0da46ca45afe.js",
  "5829d742ab805866.js",
  "589dc8ad3b9aa28f.js",
  "598a5cedba92154d.js",
  "72d79750e81ef03d.js",
  "7788d3c1e1247da9.js",
  "7b72d7b43bedc895.js",
  "7dab6e55461806c9.js",
  "82c827ccaecbe22b.js",
  "87a9b0d1d80812cc.js",
  "8c80f7ee04352eba.js",
  "96f5d93be9a54573.js",
  "988e362ed9ddcac5.js",
  "9bcae7c7f00b4e3c.js",
  "a8a03a88237c4e8f.js",
  "ad06370e34811a6a.js",
  "b0fdc038ee292aba.js",
  "b62c6dd890bef675.js",
  "cb211fadccb029c7.js",
  "ce968fcdf3a1987c.js",
  "db3c01738aaf0b92.js",
  "e1387fe892984e2b.js",
  "e71c1d5f0b6b833c.js",
  "e8ea384458526db0.js"
])

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const files = readdirSync(directory).sort()

const sourceOf = (file: string, from = directory): Source => ({
  file,
  text: readFileSync(new URL(file, from), "utf8").replaceAll("\r\n", "\n"),
  language: "javascript",
  jsx: false,
  moduleSystem: file.endsWith(".module.js") ? "esm" : "commonjs"
})

it.layer(layer)("the programs of test262-parser-tests", (it) => {
  const canonical = (source: Source) =>
    Effect.map(canonicalise(source, compilerOptions, { sourceMap: false }), ({ code }) => code)

  describe("have a canonical text that says the same, is its own, and that of the explicit twin", () => {
    const size = 200
    for (let at = 0; at < files.length; at += size) {
      const some = files.slice(at, at + size)
      it.effect(`${some[0]} to ${some.at(-1)}`, () =>
        Effect.gen(function*() {
          for (const source of some.filter((file) => !notRead.has(file)).map((file) => sourceOf(file))) {
            // Where the text says something else, this fails
            const code = yield* canonical(source)
            assert.strictEqual(yield* canonical({ ...source, text: code }), code, source.file)
            const twin = yield* canonical(sourceOf(source.file, explicit))
            if (otherTwin.has(source.file)) assert.notStrictEqual(twin, code, source.file)
            else assert.strictEqual(twin, code, source.file)
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
