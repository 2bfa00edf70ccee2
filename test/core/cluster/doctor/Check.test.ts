import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Check from "../../../../core/cluster/doctor/Check.ts"

it("what a host says is told in few words, none of which a terminal obeys", () => {
  const words = `\u001b[2J\u202e${"x".repeat(5000)}`
  const found = Effect.runSync(Check.runAll([
    {
      name: "command",
      title: "Commands",
      run: Effect.succeed({ detail: words, warning: { why: `${words}\n${words}`, remedy: "Ask." } })
    },
    {
      name: "registry",
      title: "npm",
      run: Effect.fail(new Check.CheckFailedError({ what: words, why: words, remedy: "Ask." }))
    }
  ], () => Effect.void))
  for (const { detail, outcome, why } of found) {
    assert.include(["warned", "failed"], outcome)
    assert.include(`${detail}${why}`, "xxx")
    assert.notMatch(`${detail}${why}`, /x{201}/)
    assert.notMatch(`${detail}${why}`, /[^\P{C}\n]/u)
  }
})
