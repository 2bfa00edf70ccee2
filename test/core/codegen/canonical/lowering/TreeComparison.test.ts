/**
 * The comparison of trees tells programs apart, and lets pass what lowering and printing may change.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { compare, spanOf } from "../../../../../core/codegen/canonical/lowering/TreeComparison.ts"
import { SourceParser } from "../../../../../core/language/SourceParser.ts"
import { layer } from "../../../../../platform-node/SourceParser.ts"
import { different } from "../spellings.ts"

/** A directive that says nothing. */
const equivalent = new Set(["'a'; f()"])

it.layer(layer)("the comparison of trees", (it) => {
  const compared = (a: string, b: string, language: "typescript" | "javascript", jsx: boolean) =>
    Effect.gen(function*() {
      const parser = yield* SourceParser
      const source = { file: "a", language, jsx }
      return compare(yield* parser.parse({ ...source, text: a }), yield* parser.parse({ ...source, text: b }))
    })

  describe("sees that they differ", () => {
    for (const { a, b, jsx = false, language = "typescript" } of different) {
      if (equivalent.has(a)) continue
      it.effect(`${a}  ≢  ${b}`, () =>
        Effect.gen(function*() {
          const { difference, renamings } = yield* compared(a, b, language, jsx)
          assert.isTrue(difference !== undefined || renamings.length > 0)
        }))
    }
    for (
      const [a, b] of [
        ["async () => (await p)`a`", "async () => await p`a`"],
        ["function* f() { (yield 1)`a` }", "function* f() { yield 1`a` }"],
        ["(a) = function () {}", "a = function () {}"],
        ["(0, a.b)()", "a.b()"],
        ["class A { 'static'; *g() {} }", "class A { static *g() {} }"],
        ["new (f())()", "new f()()"],
        ["new (a.b().c)()", "new a.b().c()"],
        ["(a?.b).c", "a?.b.c"],
        ["x = '\\ud800'", "x = '\\\\ud800'"],
        ["f`\\n`", "f`\n`"],
        ["({ __proto__: a })", "({ __proto__ })"],
        ["a = b, c", "a = (b, c)"],
        ["export default (function () {})", "export default function () {}"],
        ["l: for (;;) { continue l }", "l: { for (;;) { continue } }"],
        ["import a from 'a'; import b from 'b'", "import b from 'b'; import a from 'a'"],
        ["export { a as b }", "export { b as a }"],
        ["switch (a) { case 1: { let b } }", "switch (a) { case 1: let b }"],
        ["f(...a)", "f(a)"],
        ["a ||= b", "a ??= b"],
        ["for await (const a of b) c", "for (const a of b) c"],
        ["let a", "var a"]
      ] as const
    ) {
      it.effect(`${a}  ≢  ${b}`, () =>
        Effect.gen(function*() {
          const { difference } = yield* compared(a, b, "javascript", false)
          assert.isDefined(difference)
        }))
    }
  })

  it.effect("says where", () =>
    Effect.gen(function*() {
      const { difference } = yield* compared("f();\ng(a, b)", "f();\ng(a, c.d)", "javascript", false)
      assert.strictEqual(difference === undefined ? undefined : spanOf(difference.before).start, 10)
      assert.strictEqual(difference?.after?.type, "MemberExpression")
    }))

  it.effect("names the variables that have another name", () =>
    Effect.gen(function*() {
      const { difference, renamings } = yield* compared("let a; f(a)", "let b; f(b)", "javascript", false)
      assert.isUndefined(difference)
      assert.deepStrictEqual(renamings.map(({ after, before }) => [before.value, after.value]), [["a", "b"], ["a",
        "b"]])
    }))
})
