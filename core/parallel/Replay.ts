/**
 * The update of an accumulator: what a statement such as `total += f(x)`, `groups.set(k, (groups.get(k) ?? 0) + 1)` or
 * `(table[key] ??= []).push(row)` does to a variable outside of the loop. Other threads compute the parts in which the
 * accumulator does not occur; the main thread runs the statement with their values, in the original order.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import { asName, isFunctionSyntax, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { globalMember } from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { type Key, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"

/** A part that other threads compute, in the order of the text. */
export interface Hoisted {
  readonly node: Ast.AnyNode
  /** What is spread, and into what: it is copied at once, for the iteration may change it later. */
  readonly spread: "array" | "object" | undefined
  /**
   * How many objects lie between the accumulator and the value, if it ends up there: 1 for `x` in `list.push(x)`, 2 in
   * `table[key].push(x)`; {@link asKey} for a key of a Map. `undefined` for what is only calculated with.
   */
  readonly landing: number | undefined
  /** The key of a property that is written by its variable's name alone. */
  readonly key: string | undefined
}

/** Deeper than any update reaches. */
const asKey = Infinity

/** As deep as anything lies that is stored. */
const everything = 1e9

export interface Replay {
  readonly accumulator: Key
  readonly name: string
  readonly statement: Ast.ExpressionStatement
  readonly hoisted: ReadonlyArray<Hoisted>
  /**
   * How many objects lie between the accumulator and what is changed or read: 0 for `list.push(x)`, 1 for
   * `table[key].push(x)`.
   */
  readonly depth: number
  /** Whether the update itself, on what may be built up, can never fail. */
  readonly isSafe: boolean
  /** For an update that {@link isSafe}. */
  readonly kind: Kind
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

/** Whether evaluating `node` where the program itself may not do it changes nothing and takes no time. */
const isHarmless = (node: Ast.AnyNode): boolean => {
  const self = syntax(node)
  switch (self.type) {
    case "NewExpression":
    case "AwaitExpression":
    case "AssignmentExpression":
    case "UpdateExpression":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "SpreadElement":
      return false
    case "UnaryExpression":
      if (self.operator === "delete") return false
      break
    case "CallExpression":
      if (globalMember(self.callee)?.object !== "Math") return false
      break
    default:
  }
  return children(node).every(isHarmless)
}

const literals: ReadonlySet<string> = new Set(["StringLiteral", "NumericLiteral", "BooleanLiteral", "NullLiteral"])

/** What the accumulator has to be, so that an update of it cannot fail. */
export type Kind = "Array" | "Set" | "Map" | "Keyed" | "Primitive"

const kindOf = (statement: Ast.ExpressionStatement): Kind => {
  const self = unwrap(statement.expression)
  const target = self.type === "AssignmentExpression" ? unwrap(self.left) : self
  if (target.type === "MemberExpression") return "Keyed"
  if (target.type !== "CallExpression" || target.callee.type !== "MemberExpression") return "Primitive"
  const member = staticKey(target.callee.property)
  return member === "add" ? "Set" : member === "set" ? "Map" : "Array"
}

/** Updates of the accumulator itself, by what does not hang on it. */
const isSafe = (statement: Ast.ExpressionStatement, key: Key): boolean => {
  const self = unwrap(statement.expression)
  const isIt = (node: Ast.AnyNode): boolean => {
    const name = asName(unwrap(node))
    return name !== undefined && keyOf(name) === key
  }
  switch (self.type) {
    case "UpdateExpression":
      return isIt(self.argument)
    case "AssignmentExpression": {
      const right = unwrap(self.right)
      if (isIt(self.left)) {
        // Whether the right side is evaluated hangs on the accumulator, and it may fail
        if (["??=", "||=", "&&="].includes(self.operator)) {
          return literals.has(right.type) || (right.type === "Identifier" && !isIt(right))
        }
        const isMath = right.type === "CallExpression" && globalMember(right.callee)?.object === "Math" &&
          right.arguments.every(({ expression, spread }) => !spread && (isIt(expression) || !mentions(expression, key)))
        return !mentions(self.right, key) || isMath
      }
      const left = unwrap(self.left)
      return self.operator === "=" && left.type === "MemberExpression" && isIt(left.object) &&
        !mentions(self.right, key) && staticKey(left.property) !== "length" &&
        (left.property.type !== "Computed" || !mentions(left.property.expression, key))
    }
    case "CallExpression": {
      // What is no list, and is spread, fails with other words
      const callee = unwrap(self.callee)
      return callee.type === "MemberExpression" && isIt(callee.object) &&
        self.arguments.every(({ expression, spread }) => !spread && !mentions(expression, key))
    }
    default:
      return false
  }
}

/** How many members deep `node` reaches into the accumulator: of `list[0].n` it is 2, of `groups.get(k)` 1. */
const reach = (node: Ast.AnyNode): number => {
  const self = unwrap(node)
  switch (self.type) {
    case "MemberExpression":
      return 1 + reach(self.object)
    case "CallExpression":
      return reach(self.callee)
    case "OptionalChainingExpression":
      return reach(self.base)
    case "AssignmentExpression":
      return Math.max(reach(self.left), reach(self.right))
    case "BinaryExpression":
      return Math.max(reach(self.left), reach(self.right))
    case "ConditionalExpression":
      return Math.max(reach(self.consequent), reach(self.alternate))
    default:
      return 0
  }
}

const plainProperties: ReadonlySet<string> = new Set(["KeyValueProperty", "Identifier", "SpreadElement"])

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
  const isAssigned = asName(unwrap(
    plain.type === "AssignmentExpression" ? plain.left
      : plain.type === "UpdateExpression" ? plain.argument : plain
  )) !== undefined
  if (isAssigned && !["let", "var", "parameter", "catch"].includes(binding.kind)) {
    return {
      path: module.path,
      offset: spanOf(statement).start,
      why: `\`${root.value}\` is a constant, and assigning it throws`
    }
  }

