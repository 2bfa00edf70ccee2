/**
 * Tests of what the host has: `typeof window !== "undefined"`, `"document" in globalThis`, `process.versions.node`.
 */
import type * as Ast from "../language/Ast.ts"
import { children, topLevel, unresolved } from "../language/Ast.ts"
import { asName, boundNames, isFunctionSyntax, isTypeSyntax, type Name, staticKey, syntax,
  unwrap } from "../language/Syntax.ts"

/** How often flags are followed to the flags that they are made of. Behind that, a warning too many does no harm. */
export const maxPasses = 32

/** A name of a scope: one name can mean several things in a module. */
export type BindingKey = string

export const keyOf = ({ ctxt, value }: Name): BindingKey => `${value}#${ctxt}`

/** A use of an imported name in a condition: what it holds is decided in another module. */
export interface ImportedCondition {
  readonly local: string
  /** The property that is read of it, if one is. */
  readonly member: string | undefined
}

/** What a condition depends on. */
export interface Condition {
  readonly isTest: boolean
  readonly imported: ReadonlyArray<ImportedCondition>
}

export interface HostTests {
  /** Whether `condition` depends on what the host has. */
  readonly read: (condition: Ast.AnyNode) => Condition
  /** Top-level names whose value depends on it. */
  readonly names: ReadonlySet<string>
}

/** Objects whose properties tell one host from another. */
const hostObjects: ReadonlySet<string> = new Set([
  "globalThis",
  "global",
  "window",
  "self",
  "process",
  "navigator",
  "document"
])

/** What every module has of `import.meta`, wherever it runs. */
const metaPlaces: ReadonlySet<string> = new Set(["url", "dirname", "filename", "resolve", "main"])

/** The names of a member chain, the root first: `process.env.A`. Unknown names are empty. */
const chainOf = (node: Ast.AnyNode): { readonly root: Ast.AnyNode; readonly keys: ReadonlyArray<string> } => {
  const self = unwrap(node)
  if (self.type !== "MemberExpression") return { root: self, keys: [] }
  const { keys, root } = chainOf(self.object)
  return { root, keys: [...keys, staticKey(self.property) ?? ""] }
}

/** The expressions in a member chain: its root, and computed keys. */
const linksOf = (node: Ast.AnyNode): ReadonlyArray<Ast.AnyNode> => {
  const self = unwrap(node)
  if (self.type !== "MemberExpression") return [self]
  return [...linksOf(self.object), ...(self.property.type === "Computed" ? [self.property.expression] : [])]
}

/** Whether reading the member asks the host for something. An environment variable is the user's word, not the host's. */
const asksHost = (node: Ast.AnyNode): boolean => {
  const { keys, root } = chainOf(node)
  if (root.type === "MetaProperty") return keys.length > 0 && !metaPlaces.has(keys[0] ?? "")
  const name = asName(root)
  if (name?.ctxt !== unresolved || !hostObjects.has(name.value)) return false
  const own = name.value === "process" ? keys : keys[0] === "process" ? keys.slice(1) : undefined
  return own === undefined || own[0] !== "env" || own.length === 1
}

const isUnresolved = (node: Ast.AnyNode): boolean => asName(chainOf(node).root)?.ctxt === unresolved

