/**
 * Variables that hold numbers: as a key, one means an element. Without a value one is `undefined`, which as a key means an
 * element, too ({@link Field.named}).
 */
import type * as Ast from "../language/Ast.ts"
import { keyOf, type Scope } from "../language/Scope.ts"
import { asName, type Name, unwrap } from "../language/Syntax.ts"

const arithmetic: ReadonlySet<string> = new Set(["-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "**"])
const logical: ReadonlySet<string> = new Set(["&&", "||", "??"])

/** Whether a variable, by its name, holds nothing but numbers. */
export type IsNumericName = (name: Name) => boolean

/** Whether an expression gives a number by its form. */
export const isNumeric = (node: Ast.AnyNode, isNumericName: IsNumericName): boolean => {
  const self = unwrap(node)
  const recur = (each: Ast.AnyNode): boolean => isNumeric(each, isNumericName)
  switch (self.type) {
    case "NumericLiteral":
    case "UpdateExpression":
      return true
    case "Identifier": {
      const name = asName(self)
      return name !== undefined && isNumericName(name)
    }
    case "UnaryExpression":
      return self.operator === "-" || self.operator === "~" || self.operator === "+"
    case "BinaryExpression":
      return arithmetic.has(self.operator) ||
        ((self.operator === "+" || logical.has(self.operator)) && recur(self.left) && recur(self.right))
    case "ConditionalExpression":
      return recur(self.consequent) && recur(self.alternate)
    case "AssignmentExpression":
      // If what was there before is one
      return arithmetic.has(self.operator.slice(0, -1)) || recur(self.right)
    default:
      return false
  }
}

export const numericNames = ({ bindings, isOpen }: Scope): IsNumericName => {
  if (isOpen) return () => false
  const found = new Set(
    [...bindings].flatMap(([key, { declarations }]) =>
      declarations.length > 0 && declarations.every(({ kind }) => kind === "variable" || kind === "constant") ? [key]
        : []
    )
  )
  const isNumericName: IsNumericName = (name) => found.has(keyOf(name))
  for (let again = true; again;) {
    again = false
    for (const key of found) {
      if (
        bindings.get(key)?.given.every(({ value }) => value !== undefined && isNumeric(value, isNumericName)) === true
      ) {
        continue
      }
      found.delete(key)
      again = true
    }
  }
  return isNumericName
}
