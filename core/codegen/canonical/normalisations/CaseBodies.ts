/**
 * `case 1: { f(); break }` is `case 1: f(); break`, where the block declares nothing of its own.
 */
import type * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const isLexical = (statement: Ast.Statement): boolean =>
  statement.type === "ClassDeclaration" || statement.type === "FunctionDeclaration" ||
  (statement.type === "VariableDeclaration" && statement.kind !== "var")

export const caseBodies: Normalisation = {
  SwitchCase: (clause) => {
    for (;;) {
      const [only, ...others] = clause.consequent.filter(({ type }) => type !== "EmptyStatement")
      if (only?.type !== "BlockStatement" || others.length > 0 || only.stmts.some(isLexical)) return
      clause.consequent = only.stmts
    }
  }
}