/** Finds the bindings of `module` that hold the result of such a test, and reads conditions with that knowledge. */
export const make = (module: Ast.Module): HostTests => {
  const imports = new Set<string>()
  const tests = new Set<BindingKey>()
  /** Bindings, and what gives them their values. */
  const givers: Array<{ readonly keys: ReadonlyArray<BindingKey>; readonly value: Ast.AnyNode }> = []

  const collect = (node: Ast.AnyNode): void => {
    if (isTypeSyntax(node)) return
    const self = syntax(node)
    const give = (target: Ast.AnyNode, value: Ast.AnyNode): void => {
      const root = asName(chainOf(target).root)
      const names = root === undefined ? boundNames(target) : [root]
      givers.push({ keys: names.map(keyOf), value })
      // `const { document } = globalThis` reads the members
      const source = asName(unwrap(value))
      if (target.type === "ObjectPattern" && source?.ctxt === unresolved && hostObjects.has(source.value)) {
        for (const name of names) tests.add(keyOf(name))
      }
    }
    switch (self.type) {
      case "ImportDeclaration":
        for (const { local } of self.specifiers) imports.add(local.value)
        return
      case "VariableDeclarator":
        if (self.init) give(self.id, self.init)
        break
      case "AssignmentExpression":
        give(self.left, self.right)
        break
      case "AssignmentPattern":
        give(self.left, self.right)
        break
      case "FunctionDeclaration": {
        const name = asName(self.identifier)
        if (name !== undefined) givers.push({ keys: [keyOf(name)], value: self })
        break
      }
      default:
    }
    for (const child of children(self)) collect(child)
  }

  const read = (condition: Ast.AnyNode): Condition => {
    let isTest = false
    const imported: Array<ImportedCondition> = []
    const visit = (node: Ast.AnyNode): void => {
      if (isTest || isTypeSyntax(node)) return
      const self = unwrap(node)
      if (isFunctionSyntax(self)) return
      if (self.type === "UnaryExpression" && self.operator === "typeof" && isUnresolved(self.argument)) isTest = true
      else if (self.type === "BinaryExpression" && self.operator === "in" && isUnresolved(self.right)) isTest = true
      else if (self.type === "MemberExpression" && asksHost(self)) isTest = true
      else if (self.type === "CallExpression" && isFunctionSyntax(unwrap(self.callee))) {
        isTest = returnsTest(unwrap(self.callee))
      } else {
        const name = asName(self)
        const object = self.type === "MemberExpression" ? asName(unwrap(self.object)) : undefined
        const used = name ?? object
        if (used !== undefined && tests.has(keyOf(used))) isTest = true
        else if (used?.ctxt === topLevel && imports.has(used.value)) {
          imported.push({
            local: used.value,
            member: self.type === "MemberExpression" ? staticKey(self.property) : undefined
          })
        }
      }
      // Of a member chain, its root and what is computed in it: `process.env` in `process.env.A` is no test
      if (!isTest) {
        for (const child of self.type === "MemberExpression" ? linksOf(self) : children(self)) {
          visit(child)
        }
      }
    }
    visit(condition)
    return { isTest, imported }
  }

  /** Whether what the function returns depends on a test. */
  const returnsTest = (fn: Ast.AnyNode): boolean => {
    const body = "body" in fn ? fn.body as Ast.AnyNode | null | undefined : undefined // a statement or an expression
    if (body === null || body === undefined) return false
    if (body.type !== "BlockStatement") return read(body).isTest
    const search = (node: Ast.AnyNode, decided: boolean): boolean => {
      const self = syntax(node)
      if (isFunctionSyntax(self) || isTypeSyntax(self)) return false
      switch (self.type) {
        case "ReturnStatement":
          return decided || (self.argument ? read(self.argument).isTest : false)
        case "IfStatement":
          return children(self).some((child) => search(child, decided || read(self.test).isTest))
        case "TryStatement":
          // `try { document; return true } catch { return false }`
          return children(self).some((child) => search(child, decided || (self.handler ? mentions(self.block) : false)))
        default:
          return children(self).some((child) => search(child, decided))
      }
    }
    return search(body, false)
  }

  const mentions = (node: Ast.AnyNode): boolean =>
    asName(node)?.ctxt === unresolved || (!isTypeSyntax(node) && children(node).some(mentions))

  for (const statement of module.body) collect(statement)
  for (let before = -1, pass = 0; before !== tests.size && pass < maxPasses; pass++) {
    before = tests.size
    for (const { keys, value } of givers) {
      if (keys.every((key) => tests.has(key))) continue
      const self = unwrap(value)
      if (isFunctionSyntax(self) ? returnsTest(self) : read(self).isTest) { for (const key of keys) tests.add(key) }
    }
  }
  const suffix = `#${topLevel}`
  return {
    read,
    names: new Set([...tests].flatMap((key) => key.endsWith(suffix) ? [key.slice(0, -suffix.length)] : []))
  }
}
