/**
 * `"use strict"` says nothing in a module.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"

const prologue = (statements: ReadonlyArray<Ast.ModuleItem>, { edits, script, text }: Context): void => {
  if (script) return
  for (const statement of statements) {
    if (statement.type !== "ExpressionStatement" || statement.expression.type !== "StringLiteral") return
    const { end, start } = Ast.spanOf(statement.expression)
    if (text.slice(start + 1, end - 1) === "use strict") {
      edits.remove(Ast.spanOf(statement).start, Ast.spanOf(statement).end)
    }
  }
}

export const strictDirectives: Normalisation = {
  visitors: {
    Module: ({ body }, context) => prologue(body, context),
    // A block that is no function's body has no directives: there the statement does nothing
    BlockStatement: ({ stmts }, context) => prologue(stmts, context)
  }
}
