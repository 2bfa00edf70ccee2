/**
 * SHA-256 by node:crypto.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import { Hasher } from "../core/archive/Hasher.ts"

export const layer: Layer.Layer<Hasher> = Layer.succeed(Hasher, {
  init: Effect.sync(() => {
    const hash = createHash("sha256")
    return {
      update: (bytes: Uint8Array) => {
        hash.update(bytes)
      },
      digest: () => hash.digest("hex")
    }
  })
})
