/**
 * `/a/ig` is `/a/gi`.
 */
import type { Normalisation } from "../Normalisation.ts"

export const regexFlags: Normalisation = {
  RegExpLiteral: (literal) => {
    literal.flags = [...literal.flags].sort().join("")
  }
}
