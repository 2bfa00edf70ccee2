/**
 * SHA-256, incrementally: the one digest of Clustrix.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** A digest being computed. `update` may be called any number of times, `digest` once. */
export interface Hash {
  readonly update: (bytes: Uint8Array) => void
  /** 64 lower-case hexadecimal digits. */
  readonly digest: () => string
}

export class Hasher extends Context.Tag("clustrix/Hasher")<Hasher, {
  /** Starts a SHA-256 digest. */
  readonly init: Effect.Effect<Hash>
}>() {}

const encoder = new TextEncoder()

/** SHA-256 of `content` (text as UTF-8), as 64 lower-case hexadecimal digits. */
export const digest = (content: Uint8Array | string): Effect.Effect<string, never, Hasher> =>
  Effect.flatMap(Hasher, (hasher) =>
    Effect.map(hasher.init, (hash) => {
      hash.update(typeof content === "string" ? encoder.encode(content) : content)
      return hash.digest()
    }))
