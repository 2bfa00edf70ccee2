import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { taskPlan } from "../../../../core/cluster/execute/taskPlan.ts"

const asked = { count: 4, chunk: undefined, concurrency: undefined, retry: undefined, limits: {} }

it.effect("a plan of many calls has whole numbers, or there is none", () =>
  Effect.gen(function*() {
    for (const number of [0, -1, 1.5, Number.NaN, -Infinity]) {
      for (const name of ["chunk", "concurrency"]) {
        const error = yield* Effect.flip(taskPlan({ ...asked, [name]: number }))
        assert.strictEqual(error.reason, "InvalidValue")
        assert.include(error.message, `\`${name}\` cannot be ${number}`)
      }
    }
    assert.include((yield* Effect.flip(taskPlan({ ...asked, retry: Infinity }))).message, "`retry` cannot be Infinity")
    const plan = yield* taskPlan({ ...asked, chunk: Infinity, concurrency: Infinity, retry: 2 })
    assert.deepStrictEqual(plan, { count: 4, chunk: 4, tries: 3, limits: {} })
  }))

it("without a word there are at most a thousand elements, and one for each call as long as that fits", () => {
  fc.assert(fc.property(fc.nat(100_000), (count) => {
    const { chunk } = Effect.runSync(taskPlan({ ...asked, count }))
    return Math.ceil(count / chunk) <= 1000 && (count > 1000 || chunk === 1)
  }))
})
