/**
 * `using` as `try` and `finally`: a block that declares resources becomes
 *
 *     const scope = {...};
 *     try { const a = use(scope, value, false); ... } catch (error) { fail(scope, error) } finally { dispose(scope) }
 *
 * All of its statements go into the `try`, so that each still sees the others. What a module's top level declares is hoisted
 * out of it, for functions and exports.
 */
import { boundNames, isTypeSyntax, type UsingDeclaration } from "../../../../language/Syntax.ts"
import * as Ast from "../../../../language/Ast.ts"
import type { Edits } from "../../../Edits.ts"
import type { Context, TextRule } from "../TextRule.ts"
import { disposalHelpers } from "./disposalHelpers.ts"
import { nameValue } from "./namedValue.ts"

const scope = "clustrix$scope"

const opening = `const ${scope}={resources:[],error:void 0,failed:false};try{`

const closing = (isAsync: boolean): string => {
  const dispose = `clustrix$dispose(${scope})`
  const end = isAsync ? `const clustrix$wait=${dispose};if(clustrix$wait)await clustrix$wait` : dispose
  return `}catch(clustrix$error){clustrix$fail(${scope},clustrix$error)}finally{${end}}`
}

const isUsing = (node: Ast.AnyNode): node is UsingDeclaration => node.type === "UsingDeclaration"

/** Puts the nodes from `first` to `last` into the `try`. */
const guard = (first: Ast.AnyNode, last: Ast.AnyNode, isAsync: boolean, { edits, helpers }: Context): void => {
  helpers.add(disposalHelpers)
  edits.wrap(Ast.spanOf(first).start, Ast.spanOf(last).end, opening, closing(isAsync))
}

/** Registers each resource of the declaration where it is initialised. */
const register = ({ decls, isAwait }: UsingDeclaration, edits: Edits): void => {
  for (const { id, init } of decls) {
    if (init === undefined || init === null) continue
    const { end, start } = Ast.spanOf(init)
    edits.wrap(start, end, `clustrix$use(${scope},`, `,${isAwait})`)
    if (id.type === "Identifier") nameValue(init, JSON.stringify(id.value), edits)
  }
}

/** Replaces the keyword, `using` or `await using`. */
const declare = (declaration: UsingDeclaration, keyword: string, edits: Edits): void => {
  const [first] = declaration.decls
  if (first !== undefined) edits.replace(Ast.spanOf(declaration).start, Ast.spanOf(first).start, keyword)
}

const isDirective = (statement: Ast.AnyNode): boolean =>
  statement.type === "ExpressionStatement" && "expression" in statement &&
  // The expression of a statement is a node
  (statement.expression as Ast.AnyNode).type === "StringLiteral"

/** Registers the resources that the statements of one list declare. */
const inList = (statements: ReadonlyArray<Ast.AnyNode>, edits: Edits): void => {
  for (const declaration of statements.filter(isUsing)) {
    declare(declaration, "const ", edits)
    register(declaration, edits)
  }
}

/** Whether the end of a list waits for one of its resources; `undefined` without any. */
const waits = (statements: ReadonlyArray<Ast.AnyNode>): boolean | undefined => {
  const declarations = statements.filter(isUsing)
  return declarations.length === 0 ? undefined : declarations.some(({ isAwait }) => isAwait)
}

const block = ({ stmts }: Ast.BlockStatement, context: Context): void => {
  const isAsync = waits(stmts)
  const first = stmts.find((statement) => !isDirective(statement))
  const last = stmts.at(-1)
  if (isAsync === undefined || first === undefined || last === undefined) return
  guard(first, last, isAsync, context)
  inList(stmts, context.edits)
}

/** `for (using x of y) body`: `x` is declared in each turn. */
const loop = ({ body, left: head }: Ast.ForOfStatement, { edits, helpers }: Context): void => {
  const left: Ast.AnyNode = head
  if (!isUsing(left)) return
  const [resource] = left.decls
  if (resource?.id.type !== "Identifier") return
  helpers.add(disposalHelpers)
  const { end, start } = Ast.spanOf(left)
  edits.replace(start, end, "const clustrix$resource")
  const use = `const ${resource.id.value}=clustrix$use(${scope},clustrix$resource,${left.isAwait});`
  const inner = Ast.spanOf(body)
  const [open, close] = body.type === "BlockStatement" ? ["", ""] : ["{", "}"]
  edits.wrap(inner.start, inner.end, `{${opening}${use}${open}`, `${close}${closing(left.isAwait)}}`)
}

/** What stays at the top level, where it was hoisted to anyway. */
const staysOnTop = (item: Ast.AnyNode): boolean => {
  const declared = item.type === "ExportDeclaration" || item.type === "ExportDefaultDeclaration"
    ? declarationOf(item as Ast.ExportDeclaration | Ast.ExportDefaultDeclaration)
    : item
  return isTypeSyntax(declared) || hoisted.has(declared.type)
}

const hoisted: ReadonlySet<string> = new Set([
  "ExportAllDeclaration",
  "ExportNamedDeclaration",
  "FunctionDeclaration",
  "FunctionExpression",
  "ImportDeclaration",
  "TsEnumDeclaration",
  "TsImportEqualsDeclaration",
  "TsModuleDeclaration"
])

