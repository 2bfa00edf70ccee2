/**
 * The secrets by which clients of the deploy endpoint are known.
 */
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"

export interface Tokens {
  /** Whether clients need one. */
  readonly required: boolean
  /** What the owner of a right token is called: the first 32 digits of its SHA-256. The audit log has 8 of them. */
  readonly ownerOf: (token: Redacted.Redacted) => string | undefined
  /** Takes as long for every wrong token, whatever it has in common with a right one. */
  readonly accepts: (token: Redacted.Redacted) => boolean
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** `texts`: the tokens; without any, everybody is let in. */
export const make = (texts: ReadonlyArray<Redacted.Redacted>): Tokens => {
  const digests = texts.map((text) => digest(Redacted.value(text)))
  const isKnown = (given: Buffer): boolean =>
    // All are compared, for the time must not tell which
    digests.filter((each) => timingSafeEqual(each, given)).length > 0
  return {
    required: digests.length > 0,
    ownerOf: (token) => {
      const given = digest(Redacted.value(token))
      return isKnown(given) ? given.toString("hex").slice(0, 32) : undefined
    },
    accepts: (token) => digests.length === 0 || isKnown(digest(Redacted.value(token)))
  }
}

/** The lines of a file of tokens; empty ones and those that begin with `#` are none. */
export const parse = (text: string): ReadonlyArray<Redacted.Redacted> =>
  text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => Redacted.make(line))
