/**
 * What asks for modules stands before everything else. The imports of one module are one declaration, where the first of
 * them stood, its names sorted: `import d, { a, b as c }`. A namespace cannot share a declaration with names and stands
 * behind, as `import * as n`.
 */
import * as Order from "effect/Order"
import * as Ast from "../../../language/Ast.ts"
import { stringValue } from "../../printing/Literals.ts"
import { identifier, type Normalisation, nowhere, string } from "../Normalisation.ts"
import { moduleName } from "../PropertyName.ts"
import { requestKey } from "./requestKey.ts"

interface Imports {
  readonly first: Ast.ImportDeclaration
  readonly source: Ast.StringLiteral
  readonly names: Array<{ readonly imported: string; readonly local: string }>
  readonly namespaces: Array<string>
}

const specifier = ({ imported, local }: Imports["names"][number]): Ast.ImportSpecifier =>
  imported === "default"
    ? { type: "ImportDefaultSpecifier", span: nowhere, local: identifier(local) }
    : {
      type: "ImportSpecifier",
      span: nowhere,
      local: identifier(local),
      ...(imported === local ? {} : { imported: moduleName(imported) }),
      isTypeOnly: false
    }

/** The declarations that take the place of all imports of one module. */
const declarations = ({ first, names, namespaces, source }: Imports): ReadonlyArray<Ast.ImportDeclaration> => {
  names.sort((a, b) => Order.string(a.imported, b.imported) || Order.string(a.local, b.local))
  const main = names.findIndex(({ imported }) => imported === "default")
  const specifiers = [...main === -1 ? [] : names.splice(main, 1), ...names].map(specifier)
  // A second default import is a name like others
  for (const [index, each] of specifiers.entries()) {
    if (index > 0 && each.type === "ImportDefaultSpecifier") {
      specifiers[index] = {
        type: "ImportSpecifier",
        span: nowhere,
        local: each.local,
        imported: identifier("default"),
        isTypeOnly: false
      }
    }
  }
  const made = namespaces.sort(Order.string).map((local): Ast.ImportDeclaration => ({
    ...first,
    source,
    specifiers: [{ type: "ImportNamespaceSpecifier", span: nowhere, local: identifier(local) }]
  }))
  return specifiers.length === 0 && made.length > 0 ? made : [{ ...first, source, specifiers }, ...made]
}

const isDirective = (item: Ast.ModuleItem): boolean =>
  item.type === "ExpressionStatement" && item.expression.type === "StringLiteral"

/** Whether the item asks for a module: these are evaluated in their order, before everything else. */
const isRequest = (item: Ast.ModuleItem): boolean =>
  item.type === "ImportDeclaration" || item.type === "ExportAllDeclaration" ||
  (item.type === "ExportNamedDeclaration" && item.source !== null && item.source !== undefined)

/** `import defer` and `import source` are requests of another kind. */
const isPlain = (item: Ast.ModuleItem): item is Ast.ImportDeclaration =>
  item.type === "ImportDeclaration" && !("phase" in item && item.phase !== "evaluation")

export const importDeclarations: Normalisation = {
  Module: (module, { specifiers }) => {
    const groups = new Map<string, Imports>()
    for (const item of module.body.filter(isPlain)) {
      const written = stringValue(item.source)
      const other = Object.hasOwn(specifiers, written) ? specifiers[written] : undefined
      const source = other === undefined ? item.source : string(other, Ast.spanOf(item.source))
      const key = requestKey(item, other ?? written)
      const known = groups.get(key)
      // What lowering brings in stands before all others, and belongs where the source imports it
      const first = known === undefined || other !== undefined ? item : known.first
      const imports = { first, source, names: known?.names ?? [], namespaces: known?.namespaces ?? [] }
      groups.set(key, imports)
      for (const each of item.specifiers) {
        const local = each.local.value
        if (each.type === "ImportNamespaceSpecifier") imports.namespaces.push(local)
        else if (each.type === "ImportDefaultSpecifier") imports.names.push({ imported: "default", local })
        else {
          const { imported } = each
          imports.names.push({
            imported: imported === undefined || imported === null
              ? local
              : imported.type === "Identifier"
              ? imported.value
              : stringValue(imported),
            local
          })
        }
      }
    }
    const made = new Map([...groups.values()].map((imports) => [imports.first, declarations(imports)]))
    const body = module.body.flatMap((item): ReadonlyArray<Ast.ModuleItem> =>
      isPlain(item) ? made.get(item) ?? [] : [item]
    )
    // Lowering puts helpers of its own before them
    const top = body.findIndex((item) => !isRequest(item) && !isDirective(item))
    const behind = top === -1 ? [] : body.slice(top)
    module.body = top === -1
      ? body
      : [...body.slice(0, top), ...behind.filter(isRequest), ...behind.filter((item) => !isRequest(item))]
  }
}
