/**
 * Keys in their one spelling: legacy decorators and the functions that JSX calls are handed the text of keys.
 */
import * as Ast from "../../../../language/Ast.ts"
import * as Literals from "../../../printing/Literals.ts"
import { isIdentifier, keyName, keyNode } from "../../PropertyName.ts"
import type { Context, TextRule } from "../TextRule.ts"

const visit = ({ key }: { readonly key: Ast.AnyNode }, { edits, text }: Context): void => {
  // Members and properties have keys
  const name = keyName(key as Ast.PropertyName)
  if (name === undefined) return
  const { end, start } = Ast.spanOf(key)
  const isPlain = isIdentifier(name) || keyNode(name, Ast.spanOf(key)).type === "NumericLiteral"
  const spelt = isPlain ? name : Literals.quoted(name)
  if (text.slice(start, end) !== spelt) edits.replaceByWord(start, end, spelt)
}

export const memberKeys: TextRule = {
  KeyValueProperty: visit,
  MethodProperty: visit,
  GetterProperty: visit,
  SetterProperty: visit,
  KeyValuePatternProperty: visit,
  ClassMethod: visit,
  ClassProperty: visit,
  Constructor: visit,
  AutoAccessor: visit
}
