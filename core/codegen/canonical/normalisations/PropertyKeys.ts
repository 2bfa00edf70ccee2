/**
 * `{ "a": 1, ["b"]: 2, 0x10: 3, "7": 4 }` is `{ a: 1, b: 2, 16: 3, 7: 4 }`, in objects, patterns and classes.
 *
 * A computed key may name what a plain one cannot: `["__proto__"]` makes a property where `__proto__` sets the prototype,
 * `["constructor"]` a method that is not the constructor, static `["prototype"]` a late error. Those stay.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"
import { computedLiteral, isKey, literalName, spelling } from "../PropertyName.ts"

const special: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"])

const visit = ({ key }: { readonly key: Ast.AnyNode }, { edits, settled, text }: Context): void => {
  if (settled.has(key)) return
  const computed = computedLiteral(key)
  const literal = computed ?? key
  if (!isKey(literal)) return
  const name = literalName(literal, text)
  if (name === undefined || (computed !== undefined && special.has(name))) return
  const spelt = spelling(name)
  if (spelt === undefined) return
  const { end, start } = Ast.spanOf(key)
  if (text.slice(start, end) !== spelt) edits.replaceByWord(start, end, spelt)
}

export const propertyKeys: Normalisation = {
  stage: "both",
  visitors: {
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
}
