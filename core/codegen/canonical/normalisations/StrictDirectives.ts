/**
 * `"use strict"` says nothing in a module.
 */
import type * as Ast from "../../../language/Ast.ts"
import { directiveText } from "../../printing/Literals.ts"
import type { Context, Normalisation } from "../Normalisation.ts"

/** A string that stands bare in a statement is a directive: others have parentheses. */
export const isStrict = (statement: Ast.ModuleItem): boolean =>
  statement.type === "ExpressionStatement" && statement.expression.type === "StringLiteral" &&
  directiveText(statement.expression.raw ?? "") === "use strict"

const without = <Item extends Ast.ModuleItem>(statements: Array<Item>, { script }: Context): Array<Item> =>
  script ? statements : statements.filter((statement) => !isStrict(statement))

export const strictDirectives: Normalisation = {
  Module: (module, context) => {
    module.body = without(module.body, context)
  },
  BlockStatement: (block, context) => {
    block.stmts = without(block.stmts, context)
  }
}
