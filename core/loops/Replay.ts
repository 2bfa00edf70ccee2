/**
 * The update of an accumulator: what a statement such as `total += f(x)`, `groups.set(k, (groups.get(k) ?? 0) + 1)` or
 * `(table[key] ??= []).push(row)` does to a variable outside of the loop. Other threads compute the parts in which the
 * accumulator does not occur; the main thread runs the statement with their values, in the original order.
 */
import type * as Ast from "../syntax/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../syntax/Ast.ts"
import { asName, isFunctionSyntax, type Name, staticKey, syntax, unwrap } from "../analyse/Syntax.ts"
import { globalMember } from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { type Key, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"

export interface Replay {
  readonly accumulator: Key
  readonly name: string
  readonly statement: Ast.ExpressionStatement
  /** In the order of the text; a spread is given by the expression that it spreads. */
  readonly hoisted: ReadonlyArray<Ast.AnyNode>
  /** How many objects lie between the accumulator and what is changed: 0 for `list.push(x)`, 1 for `table[key].push(x)`. */
  readonly depth: number
  /** "`total +=`". */
  readonly label: string
}

/** The variable at the root of `a.b[c]`, of `(a[b] ??= [])` or of `a.get(b)`. */
const rootOf = (node: Ast.AnyNode): Name | undefined => {
  const self = unwrap(node)
  switch (self.type) {
    case "Identifier":
      return asName(self)
    case "MemberExpression":
      return rootOf(self.object)
    case "AssignmentExpression":
      return unwrap(self.left).type === "MemberExpression" ? rootOf(self.left) : undefined
    default:
      return undefined
  }
}

const depthOf = (node: Ast.AnyNode): number => {
  const self = unwrap(node)
  return self.type === "MemberExpression"
    ? 1 + depthOf(self.object)
    : self.type === "AssignmentExpression"
    ? depthOf(self.left)
    : 0
}

/** Of the object that `expression` changes. */
const changedDepth = (expression: Ast.AnyNode): number => {
  const self = unwrap(expression)
  const target = self.type === "AssignmentExpression"
    ? self.left
    : self.type === "UpdateExpression"
    ? self.argument
    : self.type === "CallExpression"
    ? self.callee
    : self
  return Math.max(0, depthOf(target) - 1)
}

/** What `expression` updates, and how it is called. */
const targetOf = (expression: Ast.AnyNode): { readonly root: Name; readonly label: string } | undefined => {
  const self = unwrap(expression)
  const labelled = (target: Ast.AnyNode, how: string) => {
    const root = rootOf(target)
    const inside = unwrap(target).type === "Identifier" ? "" : "[...]"
    return root === undefined ? undefined : { root, label: `${root.value}${inside} ${how}` }
  }
  switch (self.type) {
    case "AssignmentExpression": {
      const right = unwrap(self.right)
      const extreme = right.type === "CallExpression" && globalMember(right.callee)?.object === "Math"
        ? `Math.${globalMember(right.callee)?.member}`
        : self.operator
      return ["Identifier", "MemberExpression"].includes(unwrap(self.left).type) ? labelled(self.left, extreme)
        : undefined
    }
    case "UpdateExpression":
      return labelled(self.argument, self.operator)
    case "CallExpression": {
      const callee = unwrap(self.callee)
      const member = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
      if (callee.type !== "MemberExpression" || member === undefined || !KnownCalls.replayed.has(member)) {
        return undefined
      }
      const root = rootOf(callee.object)
      const inside = unwrap(callee.object).type === "Identifier" ? "" : "[...]"
      return root === undefined ? undefined : { root, label: `${root.value}${inside}.${member}` }
    }
    default:
      return undefined
  }
}

const mentions = (node: Ast.AnyNode, key: Key): boolean => {
  const name = asName(node)
  if (name !== undefined) return keyOf(name) === key
  return children(node).some((child) => mentions(child, key))
}

/** Whether `statement` updates a variable that is declared outside of `own` and inside of a function. */
export const replayOf = (
  module: ModuleSyntax,
  own: ReadonlySet<Key>,
  statement: Ast.ExpressionStatement
): Replay | Obstacle | undefined => {
  const target = targetOf(statement.expression)
  if (target === undefined) return undefined
  const { label, root } = target
  const accumulator = keyOf(root)
  if (own.has(accumulator) || root.ctxt === unresolved || root.ctxt === topLevel) return undefined
  const binding = module.bindings.get(accumulator)
  const plain = unwrap(statement.expression)
  if (
    plain.type === "AssignmentExpression" && plain.operator === "=" && asName(unwrap(plain.left)) !== undefined &&
    !mentions(plain.right, accumulator)
  ) {
    return {
      path: module.path,
      offset: spanOf(statement).start,
      why: `\`${root.value}\` is declared outside of the loop, and is given another value here`
    }
  }
  if (binding === undefined) return undefined

  const hoisted: Array<Ast.AnyNode> = []
  let odd: Ast.AnyNode | undefined
  const take = (node: Ast.AnyNode): void => {
    if (!mentions(node, accumulator)) {
      // A constant of the text needs no other thread
      if (!["StringLiteral", "NumericLiteral", "BooleanLiteral", "NullLiteral"].includes(unwrap(node).type)) {
        hoisted.push(node)
      }
      return
    }
    const self = syntax(node)
    if (isFunctionSyntax(node)) {
      odd ??= node
      return
    }
    switch (self.type) {
      case "Identifier":
        return
      case "ParenthesisExpression":
        return take(self.expression)
      case "OptionalChainingExpression":
        return take(self.base)
      case "MemberExpression":
        take(self.object)
        if (self.property.type === "Computed") take(self.property.expression)
        return
      case "BinaryExpression":
      case "AssignmentExpression":
        if (
          self.type === "AssignmentExpression" && !["Identifier", "MemberExpression"].includes(unwrap(self.left).type)
        ) {
          odd ??= node
          return
        }
        take(self.left)
        return take(self.right)
      case "UnaryExpression":
      case "UpdateExpression":
        return take(self.argument)
      case "ConditionalExpression":
        take(self.test)
        take(self.consequent)
        return take(self.alternate)
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const member = callee.type === "MemberExpression" ? staticKey(callee.property) ?? "" : ""
        const global = globalMember(callee)
        if (callee.type !== "MemberExpression") odd ??= node
        else if (global?.object === "Math" && KnownCalls.namespaceMembers.get("Math")?.has(member) === true) {
          for (const { expression } of self.arguments) take(expression)
        } else if (KnownCalls.replayed.has(member) || KnownCalls.asked.has(member)) {
          take(callee.object)
          for (const { expression } of self.arguments) take(expression)
        } else odd ??= node
        return
      }
      default:
        odd ??= node
    }
  }
  take(statement.expression)
  if (odd !== undefined) {
    return {
      path: module.path,
      offset: spanOf(odd).start,
      why: `it reads \`${root.value}\`, which the loop builds up, in a way that is no known reduction`
    }
  }
  return {
    accumulator,
    name: root.value,
    statement,
    hoisted,
    depth: changedDepth(statement.expression),
    label: `\`${label}\``
  }
}
