/**
 * `{ "a": 1, ["b"]: 2, 0x10: 3, "7": 4 }` is `{ a: 1, b: 2, 16: 3, 7: 4 }`, in objects, patterns and classes.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"
import { keyName, keyNode } from "../PropertyName.ts"

const visit = (node: { key: Ast.PropertyName }): void => {
  const name = keyName(node.key)
  if (name !== undefined) node.key = keyNode(name, Ast.spanOf(node.key))
}

export const propertyKeys: Normalisation = {
  KeyValueProperty: visit,
  MethodProperty: visit,
  GetterProperty: visit,
  SetterProperty: visit,
  KeyValuePatternProperty: visit,
  ClassMethod: visit,
  ClassProperty: visit,
  Constructor: visit
}
