/**
 * Names of properties, and the one way to write each.
 */
import * as Ast from "../../language/Ast.ts"

/**
 * ASCII only, though ECMAScript allows more: what Unicode calls a letter depends on its version, and so on the host.
 * Other names are written as strings.
 */
const identifier = /^[A-Za-z_$][\w$]*$/
/** Array indices and such: the integers that print as themselves, and not as `1e21`. */
const integer = /^(?:0|[1-9]\d{0,14})$/

export const isIdentifier = (name: string): boolean => identifier.test(name)

/** As the key of an object or class. */
export const spelling = (name: string): string | undefined =>
  identifier.test(name) || integer.test(name) ? name : /^[\w$.+\-\u0080-\uffff]+$/.test(name) ? `"${name}"` : undefined

/** The name that a literal key has at run time. */
export const literalName = (key: Ast.AnyNode, text: string): string | undefined => {
  const { end, start } = Ast.spanOf(key)
  if ("value" in key && typeof key.value === "string") return key.value
  if (key.type === "NumericLiteral") return String(Number(text.slice(start, end).replaceAll("_", "")))
  if (key.type === "BigIntLiteral" && /^\d+n$/.test(text.slice(start, end))) return text.slice(start, end - 1)
  return undefined
}

const isLiteral = (node: Ast.AnyNode): boolean =>
  node.type === "StringLiteral" || node.type === "NumericLiteral" || node.type === "BigIntLiteral"

/** A computed key or member `["a"]`, `[1]`: the literal inside. */
export const computedLiteral = (node: Ast.AnyNode): Ast.AnyNode | undefined => {
  if (node.type !== "Computed" || !("expression" in node)) return undefined
  // The expression of a computed key is a node
  const expression = node.expression as Ast.AnyNode
  return isLiteral(expression) ? expression : undefined
}

export const isKey = (node: Ast.AnyNode): boolean => isLiteral(node) || node.type === "Identifier"
