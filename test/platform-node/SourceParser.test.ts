import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { type Source, SourceParser } from "../../core/language/SourceParser.ts"
import * as Ast from "../../core/language/Ast.ts"
import { imports } from "../../core/language/SwcInstance.ts"
import * as Browser from "../../platform-browser/SourceParser.ts"
import { layer, layerWith } from "../../platform-node/SourceParser.ts"

const wasm = join(dirname(createRequire(import.meta.url).resolve("@swc/wasm-web")), "wasm_bg.wasm")

const typescript = (text: string, file = "src/a.ts"): Source => ({ file, text, language: "typescript", jsx: false })

/** The texts of a module's statements, as their spans say. */
const statements = (source: Source) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const module = yield* parser.parse(source)
    return module.body.map((item) => {
      const { end, start } = Ast.spanOf(item)
      return source.text.slice(start, end)
    })
  })

describe("SourceParser.parse", () => {
  it.effect("gives spans that are offsets into the text, after any number of parses", () =>
    Effect.gen(function*() {
      for (let round = 0; round < 2; round += 1) {
        assert.deepStrictEqual(yield* statements(typescript("const a = 1\nlet b")), ["const a = 1", "let b"])
        assert.deepStrictEqual(yield* statements(typescript("#!/usr/bin/env node\n// ä\n/* 😀 */ f(); g()")), ["f();",
          "g()"])
        assert.deepStrictEqual(
          yield* statements({
            file: "a.cjs",
            text: "#!/usr/bin/env node\n// é\nwith (a) {}; b",
            language: "javascript",
            jsx: false
          }),
          ["with (a) {}", ";", "b"]
        )
        assert.deepStrictEqual(yield* statements(typescript("const s = '日本語😀é'; f(s) // ü\n")), [
          "const s = '日本語😀é';",
          "f(s)"
        ])
        assert.deepStrictEqual(yield* statements(typescript("")), [])
        assert.deepStrictEqual(yield* statements(typescript("  // nothing\n")), [])
        assert.deepStrictEqual(yield* statements(typescript("\u00a0\u2028/**/;a")), [";", "a"])
        // SWC leaves decorators out of the span of an exported class
        assert.deepStrictEqual(yield* statements(typescript("/*é*/ @d export class A {}\nb")), ["export class A {}",
          "b"])
      }
    }).pipe(Effect.provide(layer)))

  it.effect("says BlockStatement for the body of a function", () =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const module = yield* parser.parse(
        typescript("function f() { return () => { g() } } class A { m() {} constructor() {} }")
      )
      const types = new Set<string>()
      const visit = (node: Ast.AnyNode): void => {
        types.add(node.type)
        for (const child of Ast.children(node)) visit(child)
      }
      visit(module)
      assert.isTrue(types.has("BlockStatement"))
      assert.isFalse(types.has("FunctionBody"))
    }).pipe(Effect.provide(layer)))

  it.effect("reads all modern syntax in TypeScript and in JavaScript", () =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const modern = `import data from "./d.json" with { type: "json" }
@d export class A { accessor x = 1; static { f() } #p; has(o) { return #p in o } @d m() {} }
export @d class B {}
export * as ns from "./n.js"
{ using a = f(); await using b = g() }
for await (const x of y) {}
a ??= 1_000n; b?.c?.[d]?.(); /[\\p{L}--[a-z]]/v; import("./e.js", { with: { type: "json" } }); import.meta.url
`
      for (const language of ["typescript", "javascript"] as const) {
        yield* parser.parse({ file: "a", text: modern, language, jsx: false })
        yield* parser.parse({
          file: "a",
          text: "export const a = <a.b c={1} {...d}>text &amp; <></></a.b>",
          language,
          jsx: true
        })
      }
      yield* parser.parse(
        typescript(
          "enum E { A } namespace N { export const x = 1 } abstract class C { constructor(private x = 1) {} }\n" +
            "export = E; import fs = require('fs'); let a = <T>x; let b = y satisfies Z; type X = typeof import('./x')"
        )
      )
    }).pipe(Effect.provide(layer)))

  it.effect("reads CommonJS scripts, but not as modules", () =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const script = {
        file: "a.cjs",
        text: "/*é*/ with (a) { b = 010 }\nif (x) return\n",
        language: "javascript",
        jsx: false
      } as const
      assert.deepStrictEqual(yield* statements(script), ["with (a) { b = 010 }", "if (x) return"])
      assert.strictEqual((yield* parser.parse(script)).type, "Module")
      yield* parser.parse({ ...script, moduleSystem: "commonjs" })
      const error = yield* Effect.flip(parser.parse({ ...script, moduleSystem: "esm" }))
      assert.include(error.message, "a.cjs:1:7: With statement")
    }).pipe(Effect.provide(layer)))

  it.effect("keeps SWC's code frame in a syntax error, and the place", () =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const failure = (text: string) => Effect.flip(parser.parse(typescript(text, "src/a b.ts")))
      const plain = yield* failure("const a = 1\nconst b = = 2\n")
      assert.strictEqual(plain._tag, "SourceSyntaxError")
      assert.include(plain.message, "src/a b.ts:2:11: Expression expected")
      assert.include(plain.message, "2 | const b = = 2")
      assert.notInclude(plain.message, "Caused by")
      const place = (error: { readonly location?: unknown }) => String(error.location)
      assert.strictEqual(place(yield* failure("\n\t\tlet é = '日本語😀'; foo(]")), "src/a b.ts:2:24")
      assert.strictEqual(place(yield* failure("f(\n")), "src/a b.ts:2:1")
      assert.strictEqual(place(yield* failure("a +")), "src/a b.ts:1:4")
      assert.strictEqual(place(yield* failure("/* never ended")), "src/a b.ts:1:15")
    }).pipe(Effect.provide(layer)))

  it.effect("survives code that SWC itself fails on", () =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const deep = 200_000
      const error = yield* Effect.flip(parser.parse(typescript(`x = ${"(".repeat(deep)}1${")".repeat(deep)}`)))
      assert.include(error.message, "src/a.ts:1:1")
      assert.deepStrictEqual(yield* statements(typescript("a;b")), ["a;", "b"])
    }).pipe(Effect.provide(layer)))
})

