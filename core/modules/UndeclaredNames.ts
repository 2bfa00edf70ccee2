/**
 * Uses of names that a module doesn't declare, and whether the module is prepared for a host without them.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, unresolved } from "../language/Ast.ts"
import * as HostTest from "./HostTest.ts"
import { asName, isFunctionSyntax, isTypeSyntax, staticKey, staticString, syntax, unwrap } from "../language/Syntax.ts"

export interface UndeclaredUse {
  readonly name: string
  readonly offset: number
  /** Imported names that the conditions around it mention: one of them may hold the result of a test. */
  readonly conditions: ReadonlyArray<HostTest.ImportedCondition>
}

export interface UndeclaredNames {
  /** Uses that no test of the host and no `try` guards, in the order of the text. */
  readonly unguarded: ReadonlyArray<UndeclaredUse>
  /** Global names that the module gives a value. */
  readonly assigned: ReadonlySet<string>
  /** Top-level names that hold the result of a test of the host. */
  readonly tests: ReadonlySet<string>
}

/** A function, and the binding that names it. */
interface FunctionScope {
  readonly key: HostTest.BindingKey | undefined
  readonly outer: FunctionScope | undefined
}

interface State {
  /** A test of the host decides whether this runs. */
  readonly guarded: boolean
  /** An error that is thrown here is caught. */
  readonly tried: boolean
  readonly conditions: ReadonlyArray<HostTest.ImportedCondition>
  readonly scope: FunctionScope | undefined
}

const globalObjects: ReadonlySet<string> = new Set(["globalThis", "global", "window", "self"])

const isGlobalObject = (node: Ast.AnyNode): boolean => {
  const name = asName(unwrap(node))
  return name?.ctxt === unresolved && globalObjects.has(name.value)
}

/** Whether nothing behind the statement runs. */
const exits = (node: Ast.AnyNode | null | undefined): boolean => {
  if (node === null || node === undefined) return false
  const self = syntax(node)
  switch (self.type) {
    case "ReturnStatement":
    case "ThrowStatement":
    case "ContinueStatement":
    case "BreakStatement":
      return true
    case "BlockStatement":
      return self.stmts.some(exits)
    case "IfStatement":
      return exits(self.consequent) && exits(self.alternate)
    default:
      return false
  }
}

export interface FindOptions {
  /** Whether the top-level name is used from outside the module. */
  readonly isUsedElsewhere: (name: string) => boolean
  /** Whether assigning an undeclared name throws, instead of making a global of it. */
  readonly isStrict: boolean
}

