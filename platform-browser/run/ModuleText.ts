/**
 * A module as text that a registry can run, linked by live bindings.
 *
 * Blob URLs cannot express cycles, and import maps do not reach workers. So the body of a module becomes the body of a
 * generator function. Its declarations stay what they are: functions are hoisted, `let`, `const` and `class` have their dead
 * zone, and what is exported is read through closures over them. An imported name becomes a property of the namespace that it
 * comes from. Lines stay where they are.
 */
import { boundNames } from "../../core/language/Syntax.ts"
import { Edits } from "../../core/codegen/Edits.ts"
import * as Ast from "../../core/language/Ast.ts"
import type { CommonJsModule, EsModule } from "./LinkedProgram.ts"

/** What {@link esModule} needs of a module's text; the targets are found by the linker. */
export type EsText = Omit<EsModule, "path" | "targets"> & { readonly dynamic: ReadonlyArray<string> }

/** The same of a CommonJS module; `required` are the constant arguments of `require`. */
export type CommonJsText = Pick<CommonJsModule, "code"> & {
  readonly required: ReadonlyArray<string>
  readonly dynamic: ReadonlyArray<string>
}

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null

const typeOf = (value: unknown): unknown => isTree(value) ? value["type"] : undefined

/** The name of an export, which may be a string. */
const exportName = (name: Ast.ModuleExportName): string => name.value

/** Names that nothing in the text has. */
const freshNames = (text: string) => {
  let mark = "clustrix$"
  while (text.includes(mark)) mark += "$"
  return {
    imports: `${mark}imports`,
    exports: `${mark}exports`,
    meta: `${mark}meta`,
    load: `${mark}import`,
    fallback: `${mark}default`
  }
}

type Names = ReturnType<typeof freshNames>

/** The expression of an imported name. */
type Bindings = ReadonlyMap<string, string>

const topLevelReference = (value: unknown, bindings: Bindings): string | undefined =>
  isTree(value) && value["type"] === "Identifier" && value["ctxt"] === Ast.topLevel &&
    typeof value["value"] === "string"
    ? bindings.get(value["value"])
    : undefined

const withoutParentheses = (value: unknown): unknown =>
  isTree(value) && value["type"] === "ParenthesisExpression" ? withoutParentheses(value["expression"]) : value

/** What the walk of a module's code meets. */
interface Walk {
  readonly edits: Edits
  readonly names: Names
  readonly bindings: Bindings
  readonly dynamic: Set<string>
  readonly required: Set<string>
  awaits: boolean
}

const spanOf = (value: Tree): Ast.Span => Ast.spanOf(value as unknown as Ast.AnyNode) // it has a type

const replaceName = (walk: Walk, value: unknown, text: string): void => {
  const { end, start } = spanOf(value as Tree) // an identifier, as the caller saw
  walk.edits.replaceByWord(start, end, text)
}

const constantArgument = (call: Tree): string | undefined => {
  const first: unknown = Array.isArray(call["arguments"]) ? call["arguments"][0] : undefined
  const value = isTree(first) ? first["expression"] : undefined
  return isTree(value) && value["type"] === "StringLiteral" && typeof value["value"] === "string"
    ? value["value"]
    : undefined
}

const functions = new Set<unknown>([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "PrivateMethod",
  "Constructor",
  "MethodProperty",
  "GetterProperty",
  "SetterProperty",
  "StaticBlock"
])

const visitCallee = (walk: Walk, callee: unknown, inFunction: boolean): void => {
  const bare = withoutParentheses(callee)
  const expression = topLevelReference(bare, walk.bindings)
  // Called as a property it would get the namespace for `this`
  if (expression !== undefined) replaceName(walk, bare, `(0, ${expression})`)
  else visit(walk, callee, inFunction)
}

