import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { AnalysisCache, remember } from "../../core/modules/AnalysisCache.ts"
import { layer } from "../../platform-node/AnalysisCache.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "clustrix-cache-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
)
const get = (at: string, key: string) =>
  Effect.provide(Effect.flatMap(AnalysisCache, (cache) => cache.get(key)), layer(at))
const set = (at: string, key: string, value: string) =>
  Effect.provide(Effect.flatMap(AnalysisCache, (cache) => cache.set(key, value)), layer(at))

describe("the analysis cache on Node", () => {
  it.scoped("remembers from one layer's life to the next", () =>
    Effect.gen(function*() {
      const at = yield* directory
      yield* set(at, "a", "1\n2")
      yield* set(at, "b", "3")
      assert.strictEqual(yield* get(at, "a"), "1\n2")
      assert.strictEqual(yield* get(at, "b"), "3")
      assert.strictEqual(yield* get(at, "c"), undefined)
    }))

  it.scoped("merges packs and loses nothing", () =>
    Effect.gen(function*() {
      const at = yield* directory
      for (let index = 0; index < 40; index++) yield* set(at, `key-${index}`, `${index}`)
      assert.isBelow(readdirSync(at).length, 20)
      for (let index = 0; index < 40; index++) assert.strictEqual(yield* get(at, `key-${index}`), `${index}`)
    }))

  it.scoped("takes a damaged pack for none", () =>
    Effect.gen(function*() {
      const at = yield* directory
      yield* set(at, "a", "1")
      for (const name of readdirSync(at)) writeFileSync(path.join(at, name), "nonsense")
      assert.strictEqual(yield* get(at, "a"), undefined)
    }))

  it.scoped.each<readonly [string, string]>([
    ["no JSON", "nonsense"],
    ["another shape", `{"a":1}`],
    ["entries that are no pairs", `[["a"],["b","c","d"]]`],
    ["values that are no texts", `[["a",1]]`]
  ])("takes a whole pack that holds %s for none", ([, body]) =>
    Effect.gen(function*() {
      const at = yield* directory
      yield* set(at, "a", "1")
      const sum = createHash("sha256").update(body).digest("hex")
      for (const name of readdirSync(at)) writeFileSync(path.join(at, name), `${sum}\n${body}`)
      assert.strictEqual(yield* get(at, "a"), undefined)
    }))

  it.scoped.each(["not JSON", "", "[", `["a"`])(
    "makes anew what is stored as %j, which is no value",
    (stored) =>
      Effect.gen(function*() {
        const at = yield* directory
        yield* set(at, "a", stored)
        const remembered = Effect.provide(remember("a", Effect.succeed([1])), layer(at))
        assert.deepStrictEqual(yield* remembered, [1])
        assert.strictEqual(yield* get(at, "a"), "[1]")
      })
  )

  it.scoped("does not believe a pack that others may write", () =>
    Effect.gen(function*() {
      const at = yield* directory
      yield* set(at, "a", "1")
      for (const mode of [0o620, 0o602]) {
        for (const name of readdirSync(at)) chmodSync(path.join(at, name), mode)
        assert.strictEqual(yield* get(at, "a"), undefined)
      }
      for (const name of readdirSync(at)) chmodSync(path.join(at, name), 0o644)
      assert.strictEqual(yield* get(at, "a"), "1")
    }))

  it.effect("forgets where it cannot write", () =>
    Effect.gen(function*() {
      yield* set("/proc/nowhere/cache", "a", "1")
      assert.strictEqual(yield* get("/proc/nowhere/cache", "a"), undefined)
    }))
})
