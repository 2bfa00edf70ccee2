/** A solver that gives up: everything stays. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { analyseModule } from "../../../core/modules/analyseModule.ts"
import { liveStatements } from "../../../core/slicing/LiveStatements.ts"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import * as AnalysisCache from "../../../core/modules/AnalysisCache.ts"

const text = `const table = { n: 1 }
const other = { n: 1 }
other.n = 2
other.load = () => 1
export const main = () => table.n
main()
`

layer(SourceParser.layer)("a program whose constraints cannot be solved", (it) => {
  it.effect("keeps every statement but those that run the entry", () =>
    Effect.gen(function*() {
      const record = yield* analyseModule(
        { file: "main.js", text, language: "javascript", jsx: false, moduleSystem: "esm" },
        "digest"
      )
      const kept = (rounds?: number) => {
        const live = liveStatements([{
          path: "/main.js",
          record,
          isStatic: true,
          isCompiled: false,
          target: () => ({ _tag: "Unknown", name: "unknown" }),
          computed: () => []
        }], rounds)
        live.enter(0, "main", [])
        const main = record.items.findIndex(({ declares }) => declares.includes("main"))
        live.keep(0, main)
        return live.next().map(({ item }) => text.slice(...record.items[item]?.range ?? [0, 0]))
      }
      assert.deepStrictEqual(kept(), [])
      assert.deepStrictEqual(kept(0), ["table = { n: 1 }", "other = { n: 1 }", "other.n = 2", "other.load = () => 1"])
    }).pipe(Effect.provide(AnalysisCache.layerNone)))
})
