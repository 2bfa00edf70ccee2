/**
 * `a["b"]` is `a.b`, `a?.["b"]` is `a?.b`, `super["b"]` is `super.b`, `a["0"]` is `a[0]`.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"
import { computedLiteral, isIdentifier, literalName, spelling } from "../PropertyName.ts"

const visit = (object: Ast.AnyNode, property: Ast.AnyNode, { edits, text }: Context): void => {
  const literal = computedLiteral(property)
  const name = literal === undefined ? undefined : literalName(literal, text)
  if (literal === undefined || name === undefined) return
  const { end, start } = Ast.spanOf(property)
  if (!isIdentifier(name)) {
    const inner = Ast.spanOf(literal)
    const spelt = spelling(name)
    if (spelt !== undefined && /^\d/.test(spelt)) edits.replace(inner.start, inner.end, spelt)
    return
  }
  const optional = text.slice(start - 2, start) === "?."
  // `1.b` would be a malformed number
  const dot = object.type === "NumericLiteral" && /^\d+$/.test(text.slice(Ast.spanOf(object).start, start)) ? ".." : "."
  edits.replaceByWord(start, end, optional ? name : dot + name)
}

export const memberNames: Normalisation = {
  visitors: {
    MemberExpression: ({ object, property }, context) => visit(object, property, context),
    SuperPropExpression: ({ obj, property }, context) => visit(obj, property, context)
  }
}
