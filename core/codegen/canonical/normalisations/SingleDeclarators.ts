/**
 * `const a = 1, b = 2` is `const a = 1; const b = 2`, wherever statements stand in a list.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"

/** Makes `var a, b` the statements `var a; var b`, where there is room for two. */
export const split = (declaration: Ast.AnyNode, prefix: string, { edits }: Context): void => {
  if (declaration.type !== "VariableDeclaration") return
  // `type` says so
  const { declarations, kind } = declaration as Ast.VariableDeclaration
  for (const [index, declarator] of declarations.entries()) {
    const next = declarations[index + 1]
    if (next !== undefined) edits.replace(Ast.spanOf(declarator).end, Ast.spanOf(next).start, `;${prefix}${kind} `)
  }
}

const all = (statements: ReadonlyArray<Ast.AnyNode>, context: Context): void => {
  for (const statement of statements) split(statement, "", context)
}

export const singleDeclarators: Normalisation = {
  visitors: {
    Module: ({ body }, context) => all(body, context),
    BlockStatement: ({ stmts }, context) => all(stmts, context),
    SwitchCase: ({ consequent }, context) => all(consequent, context),
    ExportDeclaration: ({ declaration }, context) =>
      split(declaration, context.settled.has(declaration) ? "" : "export ", context)
  }
}
