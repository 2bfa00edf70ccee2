/**
 * `case 1: { f(); break }` is `case 1: f(); break`, where the block declares nothing of its own.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const isLexical = (statement: Ast.Statement): boolean =>
  statement.type === "ClassDeclaration" || statement.type === "FunctionDeclaration" ||
  (statement.type === "VariableDeclaration" && statement.kind !== "var")

export const caseBodies: Normalisation = {
  visitors: {
    SwitchCase: ({ consequent }, { edits }) => {
      let statements: ReadonlyArray<Ast.Statement> = consequent
      for (;;) {
        const [only] = statements
        if (
          only === undefined || statements.length > 1 || only.type !== "BlockStatement" || only.stmts.some(isLexical)
        ) return
        const { end, start } = Ast.spanOf(only)
        edits.remove(start, start + 1)
        // What follows is `case`, `default` or a brace: a line break ends the last statement, and adds none
        edits.replace(end - 1, end, "\n")
        statements = only.stmts
      }
    }
  }
}
