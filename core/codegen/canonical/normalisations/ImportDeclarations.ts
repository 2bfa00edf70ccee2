/**
 * What asks for modules stands before everything else. The imports of one module are one declaration, where the first of
 * them stood, its names sorted: `import d, { a, b as c }`. A namespace cannot share a declaration with names and stands
 * behind, as `import * as n`.
 */
import * as Order from "effect/Order"
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"
import { isIdentifier } from "../PropertyName.ts"

interface Imports {
  readonly first: Ast.ImportDeclaration
  /** As written: `"./a.js"`, with attributes. */
  readonly from: string
  readonly names: Array<{ readonly imported: string; readonly local: string }>
  readonly namespaces: Array<string>
}

const specifier = ({ imported, local }: { readonly imported: string; readonly local: string }): string =>
  imported === local ? local : `${isIdentifier(imported) ? imported : JSON.stringify(imported)} as ${local}`

const render = ({ from, names, namespaces }: Imports): string => {
  names.sort((a, b) => Order.string(a.imported, b.imported) || Order.string(a.local, b.local))
  const main = names.findIndex(({ imported }) => imported === "default")
  const [first] = main === -1 ? [] : names.splice(main, 1)
  const clauses = [
    ...(first === undefined ? [] : [first.local]),
    ...(names.length === 0 ? [] : [`{${names.map(specifier).join(",")}}`])
  ]
  const declarations = [
    ...(clauses.length === 0 ? [] : [`import ${clauses.join(",")} from${from};`]),
    ...namespaces.sort(Order.string).map((local) => `import*as ${local} from${from};`)
  ]
  return declarations.length === 0 ? `import${from};` : declarations.join("")
}

const isDirective = (item: Ast.ModuleItem): boolean =>
  item.type === "ExpressionStatement" && item.expression.type === "StringLiteral"

/** Whether the item asks for a module: these are evaluated in their order, before everything else. */
const isRequest = (item: Ast.ModuleItem): boolean =>
  item.type === "ImportDeclaration" || item.type === "ExportAllDeclaration" ||
  (item.type === "ExportNamedDeclaration" && item.source !== null && item.source !== undefined)

export const importDeclarations: Normalisation = {
  visitors: {
    Module: ({ body }, { edits, specifiers, text }) => {
      const groups = new Map<string, Imports>()
      for (const item of body) {
        // `import defer` and `import source` are requests of another kind
        if (item.type !== "ImportDeclaration" || ("phase" in item && item.phase !== "evaluation")) continue
        const { end } = Ast.spanOf(item)
        const other = Object.hasOwn(specifiers, item.source.value) ? specifiers[item.source.value] : undefined
        const from = other === undefined ? text.slice(Ast.spanOf(item.source).start, end).replace(/;$/, "")
          : JSON.stringify(other)
        const known = groups.get(from)
        // What lowering brings in stands before all others, and belongs where the source imports it
        const first = known === undefined || other !== undefined ? item : known.first
        const removed = first === item ? known?.first : item
        if (removed !== undefined) edits.remove(Ast.spanOf(removed).start, Ast.spanOf(removed).end)
        const imports = { first, from, names: known?.names ?? [], namespaces: known?.namespaces ?? [] }
        groups.set(from, imports)
        for (const each of item.specifiers) {
          const local = each.local.value
          if (each.type === "ImportNamespaceSpecifier") imports.namespaces.push(local)
          else if (each.type === "ImportDefaultSpecifier") imports.names.push({ imported: "default", local })
          else imports.names.push({ imported: each.imported?.value ?? local, local })
        }
      }
      for (const imports of groups.values()) {
        const { end, start } = Ast.spanOf(imports.first)
        edits.replace(start, end, render(imports))
      }
      // Lowering puts helpers of its own before them
      const top = body.findIndex((item) => !isRequest(item) && !isDirective(item))
      const target = body[top]
      if (target === undefined) return
      for (const item of body.slice(top).filter(isRequest)) {
        edits.move(Ast.spanOf(item).start, Ast.spanOf(item).end, Ast.spanOf(target).start)
      }
    }
  }
}
