/**
 * Names of properties, and the one way to write each.
 */
import type * as Ast from "../../language/Ast.ts"
import * as Literals from "../printing/Literals.ts"
import { identifier as identifierNode, string } from "./Normalisation.ts"

/**
 * ASCII only, though ECMAScript allows more: what Unicode calls a letter depends on its version, and so on the host.
 * Other names are written as strings.
 */
const identifier = /^[A-Za-z_$][\w$]*$/
/** Array indices and such: the integers that print as themselves, and not as `1e21`. */
const integer = /^(?:0|[1-9]\d{0,14})$/

export const isIdentifier = (name: string): boolean => identifier.test(name)

/** The key of an object or class. */
export const keyNode = (name: string, span: Ast.Span): Ast.PropertyName =>
  isIdentifier(name) ? identifierNode(name, span) : literalNode(name, span)

/** The same in brackets. */
export const literalNode = (name: string, span: Ast.Span): Ast.NumericLiteral | Ast.StringLiteral =>
  integer.test(name) ? { type: "NumericLiteral", span, value: Number(name) } : string(name, span)

/** What a module may export: a name, or a string. */
export const moduleName = (name: string): Ast.ModuleExportName =>
  isIdentifier(name) ? identifierNode(name) : string(name)

/** The text of a template that nothing is put into. */
export const constantText = ({ expressions, quasis: [quasi] }: Ast.TemplateLiteral): string | undefined =>
  expressions.length > 0 || quasi === undefined ? undefined : Literals.unescaped(quasi.raw)

/** The name that a literal in brackets has at run time. */
const literalName = (literal: Ast.Expression): string | undefined => {
  switch (literal.type) {
    case "StringLiteral":
      return Literals.stringValue(literal)
    case "NumericLiteral":
      return String(Literals.numberValue(literal))
    case "BigIntLiteral":
      return Literals.bigintDigits(literal)
    case "TemplateLiteral":
      return constantText(literal)
    default:
      return undefined
  }
}

/** Computed keys of these names are something else than plain ones. */
const special: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"])

/** The name that a literal in brackets says: `a["b"]`, `{ [1]: 2 }`. */
export const computedName = (node: Ast.PropertyName | Ast.PrivateName): string | undefined =>
  node.type === "Computed" ? literalName(node.expression) : undefined

/**
 * The name of a key that is fixed.
 *
 * A computed key may name what a plain one cannot: `["__proto__"]` makes a property where `__proto__` sets the prototype,
 * `["constructor"]` a method that is not the constructor, static `["prototype"]` a late error. Those have none.
 */
export const keyName = (key: Ast.PropertyName | Ast.PrivateName): string | undefined => {
  if (key.type === "PrivateName") return undefined
  if (key.type === "Identifier") return key.value
  if (key.type !== "Computed") return literalName(key)
  const name = literalName(key.expression)
  return name === undefined || special.has(name) ? undefined : name
}
