/**
 * Small questions about one node of the syntax tree.
 */
import type * as Ast from "./Ast.ts"

/** An identifier in binding or reference position; property names have no `ctxt`. */
export interface Name extends Ast.Node {
  readonly type: "Identifier"
  readonly value: string
  readonly ctxt: number
}

/** `using x = f()`, which `@swc/types` does not know. */
export interface UsingDeclaration extends Ast.Node {
  readonly type: "UsingDeclaration"
  readonly isAwait: boolean
  readonly decls: ReadonlyArray<Ast.VariableDeclarator>
}

/** `accessor x = 1`, which `@swc/types` does not know. */
export interface AutoAccessor extends Ast.Node {
  readonly type: "AutoAccessor"
  readonly key: Ast.AnyNode
  readonly value: Ast.Expression | null
  readonly isStatic: boolean
  readonly decorators: ReadonlyArray<Ast.Decorator>
}

/** Every node the analysis tells apart. */
export type Syntax =
  | Ast.ModuleItem
  | Ast.Expression
  | Ast.Pattern
  | Ast.ClassMember
  | Ast.Property
  | Ast.ObjectPatternProperty
  | Ast.Decorator
  | Ast.VariableDeclarator
  | Ast.Param
  | Ast.SpreadElement
  | Ast.ComputedPropName
  | Ast.TsParameterProperty
  | Ast.TsEnumMember
  | Ast.TsModuleBlock
  | Ast.JSXOpeningElement
  | Ast.JSXAttribute
  | Ast.Import
  | Ast.Super
  | UsingDeclaration
  | AutoAccessor

/** `node.type` decides which member of the union a node is; the tree comes from SWC, which keeps that promise. */
export const syntax = (node: Ast.AnyNode): Syntax => node as Syntax

export const asName = (node: Ast.AnyNode | null | undefined): Name | undefined =>
  node !== null && node !== undefined && node.type === "Identifier" && "ctxt" in node &&
    typeof node.ctxt === "number" &&
    node.ctxt > 0
    // `ctxt` was checked on the line above
    ? node as Name
    : undefined

/** Nodes that begin with `Ts` and yet hold or are values. */
const valueSyntax: ReadonlySet<string> = new Set([
  "TsAsExpression",
  "TsNonNullExpression",
  "TsSatisfiesExpression",
  "TsTypeAssertion",
  "TsConstAssertion",
  "TsInstantiation",
  "TsEnumDeclaration",
  "TsEnumMember",
  "TsModuleDeclaration",
  "TsModuleBlock",
  "TsNamespaceDeclaration",
  "TsExportAssignment",
  "TsImportEqualsDeclaration",
  "TsParameterProperty"
])

/** Whether the node and all below it vanish with the types. */
export const isTypeSyntax = (node: Ast.AnyNode): boolean =>
  (node.type.startsWith("Ts") && !valueSyntax.has(node.type)) ||
  ("declare" in node && node.declare === true) ||
  (node.type === "FunctionDeclaration" && "body" in node && (node.body === null || node.body === undefined))

/** Looks through parentheses, casts, `!` and `satisfies`. */
export const unwrap = (node: Ast.AnyNode): Syntax => {
  const self = syntax(node)
  switch (self.type) {
    case "ParenthesisExpression":
    case "TsAsExpression":
    case "TsNonNullExpression":
    case "TsSatisfiesExpression":
    case "TsTypeAssertion":
    case "TsConstAssertion":
    case "TsInstantiation":
      return unwrap(self.expression)
    case "OptionalChainingExpression":
      return unwrap(self.base)
    default:
      return self
  }
}

/** The constant name of a member access, or of a property key. */
export const staticKey = (node: Ast.AnyNode): string | undefined => {
  const self = syntax(node)
  switch (self.type) {
    case "Identifier":
    case "StringLiteral":
      return self.value
    case "NumericLiteral":
      return String(self.value)
    case "Computed": {
      const key = unwrap(self.expression)
      return key.type === "StringLiteral" ? key.value : undefined
    }
    default:
      return undefined
  }
}

/** A string that needs no evaluation: a literal, or a template without substitutions. */
export const staticString = (node: Ast.AnyNode | undefined): string | undefined => {
  if (node === undefined) return undefined
  const self = unwrap(node)
  if (self.type === "StringLiteral") return self.value
  if (self.type === "TemplateLiteral" && self.expressions.length === 0) {
    const quasi = self.quasis[0]
    return quasi !== undefined && "cooked" in quasi && typeof quasi.cooked === "string" ? quasi.cooked : undefined
  }
  return undefined
}

export const isFunctionSyntax = (node: Ast.AnyNode): boolean =>
  node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression" || node.type === "FunctionDeclaration"

/** All names that a pattern binds, or that an assignment to it gives a value. */
export const boundNames = (pattern: Ast.AnyNode | null | undefined): ReadonlyArray<Name> => {
  if (pattern === null || pattern === undefined) return []
  const self = unwrap(pattern)
  switch (self.type) {
    case "Identifier": {
      const name = asName(self)
      return name === undefined ? [] : [name]
    }
    case "ArrayPattern":
      return self.elements.flatMap(boundNames)
    case "ObjectPattern":
      return self.properties.flatMap(boundNames)
    case "KeyValuePatternProperty":
      return boundNames(self.value)
    case "AssignmentPatternProperty":
      return boundNames(self.key)
    case "AssignmentPattern":
      return boundNames(self.left)
    case "RestElement":
      return boundNames(self.argument)
    case "Parameter":
      return boundNames(self.pat)
    case "TsParameterProperty":
      return boundNames(self.param)
    default:
      return []
  }
}

/** A callee as `name` or `name.member`. */
export interface Callee {
  readonly name: Name
  readonly member: string | undefined
  /** Whether more lies between (`name.a.b()`). */
  readonly deep: boolean
}

export const calleeOf = (node: Ast.AnyNode): Callee | undefined => {
  const self = unwrap(node)
  if (self.type === "Identifier") {
    const name = asName(self)
    return name === undefined ? undefined : { name, member: undefined, deep: false }
  }
  if (self.type !== "MemberExpression") return undefined
  const object = unwrap(self.object)
  const name = asName(object)
  if (name !== undefined) return { name, member: staticKey(self.property), deep: false }
  const inner = calleeOf(object)
  return inner === undefined ? undefined : { name: inner.name, member: staticKey(self.property), deep: true }
}
