/**
 * What every Hasher must do.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import type * as Layer from "effect/Layer"
import * as Hasher from "../../core/archive/Hasher.ts"

/** FIPS 180-4 and NIST's example vectors. */
const vectors: ReadonlyArray<readonly [text: string, digest: string]> = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"]
]

export const suite = (name: string, layer: Layer.Layer<Hasher.Hasher>) =>
  describe(`Hasher (${name})`, () => {
    for (const [text, digest] of vectors) {
      it.effect(`digests ${text.length} characters`, () =>
        Effect.gen(function*() {
          assert.strictEqual(yield* Hasher.digest(text), digest)
        }).pipe(Effect.provide(layer)))
    }

    it.effect.prop(
      "does not depend on how the bytes are split",
      [FastCheck.uint8Array({ maxLength: 400 }), FastCheck.array(FastCheck.nat({ max: 400 }))],
      ([bytes, cuts]) =>
        Effect.gen(function*() {
          const hasher = yield* Hasher.Hasher
          const hash = yield* hasher.init
          let at = 0
          for (const cut of [...cuts, 400].sort((a, b) => a - b)) {
            hash.update(bytes.subarray(at, cut))
            at = Math.max(at, cut)
          }
          assert.strictEqual(hash.digest(), yield* Hasher.digest(bytes))
        }).pipe(Effect.provide(layer))
    )

    it.effect("keeps digests apart that are computed at the same time", () =>
      Effect.gen(function*() {
        const hasher = yield* Hasher.Hasher
        const [a, b] = [yield* hasher.init, yield* hasher.init]
        a.update(new TextEncoder().encode("ab"))
        b.update(new TextEncoder().encode("x"))
        a.update(new TextEncoder().encode("c"))
        assert.strictEqual(a.digest(), vectors[1]?.[1])
        assert.notStrictEqual(b.digest(), vectors[1]?.[1])
      }).pipe(Effect.provide(layer)))
  })