  const hoisted: Array<Hoisted> = []
  /** As `depth` of {@link Replay}, of what is read. */
  let deepest = 0
  let odd: Ast.AnyNode | undefined
  let conditional: Ast.AnyNode | undefined
  /** How many parts of the text around may keep this one from being evaluated. */
  let conditions = 0
  const sometimes = (take: () => void): void => {
    conditions += 1
    take()
    conditions -= 1
  }
  const hoist = (node: Ast.AnyNode, landing: number | undefined, spread?: Hoisted["spread"], key?: string): void => {
    if (conditions > 0 && (spread !== undefined || !isHarmless(node))) conditional ??= node
    hoisted.push({ node, spread, landing, key })
  }
  const inside = (landing: number | undefined): number | undefined => landing === undefined ? undefined : landing + 1
  /** Of a text in which the accumulator does not occur. Containers that are written here are made by the main thread. */
  const takePart = (node: Ast.AnyNode, landing: number | undefined): void => {
    const self = unwrap(node)
    switch (self.type) {
      case "StringLiteral":
      case "NumericLiteral":
      case "BooleanLiteral":
      case "NullLiteral":
        return
      case "ArrayExpression":
        // What is made a text of an array looks at its elements, too: they count as lying where it lies
        for (const element of self.elements) {
          if (element?.spread) hoist(element.expression, inside(landing) ?? asKey, "array")
          else if (element) takePart(element.expression, landing)
        }
        return
      case "ObjectExpression":
        if (self.properties.some(({ type }) => !plainProperties.has(type))) return hoist(node, landing)
        for (const property of self.properties) {
          if (property.type === "KeyValueProperty") {
            if (property.key.type === "Computed") hoist(property.key.expression, undefined)
            takePart(property.value, inside(landing))
          } else if (property.type === "Identifier") hoist(property, inside(landing), undefined, property.value)
          else if (property.type === "SpreadElement") hoist(property.arguments, inside(landing) ?? asKey, "object")
        }
        return
      case "NewExpression": {
        const name = asName(unwrap(self.callee))
        const isEmpty = name?.ctxt === unresolved && ["Map", "Set"].includes(name.value) &&
          (self.arguments ?? []).length === 0
        if (!isEmpty) hoist(node, landing)
        return
      }
      default:
        hoist(node, landing)
    }
  }
  /** What stands right of a `?.`, wherever in its chain. */
  const afterChain = (object: Ast.AnyNode): typeof sometimes => {
    const self = syntax(object)
    switch (self.type) {
      case "OptionalChainingExpression":
        return sometimes
      case "MemberExpression":
        return afterChain(self.object)
      case "CallExpression":
        return afterChain(self.callee)
      default:
        return (take) => take()
    }
  }
  /** `landing`: of the value of `node`. What is calculated with is looked at, what is only moved is not. */
  const looksAt = (node: Ast.AnyNode, landing: number | undefined): void => {
    const self = unwrap(node)
    if (self.type === "CallExpression" && globalMember(self.callee) !== undefined) return
    const depth = reach(self)
    const isCalculated = landing === undefined || landing === asKey
    const isCount = self.type === "MemberExpression" && ["length", "size"].includes(staticKey(self.property) ?? "")
    deepest = Math.max(deepest, !isCalculated || isCount ? depth - 1 : depth === 0 ? everything : depth)
  }
  /** What a chain of members and calls begins with, and the keys in it. */
  const takeChain = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    switch (self.type) {
      case "Identifier":
        return
      case "ParenthesisExpression":
        return takeChain(self.expression)
      case "OptionalChainingExpression": {
        // What stands left of `?.` is evaluated in any case
        const base = syntax(self.base)
        if (base.type === "CallExpression") return takeCall(base, sometimes)
        if (base.type === "MemberExpression") return takeMember(base, sometimes)
        odd ??= node
        return
      }
      case "MemberExpression":
        return takeMember(self, afterChain(self.object))
      case "CallExpression":
        return takeCall(self, afterChain(self.callee))
      default:
        // Only moved
        return take(node, 0)
    }
  }
  const takeMember = (self: Ast.MemberExpression, rest: typeof sometimes): void => {
    takeChain(self.object)
    const { property } = self
    if (property.type === "Computed") rest(() => take(property.expression, undefined))
  }
  const takeCall = (self: Ast.CallExpression, rest: typeof sometimes): void => {
    const callee = unwrap(self.callee)
    const member = callee.type === "MemberExpression" ? staticKey(callee.property) ?? "" : ""
    const global = globalMember(callee)
    if (callee.type !== "MemberExpression") odd ??= self
    else if (global?.object === "Math" && KnownCalls.isPlainMember(`Math.${member}`)) {
      for (const { expression, spread } of self.arguments) {
        if (!spread) take(expression, undefined)
        else if (mentions(expression, accumulator)) odd ??= expression
        else hoist(expression, asKey, "array")
      }
    } else if (KnownCalls.replayed.has(member) || KnownCalls.asked.has(member)) {
      takeChain(callee.object)
      const under = KnownCalls.replayed.has(member) ? depthOf(callee.object) + 1 : asKey
      rest(() =>
        self.arguments.forEach(({ expression, spread }, index) => {
          const at = member === "set" && index === 0 ? asKey : under
          if (!spread) take(expression, at)
          else if (mentions(expression, accumulator)) odd ??= expression
          else hoist(expression, at, "array")
        })
      )
    } else odd ??= self
  }
  const take = (node: Ast.AnyNode, landing: number | undefined): void => {
    if (!mentions(node, accumulator)) return takePart(node, landing)
    const self = syntax(node)
    if (isFunctionSyntax(node)) {
      odd ??= node
      return
    }
    switch (self.type) {
      case "Identifier":
        return looksAt(node, landing)
      case "ParenthesisExpression":
        return take(self.expression, landing)
      case "MemberExpression":
      case "OptionalChainingExpression":
        looksAt(node, landing)
        return takeChain(node)
      case "BinaryExpression": {
        const isShort = ["&&", "||", "??"].includes(self.operator)
        const passes = isShort ? landing : undefined
        take(self.left, passes)
        if (!isShort || !mentions(self.left, accumulator)) return take(self.right, passes)
        return sometimes(() => take(self.right, passes))
      }
      case "AssignmentExpression": {
        const isMoved = ["=", "??=", "||=", "&&="].includes(self.operator)
        if (!["Identifier", "MemberExpression"].includes(unwrap(self.left).type)) {
          odd ??= node
          return
        }
        if (self.operator !== "=") looksAt(self.left, isMoved ? 0 : undefined)
        takeChain(self.left)
        if (self.operator === "=") return take(self.right, depthOf(self.left))
        return isMoved ? sometimes(() => take(self.right, depthOf(self.left))) : take(self.right, undefined)
      }
      case "UnaryExpression":
      case "UpdateExpression":
        return take(self.argument, undefined)
      case "ConditionalExpression":
        take(self.test, asKey)
        return sometimes(() => {
          take(self.consequent, landing)
          take(self.alternate, landing)
        })
      case "CallExpression":
        looksAt(node, landing)
        return takeCall(self, afterChain(self.callee))
      default:
        odd ??= node
    }
  }
  // The value of the statement itself goes nowhere
  take(statement.expression, 0)
  if (odd !== undefined) {
    return {
      path: module.path,
      offset: spanOf(odd).start,
      why: `it reads \`${root.value}\`, which the loop builds up, in a way that is no known reduction`
    }
  }
  if (conditional !== undefined) {
    return {
      path: module.path,
      offset: spanOf(conditional).start,
      why: `this is evaluated or not, as it hangs on \`${root.value}\`, which the loop builds up`
    }
  }
  return {
    accumulator,
    name: root.value,
    statement,
    hoisted,
    depth: Math.max(changedDepth(statement.expression), deepest),
    isSafe: isSafe(statement, accumulator),
    kind: kindOf(statement),
    label: `\`${label}\``
  }
}