const visit = (walk: Walk, value: unknown, inFunction: boolean): void => {
  if (Array.isArray(value)) {
    for (const item of value) visit(walk, item, inFunction)
    return
  }
  if (!isTree(value)) return
  const expression = topLevelReference(value, walk.bindings)
  if (expression !== undefined) return replaceName(walk, value, expression)
  const type = value["type"]
  if (type === "CallExpression") {
    if (typeOf(value["callee"]) === "Import") {
      const { end, start } = spanOf(value["callee"] as Tree) // its type says so
      walk.edits.replaceByWord(start, end, walk.names.load)
      const specifier = constantArgument(value)
      if (specifier !== undefined) walk.dynamic.add(specifier)
    } else {
      const callee = value["callee"]
      if (isTree(callee) && callee["value"] === "require" && callee["ctxt"] === Ast.unresolved) {
        const specifier = constantArgument(value)
        if (specifier !== undefined) walk.required.add(specifier)
      }
      visitCallee(walk, callee, inFunction)
    }
    return visit(walk, value["arguments"], inFunction)
  }
  if (type === "TaggedTemplateExpression") {
    visitCallee(walk, value["tag"], inFunction)
    return visit(walk, value["template"], inFunction)
  }
  if (type === "MetaProperty" && value["kind"] === "import.meta") {
    const { end, start } = spanOf(value)
    return walk.edits.replaceByWord(start, end, walk.names.meta)
  }
  if (type === "ObjectExpression" && Array.isArray(value["properties"])) {
    for (const property of value["properties"]) {
      const shorthand = topLevelReference(property, walk.bindings)
      if (shorthand === undefined) visit(walk, property, inFunction)
      else replaceName(walk, property, `${(property as Tree)["value"]}: ${shorthand}`) // an identifier
    }
    return
  }
  if (type === "AssignmentPatternProperty") {
    const shorthand = topLevelReference(value["key"], walk.bindings)
    if (shorthand !== undefined) replaceName(walk, value["key"], `${(value["key"] as Tree)["value"]}: ${shorthand}`)
    return visit(walk, value["value"], inFunction)
  }
  if (!inFunction && (type === "AwaitExpression" || (type === "ForOfStatement" && Boolean(value["await"])))) {
    walk.awaits = true
  }
  const inside = inFunction || functions.has(type)
  // Keys and decorators of methods stand outside of them; an `await` there is too rare to be told apart
  for (const [key, child] of Object.entries(value)) {
    if (key !== "span" && key !== "label" && isTree(child)) visit(walk, child, inside)
  }
}

const property = (request: string, name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? `${request}.${name}` : `${request}[${JSON.stringify(name)}]`

/** Takes a statement out and leaves its lines. */
const blank = (edits: Edits, text: string, start: number, end: number): void => {
  const lines = text.slice(start, end).split("\n").length - 1
  // A statement before it may end without a semicolon
  edits.replace(start, end, ";" + "\n".repeat(lines))
}

/** Declared names of what stands behind `export`. */
const declaredNames = (declaration: Ast.Declaration): ReadonlyArray<string> => {
  switch (declaration.type) {
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => boundNames(id).map(({ value }) => value))
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return [declaration.identifier.value]
    default:
      return []
  }
}

const sloppyHead = (text: string): string => text.startsWith("#!") ? "//" : ""

