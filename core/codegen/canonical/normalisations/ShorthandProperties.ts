/**
 * `{ a: a }` and `{ ["a"]: a }` are `{ a }`, in objects and in patterns (`{ a: a = 1 }` is `{ a = 1 }`).
 *
 * But `{ __proto__: __proto__ }` sets the prototype, and the shorthand would not.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"
import { computedLiteral, isKey, literalName } from "../PropertyName.ts"

const isNamed = (node: Ast.AnyNode, name: string): boolean =>
  node.type === "Identifier" && "value" in node && node.value === name

const visit = (key: Ast.AnyNode, value: Ast.AnyNode, target: Ast.AnyNode, { edits, settled, text }: Context): void => {
  const literal = computedLiteral(key) ?? key
  if (!isKey(literal)) return
  const name = literalName(literal, text)
  if (name === undefined || name === "__proto__" || !isNamed(target, name)) return
  settled.add(key)
  edits.remove(Ast.spanOf(key).start, Ast.spanOf(value).start)
}

export const shorthandProperties: Normalisation = {
  visitors: {
    KeyValueProperty: ({ key, value }, context) => visit(key, value, value, context),
    KeyValuePatternProperty: ({ key, value }, context) =>
      visit(key, value, value.type === "AssignmentPattern" ? value.left : value, context)
  }
}
