import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import * as ValueInspection from "../../platform-node/ValueInspection.ts"

describe("ValueInspection", () => {
  it.effect("has proxies refused by their path", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(ValueCodec.encode({ list: [new Proxy({}, {})] }))
      assert.deepStrictEqual([error.path, error.kind], ["$.list[0]", "proxy"])
    }).pipe(Effect.provide(ValueInspection.layer)))
})
