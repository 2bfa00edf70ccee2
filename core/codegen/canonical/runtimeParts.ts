/**
 * What of a tree is there at run time, and what is only written: types and parentheses.
 */
import { isTypeSyntax } from "../../language/Syntax.ts"
import type * as Ast from "../../language/Ast.ts"

type AnyNode = Ast.AnyNode

const wrappers: ReadonlySet<string> = new Set([
  "ParenthesisExpression",
  "TsAsExpression",
  "TsConstAssertion",
  "TsInstantiation",
  "TsNonNullExpression",
  "TsSatisfiesExpression",
  "TsTypeAssertion"
])

/** The expression in parentheses and types. */
export const unwrapped = (wrapped: AnyNode): AnyNode => {
  let inner = wrapped
  while (wrappers.has(inner.type) && "expression" in inner) inner = inner.expression as AnyNode
  return inner
}

const isNameless = (node: AnyNode): boolean => !("identifier" in node) || (node.identifier ?? null) === null

/** Whether what the expression makes is named after what it is assigned to. */
export const isAnonymousFunction = (expression: AnyNode): boolean =>
  expression.type === "ArrowFunctionExpression" ||
  ((expression.type === "FunctionExpression" || expression.type === "ClassExpression") && isNameless(expression))

/** Of the operators of assignments, those that name a function after the variable. */
const naming: ReadonlySet<unknown> = new Set([undefined, "=", "&&=", "||=", "??="])

/** `(a) = function () {}`: the parentheses keep the function from being named `a`. */
export const staysNameless = (left: AnyNode, operator: string | undefined, right: AnyNode): boolean =>
  naming.has(operator) && left.type === "ParenthesisExpression" && unwrapped(left).type === "Identifier" &&
  isAnonymousFunction(unwrapped(right))

/** Parts of members that their types do not have in common. */
interface Member extends AnyNode {
  readonly body?: unknown
  readonly declare?: boolean
  readonly isAbstract?: boolean
  readonly function?: { readonly body?: unknown }
}

/** Whether a member of a class is there at run time. */
export const isMember = (member: Member): boolean => {
  if (member.type === "EmptyStatement" || isTypeSyntax(member)) return false
  if (member.declare === true || member.isAbstract === true) return false
  return member.type === "Constructor"
    ? (member.body ?? null) !== null
    : member.function === undefined || (member.function.body ?? null) !== null
}
