/**
 * What an expression's value hangs on: the binding at the root of `a.b[c].d`, or of what a call returned.
 */
import type * as Ast from "../syntax/Ast.ts"
import { unresolved } from "../syntax/Ast.ts"
import { asName, isFunctionSyntax, type Name, staticKey, unwrap } from "../language/Syntax.ts"

export type Root =
  /** A binding of any scope, or a global. */
  | { readonly _tag: "Name"; readonly name: Name }
  /** The result of calling what hangs on `callee`. */
  | { readonly _tag: "Result"; readonly callee: Root }
  /** `this` or `super`. */
  | { readonly _tag: "This" }
  /** A value made here: a literal, a function, a `new` of something. */
  | { readonly _tag: "Fresh" }

const fresh: Root = { _tag: "Fresh" }

/** The roots that the value of `node` may be, or be part of, or hold. */
export const roots = (node: Ast.AnyNode): ReadonlyArray<Root> => {
  const self = unwrap(node)
  switch (self.type) {
    case "Identifier": {
      const name = asName(self)
      return name === undefined || (name.ctxt === unresolved && name.value === "undefined") ? []
        : [{ _tag: "Name", name }]
    }
    case "MemberExpression":
      return roots(self.object)
    case "ThisExpression":
    case "SuperPropExpression":
      return [{ _tag: "This" }]
    case "CallExpression":
      return self.callee.type === "Super" || self.callee.type === "Import"
        ? [fresh]
        : roots(self.callee).map((callee) => ({ _tag: "Result", callee }))
    case "ArrayExpression":
      return self.elements.flatMap((element) =>
        element === undefined || element === null ? [] : roots(element.expression)
      )
    case "ObjectExpression":
      return self.properties.flatMap((property) => {
        switch (property.type) {
          case "SpreadElement":
            return roots(property.arguments)
          case "KeyValueProperty":
            return roots(property.value)
          case "Identifier":
            return roots(property)
          default:
            return []
        }
      })
    case "ConditionalExpression":
      return [...roots(self.consequent), ...roots(self.alternate)]
    case "BinaryExpression":
      return self.operator === "&&" || self.operator === "||" || self.operator === "??"
        ? [...roots(self.left), ...roots(self.right)]
        : []
    case "AssignmentExpression":
      return roots(self.right)
    case "SequenceExpression": {
      const last = self.expressions[self.expressions.length - 1]
      return last === undefined ? [] : roots(last)
    }
    case "AwaitExpression":
      return roots(self.argument)
    case "YieldExpression":
      return self.argument === undefined || self.argument === null ? [] : roots(self.argument)
    case "NewExpression":
      return [fresh, ...(self.arguments ?? []).flatMap((argument) => roots(argument.expression))]
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

/** Whether the function is made right here, so that handing it over may run it. */
export const isInlineFunction = (node: Ast.AnyNode): boolean => isFunctionSyntax(unwrap(node))

/** The functions in an object or array that is written right here: handing it over may run them. */
export const inlineMethods = (node: Ast.AnyNode): ReadonlyArray<Ast.AnyNode> => {
  const self = unwrap(node)
  if (self.type === "ArrayExpression") {
    return self.elements.flatMap((element) => element ? inlineParts(element.expression) : [])
  }
  if (self.type !== "ObjectExpression") return []
  return self.properties.flatMap((property) => {
    switch (property.type) {
      case "KeyValueProperty":
        return inlineParts(property.value)
      case "MethodProperty":
      case "GetterProperty":
      case "SetterProperty":
        return [property]
      default:
        return []
    }
  })
}

const inlineParts = (node: Ast.AnyNode): ReadonlyArray<Ast.AnyNode> =>
  isInlineFunction(node) ? [unwrap(node)] : inlineMethods(node)

/** Whether the value is made here and only holds what its roots name. */
export const makesHolder = (node: Ast.AnyNode): boolean =>
  ["ArrayExpression", "ObjectExpression", "NewExpression"].includes(unwrap(node).type)
