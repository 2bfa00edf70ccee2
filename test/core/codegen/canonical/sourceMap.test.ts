import { type DecodedSourceMap, originalPositionFor, TraceMap, traceSegment } from "@jridgewell/trace-mapping"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import type { CompilerOptions } from "../../../../core/resolution/ModuleResolver.ts"
import type { Source } from "../../../../core/language/SourceParser.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"

const compilerOptions: CompilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

const mapped = (source: Source, options: Partial<CompilerOptions> = {}) =>
  Effect.map(canonicalise(source, { ...compilerOptions, ...options }, { sourceMap: true }), ({ code, map }) => ({
    code,
    // The map is the JSON of a source map of version 3
    trace: new TraceMap(JSON.parse(map ?? "null") as DecodedSourceMap)
  }))

/** Line (from 1) and column (from 0) of the nth `word` in `text`. */
const place = (text: string, word: string, nth = 0): { line: number; column: number } => {
  let index = -1
  for (let count = 0; count <= nth; count += 1) index = text.indexOf(word, index + 1)
  assert.notStrictEqual(index, -1, word)
  const before = text.slice(0, index).split("\n")
  return { line: before.length, column: before[before.length - 1]?.length ?? 0 }
}

const fixtures = new URL("../../../fixtures/formatting/", import.meta.url)

/** Words that lowering writes, though the source has them, too: in `class A { static {} }` for a decorator. */
const madeUp = new Set(["children", "function", "return", "static", "this"])

it.layer(layer)("the source map of a canonical text", (it) => {
  it.effect("leads through every step: JSX text, lowering, rules, printing", () =>
    Effect.gen(function*() {
      const text = `#!/usr/bin/env node
// é 😀 日本
import { jsx } from 'x'
export const a = 'é😀', fail = (b: number): never => { if (b) throw new Error('日本' + a['length']) ; else return undefined as never }
enum E { A = 1 }
export const element = <p>
  text {" "} é
  <b>{fail(E.A)}</b>
</p>
export class A { @dec accessor 'x' = boom(1); #y = 2 }
`
      const { code, trace } = yield* mapped({ file: "src/a b.tsx", text, language: "typescript", jsx: true })
      assert.deepStrictEqual([...trace.sources], ["src/a b.tsx"])
      for (
        const word of ["throw new Error(\"日本|throw new Error('日本", "fail =", "a.length|a['length']", "fail(",
          "boom("]
      ) {
        const [generated = "", original = generated] = word.split("|")
        const { column, line } = originalPositionFor(trace, place(code, generated))
        assert.deepStrictEqual({ line, column }, place(text, original), word)
      }
    }))

  it.effect("is not made unless asked for, and changes no text", () =>
    Effect.gen(function*() {
      const source: Source = { file: "a.ts", text: "if (a) b()", language: "typescript", jsx: false }
      const without = yield* canonicalise(source, compilerOptions, { sourceMap: false })
      const { code } = yield* mapped(source)
      assert.isUndefined(without.map)
      assert.strictEqual(code, without.code)
    }))

  describe("names the right line of almost every word", () => {
    for (const file of readdirSync(fixtures)) {
      it.effect(file, () =>
        Effect.gen(function*() {
          const text = readFileSync(new URL(file, fixtures), "utf8")
          const language = /\.tsx?$/.test(file) ? "typescript" : "javascript"
          const { code, trace } = yield* mapped(
            { file, text, language, jsx: file.endsWith("x") },
            { experimentalDecorators: file.startsWith("legacy") }
          )
          const lines = text.split("\n")
          let right = 0
          let wrong = 0
          code.split("\n").forEach((line, index) => {
            for (const match of line.matchAll(/(?<![\w$"'`.])[a-z]\w{3,}(?![\w"'`])/g)) {
              // Keywords inside of a statement have no segment of their own
              if (traceSegment(trace, index, match.index)?.[0] !== match.index) continue
              const original = originalPositionFor(trace, { line: index + 1, column: match.index })
              // Not what the lowering made up
              if (original.line === null || !text.includes(match[0]) || madeUp.has(match[0])) continue
              if (lines[original.line - 1]?.includes(match[0])) right += 1
              else wrong += 1
            }
          })
          assert.isAbove(right, 0)
          assert.isAbove(right / (right + wrong), 0.8, `${right} of ${right + wrong}`)
        }))
    }
  })
})
