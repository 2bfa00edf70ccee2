/**
 * `export { b, a } from "x"` names in order, and what is exported from one module stands where the first of it stood.
 */
import * as Order from "effect/Order"
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"
import { isIdentifier } from "../PropertyName.ts"

interface Reexport {
  readonly declaration: Ast.ExportNamedDeclaration
  readonly names: Array<{ readonly imported: string; readonly exported: string }>
}

const spelling = (name: string): string => isIdentifier(name) ? name : JSON.stringify(name)

const specifier = ({ exported, imported }: { readonly imported: string; readonly exported: string }): string =>
  imported === exported ? spelling(imported) : `${spelling(imported)} as ${spelling(exported)}`

export const reexports: Normalisation = {
  visitors: {
    Module: ({ body }, { edits, text }) => {
      const groups = new Map<string, Reexport>()
      for (const item of body) {
        if (item.type !== "ExportNamedDeclaration" || item.source === null || item.source === undefined) continue
        if (item.specifiers.some(({ type }) => type !== "ExportSpecifier")) continue
        const { end, start } = Ast.spanOf(item)
        const from = text.slice(Ast.spanOf(item.source).start, end).replace(/;$/, "")
        const known = groups.get(from)
        if (known !== undefined) edits.remove(start, end)
        const group = known ?? { declaration: item, names: [] }
        groups.set(from, group)
        for (const each of item.specifiers) {
          if (each.type !== "ExportSpecifier") continue
          group.names.push({ imported: each.orig.value, exported: each.exported?.value ?? each.orig.value })
        }
      }
      for (const [from, { declaration, names }] of groups) {
        // No module exports a name twice
        names.sort((a, b) => Order.string(a.exported, b.exported))
        const { end, start } = Ast.spanOf(declaration)
        edits.replace(start, end, `export{${names.map(specifier).join(",")}}from${from};`)
      }
    }
  }
}