describe("the instance of SWC", () => {
  it("is given exactly the functions that its WASM imports", () => {
    const module = new WebAssembly.Module(readFileSync(wasm))
    const asked = WebAssembly.Module.imports(module).map(({ name }) => name).sort()
    const reached: Array<string> = []
    // Only the names are looked at: no function of it runs
    const given = Object.keys(imports(new Proxy({}, { get: (_, name) => reached.push(String(name)) }) as never)).sort()
    assert.deepStrictEqual(given, asked)
    assert.deepStrictEqual(reached, [])
  })

  it.effect(
    "is replaced when it has grown, so that parsing on and on stays within bounds",
    () =>
      Effect.gen(function*() {
        const parser = yield* SourceParser
        // SWC keeps the text of every file: this one alone takes a quarter of a megabyte
        const source = typescript(`f(\`${"x".repeat(250_000)}\`)`)
        const megabyte = 1024 * 1024
        const before = process.memoryUsage.rss()
        for (let count = 0; count < 800; count += 1) yield* parser.parse(source)
        assert.isBelow(process.memoryUsage.rss() - before, 120 * megabyte)
      }).pipe(Effect.provide(layerWith({ memoryLimit: 24 * 1024 * 1024 }))),
    60_000
  )
})

describe("where the WASM comes from", () => {
  const parses = Effect.gen(function*() {
    assert.deepStrictEqual(yield* statements(typescript("a;b")), ["a;", "b"])
  })

  it.effect("a page gives bytes, an answer, or a compiled module", () =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(readFileSync(wasm))
      const answer = (type: string): Response => new Response(bytes, { headers: { "content-type": type } })
      for (
        const input of [
          bytes,
          answer("application/wasm"),
          answer("application/octet-stream"),
          Promise.resolve(answer("application/wasm")),
          new WebAssembly.Module(bytes)
        ]
      ) yield* parses.pipe(Effect.provide(Browser.layer(input)))
    }), 60_000)

  it.effect("says what is wrong when it is not there, or is something else, and can be tried again", () =>
    Effect.gen(function*() {
      const failure = (parser: Layer.Layer<SourceParser>) =>
        Effect.gen(function*() {
          const first = yield* Effect.exit(parses)
          const second = yield* Effect.exit(parses)
          assert.strictEqual(String(first), String(second))
          return String(first)
        }).pipe(Effect.provide(parser))
      assert.match(yield* failure(layerWith({ wasm: "nowhere/wasm_bg.wasm" })), /NotFound|cannot be read/)
      assert.match(yield* failure(layerWith({ wasm: new URL(import.meta.url).pathname })), /damaged/)
      assert.match(yield* failure(Browser.layer(new Response("no", { status: 404 }))), /cannot be fetched/)
      assert.match(yield* failure(Browser.layer(new Uint8Array(8))), /not WebAssembly/)
    }))

  it.effect("is not looked for before the first parse", () =>
    Effect.gen(function*() {
      assert.isDefined(yield* SourceParser)
    }).pipe(Effect.provide(layerWith({ wasm: "nowhere/wasm_bg.wasm" }))))
})
