/**
 * What a declaration is: which names it binds, whether it can be called, how to describe it to a person.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel } from "../language/Ast.ts"
import type { Callable, Method, Signature } from "./ModuleRecord.ts"
import { boundNames, isFunctionSyntax, staticKey, syntax, unwrap } from "../language/Syntax.ts"

/** Callability and description of the value of an expression. */
export interface Kind {
  readonly callable: Callable
  readonly describes: string
}

const value = (describes: string): Kind => ({ callable: "value", describes })

/** `isClusterWrapper` tells Clustrix's own `cluster`, whose inner function counts. */
export const kindOf = (node: Ast.AnyNode, isClusterWrapper: (node: Ast.AnyNode) => boolean): Kind => {
  const self = unwrap(node)
  if (isFunctionSyntax(self)) return { callable: "function", describes: "a function" }
  switch (self.type) {
    case "ClassExpression":
    case "ClassDeclaration":
      return { callable: "class", describes: "a class" }
    case "StringLiteral":
    case "TemplateLiteral":
      return value("a string")
    case "NumericLiteral":
      return value("a number")
    case "BigIntLiteral":
      return value("a bigint")
    case "BooleanLiteral":
      return value("a boolean")
    case "NullLiteral":
      return value("null")
    case "RegExpLiteral":
      return value("a regular expression")
    case "ArrayExpression":
      return value("an array")
    case "ObjectExpression":
      return value("an object")
    case "NewExpression":
      return value("an object")
    case "UnaryExpression":
    case "UpdateExpression":
      return value("a value")
    case "BinaryExpression":
      return self.operator === "&&" || self.operator === "||" || self.operator === "??"
        ? { callable: "unknown", describes: "the value of an expression" }
        : value("a value")
    case "CallExpression": {
      const wrapped = wrappedBy(self, isClusterWrapper)
      if (wrapped !== undefined) return kindOf(wrapped, isClusterWrapper)
      return { callable: "unknown", describes: "the result of a call" }
    }
    default:
      return { callable: "unknown", describes: "the value of an expression" }
  }
}

const parameterName = (parameter: Ast.AnyNode): string => {
  const self = syntax(parameter)
  switch (self.type) {
    case "Identifier":
      return self.value
    case "Parameter":
      return parameterName(self.pat)
    case "TsParameterProperty":
      return parameterName(self.param)
    case "AssignmentPattern":
      return parameterName(self.left)
    case "RestElement":
      return `...${parameterName(self.argument)}`
    case "ArrayPattern":
      return "[]"
    default:
      return "{}"
  }
}

const signature = (
  parameters: ReadonlyArray<Ast.AnyNode>,
  self: { readonly async?: boolean; readonly generator?: boolean }
): Signature => ({
  isAsync: self.async === true,
  isGenerator: self.generator === true,
  // `this` is a type
  parameters: parameters.map(parameterName).filter((name) => name !== "this")
})

/** How the function that `node` is (or that `cluster` wraps in it) is called. */
export const signatureOf = (
  node: Ast.AnyNode | undefined,
  isClusterWrapper: (node: Ast.AnyNode) => boolean
): Signature | undefined => {
  if (node === undefined) return undefined
  const self = unwrap(node)
  switch (self.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return signature(self.params, self)
    case "CallExpression": {
      const wrapped = wrappedBy(self, isClusterWrapper)
      return wrapped === undefined ? undefined : signatureOf(wrapped, isClusterWrapper)
    }
    default:
      return undefined
  }
}

/** The function that `cluster(options)(function)` wraps. */
export const wrappedBy = (
  node: Ast.AnyNode | undefined,
  isClusterWrapper: (node: Ast.AnyNode) => boolean
): Ast.AnyNode | undefined => {
  if (node === undefined) return undefined
  const self = unwrap(node)
  if (self.type !== "CallExpression") return undefined
  const inner = unwrap(self.callee)
  return inner.type === "CallExpression" && isClusterWrapper(inner.callee) ? self.arguments[0]?.expression : undefined
}

/** Static methods of a class, or function-valued properties of an object literal. */
export const methodsOf = (node: Ast.AnyNode | undefined): ReadonlyArray<Method> => {
  if (node === undefined) return []
  const self = unwrap(node)
  const method = (key: Ast.AnyNode, at: Ast.AnyNode, how: Signature): ReadonlyArray<Method> => {
    const name = staticKey(key)
    return name === undefined ? [] : [{ name, range: [spanOf(at).start, spanOf(at).end], signature: how }]
  }
  const valued = (key: Ast.AnyNode, at: Ast.AnyNode, value: Ast.AnyNode): ReadonlyArray<Method> => {
    const how = signatureOf(value, () => false)
    return how === undefined ? [] : method(key, at, how)
  }
  switch (self.type) {
    case "ClassDeclaration":
    case "ClassExpression":
      return self.body.flatMap((member) => {
        if (member.type === "ClassMethod") {
          return member.isStatic && member.kind === "method"
            ? method(member.key, member, signature(member.function.params, member.function))
            : []
        }
        return member.type === "ClassProperty" && member.isStatic && member.value
          ? valued(member.key, member, member.value) : []
      })
    case "ObjectExpression":
      return self.properties.flatMap((property) => {
        if (property.type === "MethodProperty") {
          return method(property.key, property, signature(property.params, property))
        }
        return property.type === "KeyValueProperty" ? valued(property.key, property, property.value) : []
      })
    default:
      return []
  }
}

/** Names that `var` declarations (and, in a script, functions) inside a statement hoist to the module's top level. */
export const hoistedNames = (node: Ast.AnyNode): ReadonlyArray<string> => {
  const self = syntax(node)
  if (isFunctionSyntax(self) || self.type === "ClassDeclaration" || self.type === "ClassExpression") return []
  const own = self.type === "VariableDeclaration"
    ? self.declarations.flatMap((declarator) => boundNames(declarator.id)).filter((name) => name.ctxt === topLevel)
    : []
  return [...own.map((name) => name.value), ...children(self).flatMap(hoistedNames)]
}
