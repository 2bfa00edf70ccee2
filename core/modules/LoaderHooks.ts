/**
 * Calls that change how Node finds and reads modules: `register` and `registerHooks` of `node:module`.
 */
import { asName, staticKey, staticString, syntax, unwrap } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, unresolved } from "../language/Ast.ts"

const hookFunctions: ReadonlySet<string> = new Set(["register", "registerHooks"])

const isModuleOfNode = (specifier: string | undefined): boolean => specifier === "node:module" || specifier === "module"

/** `require("node:module")`, `await import("node:module")`, and their `default`. */
const isRequested = (node: Ast.AnyNode): boolean => {
  const self = unwrap(node)
  if (self.type === "AwaitExpression") return isRequested(self.argument)
  if (self.type === "MemberExpression") return staticKey(self.property) === "default" && isRequested(self.object)
  if (self.type !== "CallExpression") return false
  const callee = asName(self.callee)
  const isRequest = self.callee.type === "Import" || (callee?.value === "require" && callee.ctxt === unresolved)
  return isRequest && isModuleOfNode(staticString(self.arguments[0]?.expression))
}

const keyOf = (node: Ast.AnyNode): string | undefined => {
  const name = asName(unwrap(node))
  return name === undefined ? undefined : `${name.value}#${name.ctxt}`
}

/** Offsets of the calls in `module` that register hooks of the module loader. */
export const loaderHooks = (module: Ast.Module): ReadonlyArray<number> => {
  /** Variables that hold `node:module`, and those that hold one of the functions. */
  const holders = new Set<string>()
  const functions = new Set<string>()
  const add = (set: Set<string>, node: Ast.AnyNode): void => {
    const key = keyOf(node)
    if (key !== undefined) set.add(key)
  }
  const isHolder = (node: Ast.AnyNode): boolean => {
    const self = unwrap(node)
    if (self.type === "MemberExpression" && staticKey(self.property) === "default") return isHolder(self.object)
    return isRequested(self) || holders.has(keyOf(self) ?? "")
  }

  const declare = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "ImportDeclaration" && isModuleOfNode(self.source.value)) {
      for (const specifier of self.specifiers) {
        if (specifier.type !== "ImportSpecifier") add(holders, specifier.local)
        else if (hookFunctions.has((specifier.imported ?? specifier.local).value)) add(functions, specifier.local)
        else if (specifier.imported?.value === "default") add(holders, specifier.local)
      }
    }
    if (self.type === "VariableDeclarator" && self.init) {
      if (self.id.type === "ObjectPattern" && isHolder(self.init)) {
        for (const property of self.id.properties) {
          if (property.type === "AssignmentPatternProperty" && hookFunctions.has(property.key.value)) {
            add(functions, property.key)
          } else if (property.type === "KeyValuePatternProperty" && hookFunctions.has(staticKey(property.key) ?? "")) {
            add(functions, property.value)
          }
        }
      } else if (isHolder(self.init)) add(holders, self.id)
      else {
        const init = unwrap(self.init)
        const isMember = init.type === "MemberExpression" && hookFunctions.has(staticKey(init.property) ?? "")
        if (isMember && isHolder(init.object)) add(functions, self.id)
      }
    }
    for (const child of children(self)) declare(child)
  }
  for (const statement of module.body) declare(statement)

  const found: Array<number> = []
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "CallExpression") {
      const callee = unwrap(self.callee)
      const isMember = callee.type === "MemberExpression" && hookFunctions.has(staticKey(callee.property) ?? "") &&
        isHolder(callee.object)
      if (isMember || functions.has(keyOf(callee) ?? "")) found.push(spanOf(self).start)
    }
    for (const child of children(self)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return found
}
