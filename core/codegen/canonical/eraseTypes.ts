/**
 * Takes out of a tree what is not there at run time: types, and parentheses, which the printer sets where they are needed.
 */
import { isTypeSyntax } from "../../language/Syntax.ts"
import * as Ast from "../../language/Ast.ts"
import { isMember, staysNameless, unwrapped } from "./runtimeParts.ts"

type Fields = Record<string, unknown>

/** Fields that hold types, and nothing else. */
const typeFields: ReadonlySet<string> = new Set([
  "implements",
  "returnType",
  "superTypeParams",
  "typeAnnotation",
  "typeArguments",
  "typeParameters",
  "typeParams"
])

const isTypeOnly = (node: Ast.AnyNode & { readonly typeOnly?: boolean; readonly isTypeOnly?: boolean }): boolean =>
  node.typeOnly === true || node.isTypeOnly === true

/** Whether what stands in a list is gone at run time. */
const isErased = (node: Ast.AnyNode): boolean => {
  if (isTypeSyntax(node) || isTypeOnly(node)) return true
  switch (node.type) {
    case "ExportDeclaration":
      return isTypeSyntax((node as Ast.ExportDeclaration).declaration)
    case "ExportDefaultDeclaration": {
      const { decl } = node as Ast.ExportDefaultDeclaration
      return isTypeSyntax(decl) || (decl.type === "FunctionExpression" && (decl.body ?? null) === null)
    }
    case "Parameter": {
      const { pat } = node as Ast.Param
      return pat.type === "Identifier" && pat.value === "this"
    }
    case "ClassMethod":
    case "ClassProperty":
    case "Constructor":
    case "PrivateMethod":
    case "PrivateProperty":
      return !isMember(node)
    default:
      return false
  }
}

const parenthesised = (expression: Ast.Expression): Ast.ParenthesisExpression => ({
  type: "ParenthesisExpression",
  span: Ast.spanOf(expression),
  expression
})

/** Strings that are no directives: behind other statements, or in parentheses. */
const keepStrings = (statements: ReadonlyArray<Ast.AnyNode>, isBody: boolean): void => {
  let prologue = isBody
  for (const node of statements) {
    if (node.type !== "ExpressionStatement") {
      prologue = false
      continue
    }
    // `type` says so
    const statement = node as Ast.ExpressionStatement
    const inner = unwrapped(statement.expression)
    prologue &&= statement.expression === inner && inner.type === "StringLiteral"
    // What is unwrapped of an expression is one
    if (inner.type === "StringLiteral" && !prologue) statement.expression = parenthesised(inner as Ast.StringLiteral)
  }
}

/** `(a) = function () {}` gives no name: nor does `a = (0, function () {})`. */
const keepNameless = (node: Ast.AssignmentExpression | Ast.AssignmentPattern): void => {
  const { left, right } = node
  const operator = node.type === "AssignmentExpression" ? node.operator : undefined
  if (!staysNameless(left, operator, right)) return
  const span = Ast.spanOf(right)
  const zero: Ast.NumericLiteral = { type: "NumericLiteral", span: { start: 0, end: 0, ctxt: 0 }, value: 0 }
  node.right = { type: "SequenceExpression", span, expressions: [zero, right] }
}

const isBodyOf = (owner: Fields): boolean =>
  "params" in owner || owner["type"] === "GetterProperty" || owner["type"] === "SetterProperty"

const prepare = (node: Fields, owner: Fields | undefined): void => {
  switch (node["type"]) {
    case "Module":
      return keepStrings(node["body"] as ReadonlyArray<Ast.AnyNode>, true)
    case "BlockStatement":
      return keepStrings(node["stmts"] as ReadonlyArray<Ast.AnyNode>, owner !== undefined && isBodyOf(owner))
    case "SwitchCase":
      return keepStrings(node["consequent"] as ReadonlyArray<Ast.AnyNode>, false)
    case "AssignmentExpression":
    case "AssignmentPattern":
      return keepNameless(node as unknown as Ast.AssignmentExpression | Ast.AssignmentPattern)
  }
}

const isNode = (value: unknown): value is Ast.AnyNode =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

/** Changes `module` in place. */
export const eraseTypes = (module: Ast.Module): void => {
  const visit = (node: Fields, owner: Fields | undefined): void => {
    prepare(node, owner)
    for (const key in node) {
      if (key === "span") continue
      if (typeFields.has(key)) {
        node[key] = undefined
        continue
      }
      const value = node[key]
      if (Array.isArray(value)) {
        const items: ReadonlyArray<unknown> = value
        const kept = items.filter((item) => !isNode(item) || !isErased(item))
        node[key] = kept.map((item) => into(item, node))
      } else if (isNode(value) && isKept(node, value)) visit(value as unknown as Fields, node)
      else if (typeof value === "object" && value !== null) node[key] = into(value, node)
    }
  }
  const into = (value: unknown, owner: Fields): unknown => {
    const inner = isNode(value) ? unwrapped(value) : value
    // A tree is plain data
    if (typeof inner === "object" && inner !== null) visit(inner as Fields, owner)
    return inner
  }
  visit(module as unknown as Fields, undefined)
}

/** The parentheses around a string that is no directive. */
const isKept = (owner: Fields, value: Ast.AnyNode): boolean =>
  owner["type"] === "ExpressionStatement" && value.type === "ParenthesisExpression" &&
  (value as Ast.ParenthesisExpression).expression.type === "StringLiteral"
