/**
 * `!0` is `true`, `!1` is `false`.
 */
import * as Ast from "../../../language/Ast.ts"
import { numberValue } from "../../printing/Literals.ts"
import { become, type Normalisation } from "../Normalisation.ts"

export const booleans: Normalisation = {
  UnaryExpression: (node) => {
    const { argument, operator } = node
    if (operator !== "!" || argument.type !== "NumericLiteral") return
    const value = numberValue(argument)
    if (value !== 0 && value !== 1) return
    const made: Ast.BooleanLiteral = { type: "BooleanLiteral", span: Ast.spanOf(node), value: value === 0 }
    become(node, made)
  }
}
