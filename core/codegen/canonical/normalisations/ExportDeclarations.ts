/**
 * What a module exports of its own is one sorted list at its end: `export const a`, `export default function f`,
 * `export { a as b }` declare first and export last.
 *
 * Values (`export default 1`) and what has no name (`export default function () {}`) have no binding to list, and stay.
 */
import * as Order from "effect/Order"
import { boundNames } from "../../../language/Syntax.ts"
import type * as Ast from "../../../language/Ast.ts"
import { stringValue } from "../../printing/Literals.ts"
import { identifier, type Normalisation, nowhere } from "../Normalisation.ts"
import { moduleName } from "../PropertyName.ts"

interface Exported {
  readonly local: string
  readonly exported: string
}

const nameOf = (name: Ast.ModuleExportName): string => name.type === "Identifier" ? name.value : stringValue(name)

const declaredNames = (declaration: Ast.Declaration): ReadonlyArray<string> => {
  switch (declaration.type) {
    case "ClassDeclaration":
    case "FunctionDeclaration":
      return [declaration.identifier.value]
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => boundNames(id).map(({ value }) => value))
    default:
      return []
  }
}

const specifier = ({ exported, local }: Exported): Ast.ExportSpecifier => ({
  type: "ExportSpecifier",
  span: nowhere,
  orig: identifier(local),
  ...(exported === local ? {} : { exported: moduleName(exported) }),
  isTypeOnly: false
})

/** `export default function f() {}` is an expression in the tree. */
const declaration = (decl: Ast.DefaultDecl): Ast.Declaration | undefined => {
  if (decl.type === "TsInterfaceDeclaration" || decl.identifier === null || decl.identifier === undefined) {
    return undefined
  }
  const { identifier } = decl
  return decl.type === "FunctionExpression"
    ? { ...decl, type: "FunctionDeclaration", identifier, declare: false }
    : { ...decl, type: "ClassDeclaration", identifier, declare: false }
}

export const exportDeclarations: Normalisation = {
  Module: (module) => {
    const list: Array<Exported> = []
    const body: Array<Ast.ModuleItem> = []
    for (const item of module.body) {
      if (item.type === "ExportDeclaration") {
        body.push(item.declaration)
        for (const name of declaredNames(item.declaration)) list.push({ local: name, exported: name })
      } else if (item.type === "ExportDefaultDeclaration") {
        const declared = declaration(item.decl)
        body.push(declared ?? item)
        if (declared !== undefined) {
          for (const local of declaredNames(declared)) list.push({ local, exported: "default" })
        }
      } else if (item.type === "ExportNamedDeclaration" && (item.source === null || item.source === undefined)) {
        for (const each of item.specifiers) {
          if (each.type !== "ExportSpecifier") continue
          const local = nameOf(each.orig)
          const { exported } = each
          list.push({ local, exported: exported === undefined || exported === null ? local : nameOf(exported) })
        }
      } else body.push(item)
    }
    if (list.length > 0) {
      body.push({
        type: "ExportNamedDeclaration",
        span: nowhere,
        specifiers: list.sort((a, b) => Order.string(a.exported, b.exported)).map(specifier),
        typeOnly: false
      })
    }
    module.body = body
  }
}
