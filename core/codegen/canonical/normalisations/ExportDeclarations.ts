/**
 * What a module exports of its own is one sorted list at its end: `export const a`, `export default function f`,
 * `export { a as b }` declare first and export last.
 *
 * Values (`export default 1`) and what has no name (`export default function () {}`) have no binding to list, and stay.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"
import { isIdentifier } from "../PropertyName.ts"

interface Exported {
  readonly exported: string
  /** As it is written: `a`, `a as b`, `a as "b c"`. */
  readonly text: string
}

const compare = (a: Exported, b: Exported): number => (a.exported < b.exported ? -1 : a.exported > b.exported ? 1 : 0)

const exported = (local: string, name: string): Exported => ({
  exported: name,
  text: local === name ? local : `${local} as ${isIdentifier(name) ? name : JSON.stringify(name)}`
})

/** The names that a pattern binds. */
const boundNames = (pattern: Ast.Pattern): ReadonlyArray<string> => {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.value]
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => element === null || element === undefined ? [] : boundNames(element))
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => {
        switch (property.type) {
          case "KeyValuePatternProperty":
            return boundNames(property.value)
          case "AssignmentPatternProperty":
            return [property.key.value]
          case "RestElement":
            return boundNames(property.argument)
        }
      })
    case "AssignmentPattern":
      return boundNames(pattern.left)
    case "RestElement":
      return boundNames(pattern.argument)
    default:
      return []
  }
}

const declaredNames = (declaration: Ast.Declaration): ReadonlyArray<string> => {
  switch (declaration.type) {
    case "ClassDeclaration":
    case "FunctionDeclaration":
      return [declaration.identifier.value]
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => boundNames(id))
    default:
      return []
  }
}

export const exportDeclarations: Normalisation = {
  visitors: {
    Module: ({ body }, { edits, settled }) => {
      const list: Array<Exported> = []
      for (const item of body) {
        const { end, start } = Ast.spanOf(item)
        if (item.type === "ExportDeclaration") {
          settled.add(item.declaration)
          edits.remove(start, Ast.spanOf(item.declaration).start)
          for (const name of declaredNames(item.declaration)) list.push(exported(name, name))
        } else if (item.type === "ExportDefaultDeclaration") {
          const { decl } = item
          if (decl.type === "TsInterfaceDeclaration" || decl.identifier === null || decl.identifier === undefined) {
            continue
          }
          edits.remove(start, Ast.spanOf(decl).start)
          list.push(exported(decl.identifier.value, "default"))
        } else if (item.type === "ExportNamedDeclaration" && (item.source === null || item.source === undefined)) {
          edits.remove(start, end)
          for (const each of item.specifiers) {
            if (each.type === "ExportSpecifier") {
              list.push(exported(each.orig.value, each.exported?.value ?? each.orig.value))
            }
          }
        }
      }
      // `export` cannot go on what stands before it: a line break is enough to end that
      if (list.length > 0) edits.append(`\nexport{${list.sort(compare).map(({ text }) => text).join(",")}};`)
    }
  }
}