const declarationOf = (item: Ast.ExportDeclaration | Ast.ExportDefaultDeclaration): Ast.AnyNode =>
  item.type === "ExportDeclaration" ? item.declaration : item.decl

/** The names that the top level of a module needs outside of the `try`, and those of them that are exported. */
interface Hoisted {
  readonly names: Array<string>
  readonly exports: Array<string>
}

/** `const a = 1, { b } = c` as `a = 1, ({ b } = c)`. */
const assign = (
  start: number,
  declarators: ReadonlyArray<Ast.VariableDeclarator>,
  { names }: Hoisted,
  edits: Edits
): void => {
  const [first] = declarators
  if (first !== undefined) edits.replace(start, Ast.spanOf(first).start, ";")
  for (const declarator of declarators) {
    const { id, init } = declarator
    names.push(...boundNames(id).map(({ value }) => value))
    const { end: endOfPattern, start: startOfPattern } = Ast.spanOf(id)
    if (id.type === "Identifier") {
      const end = init === undefined || init === null ? Ast.spanOf(declarator).end : Ast.spanOf(init).start
      edits.replace(startOfPattern, end, init === undefined || init === null ? `${id.value}=void 0` : `${id.value}=`)
    } else {
      const type = "typeAnnotation" in id ? id.typeAnnotation : undefined
      if (type !== undefined && type !== null) edits.remove(Ast.spanOf(type).start, endOfPattern)
      edits.wrap(Ast.spanOf(declarator).start, Ast.spanOf(declarator).end, "(", ")")
    }
  }
}

const assignDeclared = (item: Ast.AnyNode, start: number, hoist: Hoisted, edits: Edits): ReadonlyArray<string> => {
  const before = hoist.names.length
  if (isUsing(item)) {
    register(item, edits)
    assign(start, item.decls, hoist, edits)
  } else if (item.type === "VariableDeclaration") {
    // `type` says so
    const { declarations, kind } = item as Ast.VariableDeclaration
    if (kind === "var") return declarations.flatMap(({ id }) => boundNames(id).map(({ value }) => value))
    assign(start, declarations, hoist, edits)
  } else if (item.type === "ClassDeclaration") {
    const { value } = (item as Ast.ClassDeclaration).identifier
    hoist.names.push(value)
    edits.replace(start, Ast.spanOf(item).start, `;${value}=`)
  }
  return hoist.names.slice(before)
}

const top = ({ body: items }: Ast.Module, context: Context): void => {
  const { edits, script } = context
  const body: ReadonlyArray<Ast.AnyNode> = items
  const declarations = body.filter(isUsing)
  if (declarations.length === 0) return
  const inside = body.filter((item) => !staysOnTop(item) && !isDirective(item))
  const [first] = inside
  const last = inside.at(-1)
  if (first === undefined || last === undefined) return
  const start = Ast.spanOf(first).start
  const hoist: Hoisted = { names: [], exports: [] }
  guard(first, last, declarations.some(({ isAwait }) => isAwait), context)
  for (const item of body) {
    const span = Ast.spanOf(item)
    if (!inside.includes(item)) {
      if (span.start > start && span.start < Ast.spanOf(last).end) edits.move(span.start, span.end, start)
      continue
    }
    const moduleItem = item as Ast.ModuleItem
    if (moduleItem.type === "ExportDeclaration") {
      const { declaration } = moduleItem
      hoist.exports.push(...assignDeclared(declaration, span.start, hoist, edits))
      if (declaration.type === "VariableDeclaration" && declaration.kind === "var") {
        edits.remove(span.start, Ast.spanOf(declaration).start)
      }
    } else if (moduleItem.type === "ExportDefaultDeclaration" || moduleItem.type === "ExportDefaultExpression") {
      const value: Ast.AnyNode = moduleItem.type === "ExportDefaultExpression" ? moduleItem.expression : moduleItem.decl
      const name = value.type === "ClassExpression" ? (value as Ast.ClassExpression).identifier?.value : undefined
      const variable = name ?? "clustrix$default"
      hoist.names.push(variable)
      hoist.exports.push(`${variable} as default`)
      edits.replace(span.start, Ast.spanOf(value).start, `;${variable}=`)
      nameValue(value, `"default"`, edits)
    } else assignDeclared(item, span.start, hoist, edits)
  }
  // `var` is there before the `try`
  if (hoist.names.length > 0) edits.append(`\nvar ${hoist.names.join()};`)
  if (hoist.exports.length > 0 && !script) edits.append(`\nexport{${hoist.exports.join()}};`)
}

export const disposal: TextRule = {
  Module: top,
  BlockStatement: block,
  ForOfStatement: loop,
  SwitchStatement: (statement, { edits, helpers }) => {
    const statements = statement.cases.flatMap(({ consequent }) => consequent)
    const isAsync = waits(statements)
    if (isAsync === undefined) return
    helpers.add(disposalHelpers)
    const { end, start } = Ast.spanOf(statement)
    edits.wrap(start, end, `{${opening}`, `${closing(isAsync)}}`)
    inList(statements, edits)
  }
}
