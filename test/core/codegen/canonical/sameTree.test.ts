/**
 * The net under the printer notices whatever a text says differently.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { eraseTypes } from "../../../../core/codegen/canonical/eraseTypes.ts"
import { difference } from "../../../../core/codegen/canonical/sameTree.ts"
import { SourceParser } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"
import { different } from "./spellings.ts"

const tree = (text: string) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const module = yield* parser.parse({ file: "a.js", text, language: "javascript", jsx: false })
    eraseTypes(module)
    return module
  })

/** Texts that differ in one mark. */
const marks: ReadonlyArray<readonly [before: string, after: string]> = [
  ["(await f())`a`", "await f()`a`"],
  ["new (a())()", "new a()()"],
  ["(a, b) ** c", "a, b ** c"],
  ["f(...a)", "f(a)"],
  ["[a, , b]", "[a, b]"],
  ["[a, ,]", "[a]"],
  ["a?.b", "a.b"],
  ["a?.[b]", "a[b]"],
  ["async () => {}", "() => {}"],
  ["(function* () {})", "(function () {})"],
  ["class A { static a }", "class A { a }"],
  ["class A { get a() {} }", "class A { a() {} }"],
  ["class A { #a }", "class A { a }"],
  ["({ a })", "({ a: b })"],
  ["({ get a() {} })", "({ a() {} })"],
  ["({ __proto__: a })", "({ ['__proto__']: a })"],
  ["'use strict'", "('use strict')"],
  ["'use strict'", "'use\\x20strict'"],
  ["'\\ud800'", "'\\\\ud800'"],
  ["1e999", "1e9"],
  ["010", "10"],
  ["10n", "11n"],
  ["a`\\n`", "a`\n`"],
  ["`a${b}`", "`a${b}c`"],
  ["/a/g", "/a/i"],
  ["a ||= b", "a ??= b"],
  ["a++", "++a"],
  ["-a", "+a"],
  ["for await (a of b);", "for (a of b);"],
  ["for (var a of b);", "for (let a of b);"],
  ["for (a in b);", "for (a of b);"],
  ["for (;;a);", "for (;a;);"],
  ["if (a) b; else c", "if (a) b"],
  ["try {} catch {}", "try {} catch (e) {}"],
  ["try {} catch {}", "try {} finally {}"],
  ["a: for (;;) break a", "a: for (;;) break"],
  ["switch (a) { default: }", "switch (a) { case b: }"],
  ["import a from 'a'", "import * as a from 'a'"],
  ["import { a } from 'a'", "import { b as a } from 'a'"],
  ["import 'a'", "import 'a' with { type: 'json' }"],
  ["export * from 'a'", "export * as a from 'a'"],
  ["export default function () {}", "export default (function () {})"],
  ["import.meta.a", "import.meta.b"],
  ["function f() { return new.target }", "function f() { return }"],
  ["function* f() { yield* a }", "function* f() { yield a }"]
]

it.layer(layer)("two trees", (it) => {
  describe("differ", () => {
    for (const [before, after] of marks) {
      it.effect(`${before}  and  ${after}`, () =>
        Effect.gen(function*() {
          const [a, b] = [yield* tree(before), yield* tree(after)]
          assert.isDefined(difference(a, b))
          assert.isDefined(difference(b, a))
        }))
    }
    it.effect("where programs are not the same", () =>
      Effect.gen(function*() {
        for (const { a, b, jsx, language } of different) {
          if (jsx === true || language === "typescript" || /: \w+ =|enum|namespace|@/.test(a + b)) continue
          const [before, after] = [yield* tree(a), yield* tree(b)]
          assert.isDefined(difference(before, after), `${a}  and  ${b}`)
        }
      }))
  })

  it.effect("are the same whatever their layout, quotes and parentheses", () =>
    Effect.gen(function*() {
      for (const [text] of marks) {
        const [a, b] = [yield* tree(text), yield* tree(`\n/* a */ ${text} // b`)]
        assert.isUndefined(difference(a, b), text)
      }
      for (
        const [a, b] of [
          ["a = (b)", "a=b"],
          ["a = '\\x41'", "a = \"A\""],
          ["new A", "new A()"],
          ["0x10", "16"],
          ["((a)) + (b * c)", "a + b * c"],
          ["`\\x41`", "`A`"]
        ] as const
      ) assert.isUndefined(difference(yield* tree(a), yield* tree(b)), a)
    }))
})
