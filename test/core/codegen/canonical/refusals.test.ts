/**
 * What has no canonical text that does the same is refused, by name and place.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import type { Source } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const refused: ReadonlyArray<
  readonly [name: string, text: string, place: string, why: RegExp, source?: Partial<Source>]
> = [
  ["what only a pattern may hold", "const a = 1\nf({ a = 2 })", "2:5", /no JavaScript/],
  ["the name of a decorated class in a field with a computed key",
    "const d = (v: any, c: any) => {}\nclass A {\n  [k()] = @d class {}\n}", "3:3", /computed key/],
  ["`yield` in the decorator of a class", "function* f() {\n  @(yield 1) class A {}\n}", "2:3", /yield/],
  ["the member of an enum in a namespace of its name", "enum E { a = 1 }\nnamespace E { export const b = a * 2 }",
    "2:32", /write E\.a/]
]

it.layer(layer)("refused with its place:", (it) => {
  for (const [name, text, place, why, source] of refused) {
    it.effect(name, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          canonicalise({ file: "src/a.ts", text, language: "typescript", jsx: false, ...source }, compilerOptions, {
            sourceMap: false
          })
        )
        assert.strictEqual(error._tag, "CanonicalTextError")
        assert.isTrue(`${error.location}`.startsWith(`src/a.ts:${place}`), `${error.location}`)
        assert.match(error.why ?? "", why)
        assert.isDefined(error.remedy)
      }))
  }
})
