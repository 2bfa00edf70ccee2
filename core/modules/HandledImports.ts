/**
 * Dynamic imports whose failure the code is prepared for: a handler takes the rejection of the promise, or of one that
 * comes from it.
 */
import { asName, isFunctionSyntax, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children, spanOf } from "../language/Ast.ts"

/** Functions of `Promise` that reject, or say so, when one of their promises rejects. */
const combining: ReadonlySet<string> = new Set(["all", "allSettled", "any", "race", "resolve"])

const isPromise = (node: Ast.AnyNode): boolean => asName(unwrap(node))?.value === "Promise"

const keyOf = (node: Ast.AnyNode): string | undefined => {
  const name = asName(unwrap(node))
  return name === undefined ? undefined : `${name.value}#${name.ctxt}`
}

/** Offsets of the calls of `import()` in `module` whose rejection is handled. */
export const handledImports = (module: Ast.Module): ReadonlySet<number> => {
  const offsets = new Set<number>()
  /** Variables and functions that give such a promise somewhere. */
  const names = new Set<string>()
  const pending: Array<string> = []
  const handleName = (node: Ast.AnyNode): void => {
    const key = keyOf(node)
    if (key === undefined || names.has(key)) return
    names.add(key)
    pending.push(key)
  }

  /** All imports in a function whose result is a handled promise. */
  const handleWithin = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "CallExpression" && self.callee.type === "Import") offsets.add(spanOf(self).start)
    for (const child of children(self)) handleWithin(child)
  }

  const handle = (node: Ast.AnyNode): void => {
    const self = unwrap(node)
    if (isFunctionSyntax(self)) return handleWithin(self)
    switch (self.type) {
      case "Identifier":
        return handleName(self)
      case "AwaitExpression":
        return handle(self.argument)
      case "AssignmentExpression":
        return handle(self.right)
      case "SequenceExpression": {
        const last = self.expressions[self.expressions.length - 1]
        return last === undefined ? undefined : handle(last)
      }
      case "ConditionalExpression":
        handle(self.consequent)
        return handle(self.alternate)
      case "BinaryExpression":
        handle(self.left)
        return handle(self.right)
      case "ArrayExpression":
        for (const element of self.elements) if (element) handle(element.expression)
        return
      case "CallExpression": {
        if (self.callee.type === "Import") {
          offsets.add(spanOf(self).start)
          return
        }
        const callee = unwrap(self.callee)
        if (callee.type !== "MemberExpression") return handle(callee)
        const method = staticKey(callee.property) ?? ""
        if (isPromise(callee.object)) {
          if (combining.has(method)) { for (const { expression } of self.arguments) handle(expression) }
          return
        }
        // Methods of a promise give one that takes its rejection over; those of a list, what their function gives
        handle(callee.object)
        for (const { expression } of self.arguments) {
          if (isFunctionSyntax(unwrap(expression))) handleWithin(expression)
        }
        return
      }
      default:
    }
  }

  let tries = 0
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "CallExpression") {
      const callee = unwrap(self.callee)
      const method = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
      if (callee.type === "MemberExpression") {
        if (method === "catch" && self.arguments.length > 0) handle(callee.object)
        if (method === "then" && self.arguments.length > 1) handle(callee.object)
        if (isPromise(callee.object) && (method === "allSettled" || method === "any")) handle(self)
      }
    }
    if (self.type === "AwaitExpression" && tries > 0) handle(self.argument)
    if (self.type === "TryStatement" && self.handler) {
      tries += 1
      visit(self.block)
      tries -= 1
      visit(self.handler)
      if (self.finalizer) visit(self.finalizer)
      return
    }
    for (const child of children(self)) visit(child)
  }
  for (const statement of module.body) visit(statement)

  /** What a variable or function is, wherever it is declared or assigned. */
  const follow = (node: Ast.AnyNode, key: string): void => {
    const self = syntax(node)
    if (self.type === "VariableDeclarator" && self.init && keyOf(self.id) === key) handle(self.init)
    if (self.type === "AssignmentExpression" && keyOf(self.left) === key) handle(self.right)
    if (self.type === "FunctionDeclaration" && keyOf(self.identifier) === key) handleWithin(self)
    for (const child of children(self)) follow(child, key)
  }
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    for (const statement of module.body) follow(statement, key)
  }
  return offsets
}
