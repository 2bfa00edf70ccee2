/**
 * `export { b, a } from "x"` names in order, and what is exported from one module stands where the first of it stood.
 */
import * as Order from "effect/Order"
import type * as Ast from "../../../language/Ast.ts"
import { stringValue } from "../../printing/Literals.ts"
import { type Normalisation, nowhere } from "../Normalisation.ts"
import { moduleName } from "../PropertyName.ts"
import { requestKey } from "./requestKey.ts"

interface Reexport {
  readonly imported: string
  readonly exported: string
}

const nameOf = (name: Ast.ModuleExportName): string => name.type === "Identifier" ? name.value : stringValue(name)

const specifier = ({ exported, imported }: Reexport): Ast.ExportSpecifier => ({
  type: "ExportSpecifier",
  span: nowhere,
  orig: moduleName(imported),
  ...(exported === imported ? {} : { exported: moduleName(exported) }),
  isTypeOnly: false
})

export const reexports: Normalisation = {
  Module: (module) => {
    const groups = new Map<string, { readonly first: Ast.ExportNamedDeclaration; readonly names: Array<Reexport> }>()
    module.body = module.body.filter((item) => {
      if (item.type !== "ExportNamedDeclaration" || item.source === null || item.source === undefined) return true
      const named = item.specifiers.filter((each) => each.type === "ExportSpecifier")
      if (named.length < item.specifiers.length) return true
      const key = requestKey(item, stringValue(item.source))
      const known = groups.get(key)
      const names = known?.names ?? []
      if (known === undefined) groups.set(key, { first: item, names })
      for (const { exported, orig } of named) {
        const imported = nameOf(orig)
        names.push({ imported, exported: exported === undefined || exported === null ? imported : nameOf(exported) })
      }
      return known === undefined
    })
    for (const { first, names } of groups.values()) {
      // No module exports a name twice
      first.specifiers = names.sort((a, b) => Order.string(a.exported, b.exported)).map(specifier)
    }
  }
}
