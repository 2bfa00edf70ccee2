/**
 * `/a/ig` is `/a/gi`.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

export const regexFlags: Normalisation = {
  visitors: {
    RegExpLiteral: (node, { edits }) => {
      const { end } = Ast.spanOf(node)
      edits.replace(end - node.flags.length, end, [...node.flags].sort().join(""))
    }
  }
}