/** The text of an ES module for the registry. `module` is the tree of `text`. */
export const esModule = (module: Ast.Module, text: string): EsText => {
  const names = freshNames(text)
  const edits = new Edits(text)
  const requests: Array<string> = []
  const imports: Array<EsText["imports"][number]> = []
  const indirect: Array<EsText["indirect"][number]> = []
  const stars: Array<number> = []
  const bindings = new Map<string, string>()
  const origins = new Map<string, EsText["imports"][number]>()
  const exported: Array<readonly [name: string, local: string]> = []
  let prelude = ""

  const request = (specifier: string): number => {
    const known = requests.indexOf(specifier)
    return known === -1 ? requests.push(specifier) - 1 : known
  }
  const bind = (local: string, from: number, imported: string): void => {
    const namespace = `${names.imports}[${from}]`
    bindings.set(local, imported === "*" ? namespace : property(namespace, imported))
    origins.set(local, { request: from, imported })
    imports.push({ request: from, imported })
  }

  const statements: Array<Ast.ModuleItem> = []
  for (const item of module.body) {
    const { end, start } = Ast.spanOf(item)
    switch (item.type) {
      case "ImportDeclaration": {
        const from = request(item.source.value)
        for (const specifier of item.specifiers) {
          bind(
            specifier.local.value,
            from,
            specifier.type === "ImportDefaultSpecifier" ? "default"
              : specifier.type === "ImportNamespaceSpecifier" ? "*"
              : exportName(specifier.imported ?? specifier.local)
          )
        }
        blank(edits, text, start, end)
        break
      }
      case "ExportNamedDeclaration": {
        const from = item.source === undefined || item.source === null ? undefined : request(item.source.value)
        for (const specifier of item.specifiers) {
          if (specifier.type === "ExportNamespaceSpecifier") {
            if (from !== undefined) {
              indirect.push({ exported: exportName(specifier.name), request: from, imported: "*" })
            }
          } else if (specifier.type === "ExportSpecifier") {
            const local = exportName(specifier.orig)
            const name = exportName(specifier.exported ?? specifier.orig)
            if (from === undefined) exported.push([name, local])
            else indirect.push({ exported: name, request: from, imported: local })
          }
        }
        blank(edits, text, start, end)
        break
      }
      case "ExportAllDeclaration":
        stars.push(request(item.source.value))
        blank(edits, text, start, end)
        break
      case "ExportDeclaration": {
        for (const name of declaredNames(item.declaration)) exported.push([name, name])
        edits.remove(start, Ast.spanOf(item.declaration).start)
        statements.push(item)
        break
      }
      case "ExportDefaultDeclaration": {
        const inner = Ast.spanOf(item.decl)
        const identifier = "identifier" in item.decl ? item.decl.identifier : undefined
        if (identifier?.value !== undefined) {
          exported.push(["default", identifier.value])
          edits.remove(start, inner.start)
        } else if (item.decl.type === "FunctionExpression") {
          exported.push(["default", names.fallback])
          const head = /^(?:async\s+)?function\s*\*?/.exec(text.slice(inner.start, inner.end))?.[0] ?? ""
          edits.replace(start, inner.start + head.length, `${head} ${names.fallback}`)
          prelude += `Object.defineProperty(${names.fallback}, "name", { value: "default", configurable: true }); `
        } else {
          exported.push(["default", names.fallback])
          edits.replace(start, inner.start, `const ${names.fallback} = ({ "default": `)
          edits.wrap(inner.start, inner.end, "", " })[\"default\"];")
        }
        statements.push(item)
        break
      }
      case "ExportDefaultExpression": {
        const inner = Ast.spanOf(item.expression)
        exported.push(["default", names.fallback])
        // A function without a name is called `default`
        edits.replace(start, inner.start, `const ${names.fallback} = ({ "default": `)
        edits.wrap(inner.start, inner.end, "", " })[\"default\"]")
        statements.push(item)
        break
      }
      default:
        statements.push(item)
    }
  }

  const walk: Walk = { edits, names, bindings, dynamic: new Set(), required: new Set(), awaits: false }
  visit(walk, statements, false)

  const own = exported.flatMap(([name, local]) => {
    const origin = origins.get(local)
    if (origin === undefined) return [`[${JSON.stringify(name)}, () => ${local}]`]
    indirect.push({ exported: name, ...origin })
    return []
  })
  const parameters = [names.imports, names.exports, names.meta, names.load].join(", ")
  const head = `(${walk.awaits ? "async " : ""}function* (${parameters}) { "use strict"; ${prelude}` +
    `${names.exports}([${own.join(", ")}]); yield; ${sloppyHead(text)}`
  return {
    kind: "esm",
    code: `${head}${edits}\n})`,
    isAsync: walk.awaits,
    requests,
    imports,
    indirect,
    stars,
    dynamic: [...walk.dynamic]
  }
}

/** The text of a CommonJS module for the registry. */
export const commonJsModule = (module: Ast.Module, text: string): CommonJsText => {
  const names = freshNames(text)
  const edits = new Edits(text)
  const walk: Walk = { edits, names, bindings: new Map(), dynamic: new Set(), required: new Set(), awaits: false }
  visit(walk, module.body, true)
  const parameters = ["exports", "require", "module", "__filename", "__dirname", names.load].join(", ")
  return {
    code: `(function (${parameters}) { ${sloppyHead(text)}${edits}\n})`,
    required: [...walk.required],
    dynamic: [...walk.dynamic]
  }
}
