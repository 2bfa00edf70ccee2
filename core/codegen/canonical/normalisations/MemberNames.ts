/**
 * `a["b"]` is `a.b`, `a?.["b"]` is `a?.b`, `super["b"]` is `super.b`, `a["0"]` is `a[0]`.
 */
import * as Ast from "../../../language/Ast.ts"
import { identifier, type Normalisation } from "../Normalisation.ts"
import { computedName, isIdentifier, literalNode } from "../PropertyName.ts"

const named = (property: Ast.ComputedPropName): Ast.Identifier | Ast.ComputedPropName => {
  const name = computedName(property)
  if (name === undefined) return property
  const span = Ast.spanOf(property)
  return isIdentifier(name) ? identifier(name, span) : { ...property, expression: literalNode(name, span) }
}

export const memberNames: Normalisation = {
  MemberExpression: (member) => {
    if (member.property.type === "Computed") member.property = named(member.property)
  },
  SuperPropExpression: (member) => {
    if (member.property.type === "Computed") member.property = named(member.property)
  }
}
