/**
 * The names of functions and classes that have none of their own.
 */
import * as Ast from "../../../../language/Ast.ts"
import type { Edits } from "../../../Edits.ts"
import { isAnonymousFunction, unwrapped } from "../../runtimeParts.ts"

/** Lets the value keep the name `key` (the text of an expression) where it is no longer assigned to it: `({[key]:value})[key]`. */
export const nameValue = (value: Ast.AnyNode, key: string, edits: Edits): void => {
  if (!isAnonymousFunction(unwrapped(value))) return
  const { end, start } = Ast.spanOf(value)
  edits.wrap(start, end, `({[${key}]:`, `})[${key}]`)
}
