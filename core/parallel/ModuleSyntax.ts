/**
 * The bindings of one module of the package: its canonical text is plain JavaScript with one declarator in each
 * declaration and one export clause.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel } from "../language/Ast.ts"
import { scopeOf } from "../language/Scope.ts"
import { asName, boundNames, isFunctionSyntax, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { type IsNumericName, numericNames } from "../modules/numericNames.ts"

/** A binding of any scope: its name and SWC's number of its scope. */
export type Key = string

export const keyOf = (name: Name): Key => `${name.value}#${name.ctxt}`

export type FunctionNode = Ast.FunctionDeclaration | Ast.FunctionExpression | Ast.ArrowFunctionExpression

export interface Binding {
  readonly name: string
  readonly kind: "const" | "let" | "var" | "parameter" | "function" | "class" | "import" | "catch"
  readonly offset: number
  /** The function that it always is. */
  readonly fn: FunctionNode | undefined
  /** Whether it always is a primitive value that stands in the text. */
  readonly isLiteral: boolean
  /** The statement that declares it. */
  readonly statement: Ast.AnyNode | undefined
  /** Where it is assigned after its declaration. */
  readonly assigned: Array<number>
}

export interface ImportedName {
  readonly specifier: string
  /** `"*"` for a namespace. */
  readonly imported: string
}

export interface ModuleSyntax {
  readonly path: string
  readonly text: string
  readonly program: Ast.Module
  readonly bindings: ReadonlyMap<Key, Binding>
  /** By local name. */
  readonly imports: ReadonlyMap<string, ImportedName>
  /** Local names of imported things that get properties here, and where. */
  readonly extendedImports: ReadonlyMap<string, number>
  /** Exported name to local name. */
  readonly exports: ReadonlyMap<string, string>
  /** Specifiers of every import, export and `import()`, with the places of their literals. */
  readonly requests: ReadonlyArray<{ readonly specifier: string; readonly start: number; readonly end: number }>
  /** Where a module is imported whose name is no constant. */
  readonly unknownImport: number | undefined
  /** Whether a variable holds nothing but numbers. */
  readonly isNumericName: IsNumericName
}

/** The key of a name of the module's top level. */
export const topKey = (name: string): Key => `${name}#${topLevel}`

export const isFunctionNode = (node: Ast.AnyNode | null | undefined): node is FunctionNode =>
  node !== null && node !== undefined && isFunctionSyntax(node)

const literals: ReadonlySet<string> = new Set([
  "StringLiteral",
  "NumericLiteral",
  "BooleanLiteral",
  "NullLiteral",
  "BigIntLiteral"
])

const isLiteral = (init: Ast.AnyNode): boolean => {
  const self = unwrap(init)
  return self.type === "UnaryExpression"
    ? self.operator === "-" && isLiteral(self.argument)
    : literals.has(self.type)
}

/** Whether `callee` gives properties to its first argument. */
const isExtending = (callee: Ast.AnyNode): boolean => {
  const self = unwrap(callee)
  if (self.type !== "MemberExpression" || !["Object", "Reflect"].includes(asName(unwrap(self.object))?.value ?? "")) {
    return false
  }
  return ["assign", "defineProperty", "defineProperties", "setPrototypeOf", "set"].includes(
    staticKey(self.property) ?? ""
  )
}

/** The names that an assignment to `pattern` writes. */
export const assignedNames = (pattern: Ast.AnyNode): ReadonlyArray<Name> => boundNames(unwrap(pattern))

