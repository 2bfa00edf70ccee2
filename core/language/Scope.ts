/**
 * What each name of a module is bound to: what declares it, and everything that it is ever given.
 */
import type * as Ast from "./Ast.ts"
import { children, spanOf, topLevel, unresolved } from "./Ast.ts"
import { asName, boundNames, type Name, staticKey, syntax, unwrap } from "./Syntax.ts"

export interface Declaration {
  readonly kind: "function" | "variable" | "constant" | "other"
  /** Of the declaration, or of the declarator. */
  readonly start: number
  /** Whether it stands at the top of the module itself, and in no block. */
  readonly isStatement: boolean
}

export interface Given {
  /** An expression: of an assignment or an update the whole of it. `undefined`: anything. */
  readonly value: Ast.AnyNode | undefined
  /** The name under which an import or a pattern takes it out of something else. */
  readonly key?: string | undefined
  /** Where the declarator or the assignment begins. */
  readonly start: number
}

export interface Binding {
  readonly declarations: ReadonlyArray<Declaration>
  readonly given: ReadonlyArray<Given>
}

export interface Scope {
  /** Of a top-level name. */
  readonly topLevel: (name: string) => Binding | undefined
  /** By {@link keyOf}. */
  readonly bindings: ReadonlyMap<string, Binding>
  /** Whether code that cannot be seen (`eval`, `with`) may give any of them anything. */
  readonly isOpen: boolean
}

/** Two names are one variable if they have the same key. */
export const keyOf = ({ ctxt, value }: Pick<Name, "ctxt" | "value">): string => `${value}#${ctxt}`

export const scopeOf = (module: Ast.Module): Scope => {
  const bindings = new Map<string, { readonly declarations: Array<Declaration>; readonly given: Array<Given> }>()
  /** Names of functions that stand in blocks: scripts give them to the variable around, too. */
  const hoisted: Array<Name> = []
  let isOpen = false
  const bindingOf = (name: Name) => {
    const key = keyOf(name)
    let binding = bindings.get(key)
    if (binding === undefined) bindings.set(key, binding = { declarations: [], given: [] })
    return binding
  }
  const declare = (name: Name, declaration: Declaration): void => void bindingOf(name).declarations.push(declaration)
  const give = (name: Name, given: Given): void => void bindingOf(name).given.push(given)
  /** Gives the names of a pattern what it is given itself, or parts of that. */
  const bind = (pattern: Ast.AnyNode | null | undefined, value: Ast.AnyNode | undefined, start: number): void => {
    if (!pattern) return
    const own = asName(unwrap(pattern))
    if (own !== undefined) return give(own, { value, start })
    const keys = new Map<string, string | undefined>()
    const self = unwrap(pattern)
    if (self.type === "ObjectPattern") {
      for (const property of self.properties) {
        if (property.type !== "KeyValuePatternProperty") continue
        const name = asName(unwrap(property.value))
        if (name !== undefined) keys.set(keyOf(name), staticKey(property.key))
      }
    }
    for (const name of boundNames(self)) give(name, { value: undefined, key: keys.get(keyOf(name)), start })
  }
  const parameters = (list: ReadonlyArray<Ast.AnyNode>): void => {
    for (const each of list) {
      const { start } = spanOf(each)
      for (const name of boundNames(each)) declare(name, { kind: "other", start, isStatement: false })
      bind(each, undefined, start)
    }
  }
  const declarators = (
    list: ReadonlyArray<Ast.VariableDeclarator>,
    kind: Declaration["kind"],
    isStatement: boolean,
    isGiven: boolean
  ): void => {
    for (const each of list) {
      const { start } = spanOf(each)
      for (const name of boundNames(each.id)) declare(name, { kind, start, isStatement })
      if (isGiven) bind(each.id, undefined, start)
      else if (each.init) bind(each.id, each.init, start)
    }
  }

  const visit = (node: Ast.AnyNode, isStatement: boolean): void => {
    const self = syntax(node)
    switch (self.type) {
      case "ExportDeclaration":
        return visit(self.declaration, isStatement)
      case "ImportDeclaration":
        for (const each of self.specifiers) {
          const name = asName(each.local)
          if (name === undefined) continue
          const { start } = spanOf(each)
          declare(name, { kind: "other", start, isStatement: false })
          const key = each.type === "ImportSpecifier" ? (each.imported ?? each.local).value : undefined
          give(name, { value: undefined, key, start })
        }
        return
      case "VariableDeclaration":
        declarators(self.declarations, self.kind === "const" ? "constant" : "variable", isStatement, false)
        break
      case "UsingDeclaration":
        declarators(self.decls, "constant", isStatement, false)
        break
      case "FunctionDeclaration":
      case "ClassDeclaration": {
        const name = asName(self.identifier)
        const { start } = spanOf(self)
        const kind = self.type === "FunctionDeclaration" ? "function" : "other"
        if (name !== undefined) {
          declare(name, { kind, start, isStatement })
          give(name, { value: self, start })
          if (kind === "function" && !isStatement) hoisted.push(name)
        }
        break
      }
      case "TsEnumDeclaration":
      case "TsModuleDeclaration":
      case "TsImportEqualsDeclaration": {
        const name = asName(self.id)
        const { start } = spanOf(self)
        if (name !== undefined) declare(name, { kind: "other", start, isStatement })
        break
      }
      case "TsModuleBlock":
        // What a namespace exports is a property, which others assign
        for (const each of self.body) {
          if (each.type !== "ExportDeclaration" || each.declaration.type !== "VariableDeclaration") continue
          for (const { id } of each.declaration.declarations) bind(id, undefined, spanOf(each).start)
        }
        break
      case "AssignmentExpression":
        bind(self.left, asName(unwrap(self.left)) === undefined ? undefined : self, spanOf(self).start)
        break
      case "UpdateExpression":
        bind(self.argument, self, spanOf(self).start)
        break
      case "ForInStatement":
      case "ForOfStatement":
        if (self.left.type !== "VariableDeclaration") bind(self.left, undefined, spanOf(self).start)
        else declarators(self.left.declarations, "variable", false, true)
        break
      case "TryStatement":
        if (self.handler?.param) parameters([self.handler.param])
        break
      case "SetterProperty":
        parameters([self.param])
        break
      case "CallExpression": {
        const callee = asName(unwrap(self.callee))
        if (callee?.value === "eval" && callee.ctxt === unresolved) isOpen = true
        break
      }
      case "WithStatement":
        isOpen = true
        break
      default:
    }
    if ("params" in self && Array.isArray(self.params)) parameters(self.params as ReadonlyArray<Ast.AnyNode>)
    for (const child of children(self)) visit(child, false)
  }
  for (const statement of module.body) visit(statement, true)
  for (const { value } of hoisted) {
    for (const [key, { given }] of bindings) {
      if (key.slice(0, key.lastIndexOf("#")) === value) given.push({ value: undefined, start: -1 })
    }
  }
  return {
    topLevel: (name) => bindings.get(keyOf({ value: name, ctxt: topLevel })),
    bindings,
    isOpen
  }
}
