/**
 * How tightly the parts of an expression hold together. What binds more loosely than its place asks for stands in parentheses.
 */
import type * as Ast from "../../language/Ast.ts"

/** From loose to tight. */
export const Precedence = {
  Sequence: 0,
  Assignment: 1,
  Conditional: 2,
  Coalesce: 3,
  Relation: 10,
  Power: 14,
  Unary: 15,
  Postfix: 16,
  /** Calls, members and what else can be called or have members. */
  Member: 18,
  Primary: 19
} as const

const binary: Readonly<Record<Ast.BinaryOperator, number>> = {
  "??": Precedence.Coalesce,
  "||": 4,
  "&&": 5,
  "|": 6,
  "^": 7,
  "&": 8,
  "==": 9,
  "!=": 9,
  "===": 9,
  "!==": 9,
  "<": Precedence.Relation,
  "<=": Precedence.Relation,
  ">": Precedence.Relation,
  ">=": Precedence.Relation,
  in: Precedence.Relation,
  instanceof: Precedence.Relation,
  "<<": 11,
  ">>": 11,
  ">>>": 11,
  "+": 12,
  "-": 12,
  "*": 13,
  "/": 13,
  "%": 13,
  "**": Precedence.Power
}

export const binaryPrecedence = (operator: Ast.BinaryOperator): number => binary[operator]

export const precedenceOf = (node: Ast.Expression | Ast.Pattern): number => {
  switch (node.type) {
    case "SequenceExpression":
      return Precedence.Sequence
    case "ArrowFunctionExpression":
    case "AssignmentExpression":
    case "YieldExpression":
      return Precedence.Assignment
    case "ConditionalExpression":
      return Precedence.Conditional
    case "BinaryExpression":
      return binary[node.operator]
    case "AwaitExpression":
    case "UnaryExpression":
      return Precedence.Unary
    case "UpdateExpression":
      return node.prefix ? Precedence.Unary : Precedence.Postfix
    case "CallExpression":
    case "MemberExpression":
    case "MetaProperty":
    case "NewExpression":
    case "OptionalChainingExpression":
    case "SuperPropExpression":
    case "TaggedTemplateExpression":
      return Precedence.Member
    default:
      return Precedence.Primary
  }
}

const isMixed = (operator: Ast.BinaryOperator, operand: Ast.Expression): boolean =>
  operator === "??" && operand.type === "BinaryExpression" && (operand.operator === "||" || operand.operator === "&&")

/** What the left operand must reach at least. */
export const leftOf = ({ left, operator }: Ast.BinaryExpression): number =>
  operator === "**" ? Precedence.Postfix : isMixed(operator, left) ? Precedence.Primary : binary[operator]

/** What the right operand must reach at least. */
export const rightOf = ({ operator, right }: Ast.BinaryExpression): number =>
  operator === "**" ? Precedence.Power : isMixed(operator, right) ? Precedence.Primary : binary[operator] + 1

/** Whether `new` would take a call inside the callee for its own: `new (f().A)()`. */
export const holdsCall = (callee: Ast.Expression): boolean => {
  switch (callee.type) {
    case "CallExpression":
    case "OptionalChainingExpression":
      return true
    case "MemberExpression":
      return holdsCall(callee.object)
    case "TaggedTemplateExpression":
      return holdsCall(callee.tag)
    default:
      return false
  }
}
