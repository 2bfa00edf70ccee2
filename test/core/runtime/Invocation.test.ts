import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as ValueCodec from "../../../core/runtime/ValueCodec.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"

const input: Invocation.InvocationInput = {
  package: { packageId: "0123456789abcdef", digest: "0".repeat(64), functionName: "main" },
  arguments: [new Map([[1n, new Date(0)]])],
  options: { deep: { list: [1, undefined] } },
  cluster: { clusterType: "local", environmentVariables: ["B", "A", "B"], password: Redacted.make("hunter2") },
  runtimeVersion: "v20.0.0"
}

describe("Invocation", () => {
  it.effect("is one text for the same call, named by its own digest, without secrets", () =>
    Effect.gen(function*() {
      const invocation = yield* Invocation.make(input)
      const text = Invocation.encode(invocation)
      assert.strictEqual(
        text,
        Invocation.encode(yield* Invocation.make({ ...input, arguments: [new Map([[1n, new Date(0)]])] }))
      )
      assert.notInclude(text, "hunter2")
      assert.deepStrictEqual(invocation.environmentVariables, ["A", "B"])
      assert.deepStrictEqual(yield* Invocation.decode(text, "file"), invocation)
      const digest = yield* Invocation.digest(invocation)
      assert.strictEqual(
        yield* Invocation.fileName(invocation),
        `clustrix_package_0123456789abcdef.${digest.slice(0, 16)}.invocation.json`
      )
      assert.notStrictEqual(yield* Invocation.digest(yield* Invocation.make({ ...input, arguments: [2] })), digest)
      assert.deepStrictEqual(yield* ValueCodec.decode(invocation.arguments), input.arguments)
    }).pipe(Effect.provide(Hasher.layer)))

  it.effect("refuses what cannot be carried, by its path", () =>
    Effect.gen(function*() {
      const argument = yield* Effect.flip(Invocation.make({ ...input, arguments: [1, { log: () => 1 }] }))
      assert.deepStrictEqual([argument.path, argument.kind], ["$[1].log", "function"])
      assert.include(argument.message, "The arguments cannot be carried: $[1].log is the function log")
      const option = yield* Effect.flip(Invocation.make({ ...input, options: { when: Promise.resolve() } }))
      assert.deepStrictEqual([option.path, option.kind], ["$.when", "promise"])
      const inspecting = Effect.provideService(Invocation.make(input), ValueCodec.ValueInspection, {
        isProxy: () => true
      })
      assert.strictEqual((yield* Effect.flip(inspecting)).kind, "proxy")
    }))

  it.effect("refuses a text that is none", () =>
    Effect.gen(function*() {
      for (const text of ["", "{}", "{\"format\":\"clustrix-invocation\"}"]) {
        assert.include(
          (yield* Effect.flip(Invocation.decode(text, "call.json"))).message,
          "call.json is not an invocation"
        )
      }
    }))
})
