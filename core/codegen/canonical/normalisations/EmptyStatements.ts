/**
 * Statements that are nothing go.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"

const all = (statements: ReadonlyArray<Ast.AnyNode>, { edits }: Context): void => {
  for (const statement of statements) {
    if (statement.type === "EmptyStatement") edits.remove(Ast.spanOf(statement).start, Ast.spanOf(statement).end)
  }
}

export const emptyStatements: Normalisation = {
  visitors: {
    Module: ({ body }, context) => all(body, context),
    BlockStatement: ({ stmts }, context) => all(stmts, context),
    SwitchCase: ({ consequent }, context) => all(consequent, context)
  }
}