export const find = (module: Ast.Module, { isStrict, isUsedElsewhere }: FindOptions): UndeclaredNames => {
  const tests = HostTest.make(module)
  const uses: Array<UndeclaredUse & { readonly scope: FunctionScope | undefined }> = []
  const assigned = new Set<string>()
  const functions = new Set<HostTest.BindingKey>()
  /** Where each binding is mentioned, but for its declaration. */
  const mentions = new Map<HostTest.BindingKey, Array<State>>()

  const under = (state: State, { imported, isTest }: HostTest.Condition): State =>
    isTest || imported.length > 0
      ? { ...state, guarded: state.guarded || isTest, conditions: [...state.conditions, ...imported] }
      : state

  const visitAll = (nodes: ReadonlyArray<Ast.AnyNode | null | undefined>, state: State): void => {
    for (const node of nodes) if (node !== null && node !== undefined) visit(node, state)
  }

  /** A test that leaves early decides about all that follows. */
  const visitStatements = (statements: ReadonlyArray<Ast.AnyNode>, outer: State): void => {
    let state = outer
    for (const statement of statements) {
      visit(statement, state)
      const self = syntax(statement)
      if (self.type === "IfStatement" && (exits(self.consequent) || exits(self.alternate))) {
        state = under(state, tests.read(self.test))
      }
    }
  }

  const visitFunction = (node: Ast.AnyNode, key: HostTest.BindingKey | undefined, state: State): void => {
    const scope = { key, outer: state.scope }
    if (key !== undefined) functions.add(key)
    for (const child of children(node)) {
      if ("identifier" in node && child === node.identifier) continue
      visit(child, { ...state, scope })
    }
  }

  /** A function that is handed to a call within `try` is taken to run there. */
  const visitOperand = (node: Ast.AnyNode, state: State): void => {
    const self = unwrap(node)
    if (isFunctionSyntax(self)) visitFunction(self, undefined, state)
    else visit(node, state)
  }

  const assign = (target: Ast.AnyNode): void => {
    const self = unwrap(target)
    const name = asName(self)
    if (name?.ctxt === unresolved && !isStrict) assigned.add(name.value)
    if (self.type !== "MemberExpression" || !isGlobalObject(self.object)) return
    const key = staticKey(self.property)
    if (key !== undefined) assigned.add(key)
  }

  /** `Object.assign(globalThis, { a })`, `Object.defineProperty(globalThis, "a", ...)` and kin. */
  const assignByCall = (self: Ast.CallExpression): void => {
    const [target, ...sources] = self.arguments.map(({ expression }) => expression)
    if (target === undefined || !isGlobalObject(target)) return
    for (const source of sources) {
      const key = staticString(source)
      if (key !== undefined) assigned.add(key)
      const object = unwrap(source)
      if (object.type !== "ObjectExpression") continue
      for (const property of object.properties) {
        const own = "key" in property ? staticKey(property.key) : asName(property)?.value
        if (own !== undefined) assigned.add(own)
      }
    }
  }

  const visit = (node: Ast.AnyNode, state: State): void => {
    if (isTypeSyntax(node)) return
    const self = syntax(node)
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return
        if (name.ctxt === unresolved) {
          if (state.guarded || state.tried) return
          uses.push({
            name: name.value,
            offset: spanOf(name).start,
            conditions: state.conditions,
            scope: state.scope
          })
        } else {
          const key = HostTest.keyOf(name)
          const known = mentions.get(key)
          if (known === undefined) mentions.set(key, [state])
          else known.push(state)
        }
        return
      }
      case "UnaryExpression":
        if (self.operator === "typeof" && asName(unwrap(self.argument)) !== undefined) return
        break
      case "ConditionalExpression": {
        visit(self.test, state)
        const inner = under(state, tests.read(self.test))
        return visitAll([self.consequent, self.alternate], inner)
      }
      case "BinaryExpression":
        if (self.operator !== "&&" && self.operator !== "||" && self.operator !== "??") break
        visit(self.left, state)
        return visit(self.right, under(state, tests.read(self.left)))
      case "IfStatement": {
        visit(self.test, state)
        return visitAll([self.consequent, self.alternate], under(state, tests.read(self.test)))
      }
      case "WhileStatement":
      case "DoWhileStatement":
        visit(self.test, state)
        return visit(self.body, under(state, tests.read(self.test)))
      case "ForStatement": {
        visitAll([self.init, self.test], state)
        const inner = self.test ? under(state, tests.read(self.test)) : state
        return visitAll([self.update, self.body], inner)
      }
      case "SwitchStatement": {
        visit(self.discriminant, state)
        let inner = under(state, tests.read(self.discriminant))
        for (const each of self.cases) {
          if (each.test) {
            visit(each.test, inner)
            inner = under(inner, tests.read(each.test))
          }
          visitStatements(each.consequent, inner)
        }
        return
      }
      case "TryStatement":
        visit(self.block, self.handler ? { ...state, tried: true } : state)
        return visitAll([self.handler, self.finalizer], state)
      case "BlockStatement":
        return visitStatements(self.stmts, state)
      case "FunctionDeclaration": {
        const name = asName(self.identifier)
        return visitFunction(self, name === undefined ? undefined : HostTest.keyOf(name), { ...state, tried: false })
      }
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return visitFunction(self, undefined, { ...state, tried: false })
      case "ClassMethod":
      case "PrivateMethod":
      case "Constructor":
      case "MethodProperty":
      case "GetterProperty":
      case "SetterProperty":
        return visitFunction(self, undefined, { ...state, tried: false })
      case "VariableDeclarator": {
        const name = asName(self.id)
        const value = self.init ? unwrap(self.init) : undefined
        if (name !== undefined && value !== undefined && isFunctionSyntax(value)) {
          return visitFunction(value, HostTest.keyOf(name), { ...state, tried: false })
        }
        if (name === undefined) visit(self.id, state)
        return visitAll([self.init], state)
      }
      case "AssignmentExpression": {
        assign(self.left)
        if (asName(unwrap(self.left))?.ctxt !== unresolved || isStrict) visit(self.left, state)
        return visit(self.right, state)
      }
      case "CallExpression":
        assignByCall(self)
        if (self.callee.type !== "Super" && self.callee.type !== "Import") visitOperand(self.callee, state)
        for (const { expression } of self.arguments) visitOperand(expression, state)
        return
      case "ExportDefaultDeclaration":
        return visit(self.decl, state)
      default:
    }
    visitAll(children(self), state)
  }

  visitStatements(module.body, { guarded: false, tried: false, conditions: [], scope: undefined })

  /** Functions that run only where a test of the host has decided so. */
  const guardedFunctions = new Set<HostTest.BindingKey>()
  const isWithinGuarded = (scope: FunctionScope | undefined): boolean => {
    for (let at = scope; at !== undefined; at = at.outer) {
      if (at.key !== undefined && guardedFunctions.has(at.key)) return true
    }
    return false
  }
  const isInside = (scope: FunctionScope | undefined, key: HostTest.BindingKey): boolean => {
    for (let at = scope; at !== undefined; at = at.outer) if (at.key === key) return true
    return false
  }
  for (let before = -1, pass = 0; before !== guardedFunctions.size && pass < HostTest.maxPasses; pass++) {
    before = guardedFunctions.size
    for (const key of functions) {
      if (isUsedElsewhere(key.slice(0, key.lastIndexOf("#")))) continue
      // Calls of itself don't make it run
      const others = (mentions.get(key) ?? []).filter(({ scope }) => !isInside(scope, key))
      if (others.length > 0 && others.every(({ guarded, scope }) => guarded || isWithinGuarded(scope))) {
        guardedFunctions.add(key)
      }
    }
  }
  return {
    unguarded: uses.flatMap(({ conditions, name, offset, scope }) =>
      isWithinGuarded(scope) ? [] : [{ name, offset, conditions }]
    ).sort((a, b) => a.offset - b.offset),
    assigned,
    tests: tests.names
  }
}