export const readModule = (path: string, text: string, program: Ast.Module): ModuleSyntax => {
  const bindings = new Map<Key, Binding>()
  const imports = new Map<string, ImportedName>()
  const exports = new Map<string, string>()
  const requests: Array<{ readonly specifier: string; readonly start: number; readonly end: number }> = []
  const assignments: Array<Name> = []
  const extendedImports = new Map<string, number>()
  /** Names of what gets properties. */
  const extended: Array<Name> = []
  const extend = (target: Ast.AnyNode): void => {
    const name = asName(unwrap(target))
    if (name !== undefined) extended.push(name)
  }
  const extendIn = (target: Ast.AnyNode): void => {
    const self = unwrap(target)
    if (self.type === "MemberExpression") extend(self.object)
    else for (const child of children(self)) extendIn(child)
  }
  let unknownImport: number | undefined
  const bind = (
    name: Name,
    kind: Binding["kind"],
    fn?: FunctionNode | undefined,
    statement?: Ast.AnyNode | undefined,
    isLiteral = false
  ): void => {
    const key = keyOf(name)
    const known = bindings.get(key)
    if (known !== undefined) {
      // Declared again, as `var` and functions may be: it is no longer one thing
      if (known.offset !== spanOf(name).start) known.assigned.push(spanOf(name).start)
      return
    }
    bindings.set(key, { name: name.value, kind, offset: spanOf(name).start, fn, isLiteral, statement, assigned: [] })
  }
  const request = (source: Ast.StringLiteral): void => {
    const { end, start } = spanOf(source)
    requests.push({ specifier: source.value, start, end })
  }
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    switch (self.type) {
      case "ImportDeclaration":
        request(self.source)
        for (const each of self.specifiers) {
          const name = asName(each.local)
          if (name === undefined) continue
          bind(name, "import")
          imports.set(name.value, {
            specifier: self.source.value,
            imported: each.type === "ImportSpecifier"
              ? (each.imported ?? each.local).value
              : each.type === "ImportDefaultSpecifier"
              ? "default"
              : "*"
          })
        }
        return
      case "ExportNamedDeclaration":
        if (self.source) request(self.source)
        for (const each of self.specifiers) {
          if (each.type === "ExportSpecifier" && !self.source) {
            exports.set((each.exported ?? each.orig).value, each.orig.value)
          }
        }
        return
      case "ExportAllDeclaration":
        request(self.source)
        return
      case "VariableDeclaration":
        for (const each of self.declarations) {
          const init = each.init ? unwrap(each.init) : undefined
          const only = asName(each.id)
          for (const name of boundNames(each.id)) {
            const isOnly = name === only
            bind(
              name,
              self.kind,
              isOnly && isFunctionNode(init) ? init : undefined,
              self,
              isOnly && self.kind === "const" && init !== undefined && isLiteral(init)
            )
          }
        }
        break
      case "FunctionDeclaration": {
        const name = asName(self.identifier)
        if (name !== undefined) bind(name, "function", self, self)
        for (const each of self.params) for (const parameter of boundNames(each)) bind(parameter, "parameter")
        break
      }
      case "FunctionExpression": {
        const name = asName(self.identifier)
        if (name !== undefined) bind(name, "function", self, self)
        for (const each of self.params) for (const parameter of boundNames(each)) bind(parameter, "parameter")
        break
      }
      case "ArrowFunctionExpression":
        for (const each of self.params) for (const parameter of boundNames(each)) bind(parameter, "parameter")
        break
      case "ClassDeclaration":
      case "ClassExpression": {
        const name = asName(self.identifier)
        if (name !== undefined) bind(name, "class", undefined, self)
        break
      }
      case "AssignmentExpression":
        assignments.push(...assignedNames(self.left))
        extendIn(self.left)
        break
      case "UpdateExpression":
        assignments.push(...assignedNames(self.argument))
        extendIn(self.argument)
        break
      case "ForOfStatement":
      case "ForInStatement":
        if (self.left.type !== "VariableDeclaration") assignments.push(...assignedNames(self.left))
        break
      case "CallExpression":
        if (isExtending(self.callee)) { for (const { expression } of self.arguments.slice(0, 1)) extend(expression) }
        if (self.callee.type === "Import") {
          const source = self.arguments[0]?.expression
          if (source?.type === "StringLiteral") request(source)
          else unknownImport ??= spanOf(self).start
        }
        break
      default:
        // A parameter of a method, the name that `catch` binds
        if ("params" in self && Array.isArray(self.params)) {
          for (const each of self.params) for (const parameter of boundNames(each)) bind(parameter, "parameter")
        }
        if (node.type === "CatchClause" && "param" in node) {
          for (const name of boundNames(node.param as Ast.AnyNode | null)) bind(name, "catch") // a pattern or nothing
        }
    }
    for (const child of children(node)) visit(child)
  }
  visit(program)
  for (const name of assignments) bindings.get(keyOf(name))?.assigned.push(spanOf(name).start)
  for (const name of extended) {
    const binding = bindings.get(keyOf(name))
    // A function with properties is more than its text
    if (binding?.fn !== undefined) binding.assigned.push(spanOf(name).start)
    if (binding?.kind === "import") extendedImports.set(name.value, spanOf(name).start)
  }
  return {
    path,
    text,
    program,
    bindings,
    imports,
    extendedImports,
    exports,
    requests,
    unknownImport,
    isNumericName: numericNames(scopeOf(program))
  }
}

/** The keys that are declared in `node`. */
export const declaredIn = (module: ModuleSyntax, node: Ast.AnyNode): ReadonlySet<Key> => {
  const { end, start } = spanOf(node)
  return new Set(
    [...module.bindings].flatMap(([key, { offset }]) => offset >= start && offset < end ? [key] : [])
  )
}

/** The package path that `specifier` names in the module at `path`, when it is one of the package's own. */
export const packagePathOf = (path: string, specifier: string): string | undefined => {
  if (!specifier.startsWith("./") && !specifier.startsWith("../")) return undefined
  const parts = path.split("/").slice(0, -1)
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== ".") parts.push(decodeURIComponent(part))
  }
  return parts.join("/")
}
