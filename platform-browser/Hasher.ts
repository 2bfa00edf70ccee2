/**
 * SHA-256 in plain JavaScript (@noble/hashes): WebCrypto hashes only what is in memory as a whole.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Hasher } from "../core/archive/Hasher.ts"

export const layer: Layer.Layer<Hasher> = Layer.succeed(Hasher, {
  init: Effect.sync(() => {
    const hash = sha256.create()
    return {
      update: (bytes: Uint8Array) => {
        hash.update(bytes)
      },
      digest: () => bytesToHex(hash.digest())
    }
  })
})
