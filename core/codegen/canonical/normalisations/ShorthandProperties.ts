/**
 * `{ a: a }` and `{ ["a"]: a }` are `{ a }`, in objects and in patterns (`{ a: a = 1 }` is `{ a = 1 }`).
 *
 * But `{ __proto__: __proto__ }` sets the prototype, and the shorthand would not.
 */
import type * as Ast from "../../../language/Ast.ts"
import { become, type Normalisation } from "../Normalisation.ts"
import { keyName } from "../PropertyName.ts"

/** The variable that has the key's name. */
const shorthand = (key: Ast.PropertyName, target: Ast.Expression | Ast.Pattern): Ast.Identifier | undefined => {
  if (target.type !== "Identifier" || target.value === "__proto__") return undefined
  return keyName(key) === target.value ? target as Ast.Identifier : undefined
}

export const shorthandProperties: Normalisation = {
  KeyValueProperty: (property) => {
    const name = shorthand(property.key, property.value)
    if (name !== undefined) become(property, { ...name })
  },
  KeyValuePatternProperty: (property) => {
    const { key, value } = property
    const [target, initial] = value.type === "AssignmentPattern" ? [value.left, value.right] : [value, undefined]
    const name = shorthand(key, target)
    if (name === undefined) return
    const made: Ast.AssignmentPatternProperty = {
      type: "AssignmentPatternProperty",
      span: name.span,
      key: name,
      ...(initial === undefined ? {} : { value: initial })
    }
    become(property, made)
  }
}
