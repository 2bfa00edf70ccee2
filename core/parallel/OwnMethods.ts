/**
 * Whether objects may come to have a method of their own under the name of one of the language's: then a call such as
 * `list.map(f)` is no longer known to be the language's. That takes a function that is handed on as a value, and a value
 * that is stored under such a name.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf } from "../language/Ast.ts"
import { asName, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { globalMember } from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { isFunctionNode, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"

export interface OwnMethods {
  /** Whether a function goes where it may be stored: not only called, and not only given to a method of the language's. */
  readonly handsOn: boolean
  /** Where what may be a function is stored under the name of one of the language's methods. */
  readonly stored: Obstacle | undefined
}

/** The argument that a method of the language calls, and does not keep. */
const callbackIndex = (callee: Ast.AnyNode): number | undefined => {
  if (callee.type !== "MemberExpression") return undefined
  const self = syntax(callee)
  const member = self.type === "MemberExpression" ? staticKey(self.property) ?? "" : ""
  return KnownCalls.callsFirst.has(member) ? 0 : KnownCalls.callsSecond.has(member) ? 1 : undefined
}

export const ownMethodsIn = (
  module: ModuleSyntax,
  nodes: ReadonlyArray<Ast.AnyNode>,
  { isFunction, isPrimitive }: {
    /** Whether a name stands for a function of the program. */
    readonly isFunction: (name: Name) => boolean
    readonly isPrimitive: (node: Ast.AnyNode) => boolean
  }
): OwnMethods => {
  let handsOn = false
  let stored: Obstacle | undefined

  const mayBeFunction = (node: Ast.AnyNode, seen: ReadonlySet<unknown> = new Set()): boolean => {
    const self = unwrap(node)
    if (isPrimitive(self)) return false
    switch (self.type) {
      case "ArrayExpression":
      case "ObjectExpression":
      case "NewExpression":
      case "RegExpLiteral":
        return false
      case "AwaitExpression":
        return mayBeFunction(self.argument, seen)
      case "ConditionalExpression":
        return mayBeFunction(self.consequent, seen) || mayBeFunction(self.alternate, seen)
      case "BinaryExpression":
        return mayBeFunction(self.left, seen) || mayBeFunction(self.right, seen)
      case "AssignmentExpression":
        return self.operator === "=" ? mayBeFunction(self.right, seen)
          : mayBeFunction(self.left, seen) || mayBeFunction(self.right, seen)
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const global = globalMember(callee)
        if (global !== undefined) return global.object === "Promise"
        const member = callee.type === "MemberExpression" ? staticKey(callee.property) ?? "" : ""
        const known = KnownCalls.methodCall(member)
        return known._tag === "Refused" || known.behaviours.some(({ result }) => typeof result !== "string")
      }
      case "Identifier": {
        const name = asName(self)
        const binding = name === undefined ? undefined : module.bindings.get(keyOf(name))
        const { assigned, statement } = binding ?? {}
        if (binding === undefined || seen.has(binding) || assigned?.length !== 0) return true
        if (statement === undefined || statement.type !== "VariableDeclaration") return true
        const declaration = syntax(statement)
        const declarator = declaration.type !== "VariableDeclaration" ? undefined : declaration.declarations.find(
          ({ id }) => asName(id)?.value === binding.name
        )
        return !declarator?.init || mayBeFunction(declarator.init, new Set([...seen, binding]))
      }
      default:
        return true
    }
  }
  /** `key`: `undefined` when it is not constant. */
  const store = (key: string | undefined, value: Ast.AnyNode | undefined, at: Ast.AnyNode): void => {
    if (stored !== undefined || (key !== undefined && !KnownCalls.methods().has(key))) return
    if (value !== undefined && !mayBeFunction(value)) return
    stored = {
      path: module.path,
      offset: spanOf(at).start,
      why: key === undefined
        ? "a function may be stored here, under any name"
        : `a function may be stored here as \`${key}\`, which is the name of one of the language's methods`
    }
  }
  const keyAt = (property: Ast.AnyNode): string | undefined => staticKey(property)
  /** What is assigned in a way that does not show the value. */
  const storeInto = (target: Ast.AnyNode): void => {
    const self = unwrap(target)
    if (self.type === "MemberExpression") return store(keyAt(self.property), undefined, self)
    for (const child of children(self)) storeInto(child)
  }

  /** `isHanded`: whether the value goes anywhere but into a call or a test. */
  const visit = (node: Ast.AnyNode, isHanded: boolean): void => {
    const self = syntax(node)
    if (isFunctionNode(node)) {
      if (isHanded && node.type !== "FunctionDeclaration") handsOn = true
      for (const parameter of node.params) visit("pat" in parameter ? parameter.pat : parameter, true)
      if (node.body) visit(node.body, true)
      return
    }
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (isHanded && name !== undefined && isFunction(name)) handsOn = true
        return
      }
      case "ParenthesisExpression":
        return visit(self.expression, isHanded)
      case "ExpressionStatement":
        return visit(self.expression, false)
      case "VariableDeclarator":
        if (asName(self.id) === undefined) visit(self.id, true)
        // Under another name it may be stored, and is not known any more
        if (self.init) visit(self.init, asName(self.id) === undefined || !isFunctionNode(unwrap(self.init)))
        return
      case "MemberExpression":
        visit(self.object, false)
        if (self.property.type === "Computed") visit(self.property.expression, false)
        return
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const global = globalMember(callee)
        const index = callbackIndex(callee)
        visit(self.callee, false)
        self.arguments.forEach(({ expression }, each) => visit(expression, each !== index))
        const makes = (global?.object === "Object" && global.member === "fromEntries") ||
          (global?.object === "JSON" && global.member === "parse" && self.arguments.length > 1)
        if (makes) store(undefined, undefined, self)
        return
      }
      case "UnaryExpression":
        return visit(self.argument, false)
      case "AssignmentExpression": {
        const left = unwrap(self.left)
        if (left.type === "MemberExpression") store(keyAt(left.property), self.right, self)
        else if (left.type !== "Identifier") storeInto(left)
        break
      }
      case "ForOfStatement":
        if (self.left.type !== "VariableDeclaration") storeInto(self.left)
        break
      case "KeyValueProperty":
        store(keyAt(self.key), self.value, self)
        if (self.key.type === "Computed") visit(self.key.expression, false)
        return visit(self.value, true)
      case "MethodProperty":
        handsOn = true
        store(keyAt(self.key), undefined, self)
        break
      case "ObjectExpression":
        for (const property of self.properties) {
          if (property.type === "Identifier") store(property.value, property, property)
        }
        break
      default:
    }
    for (const child of children(node)) visit(child, true)
  }
  for (const node of nodes) visit(node, false)
  return { handsOn, stored }
}
