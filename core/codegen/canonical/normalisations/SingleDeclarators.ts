/**
 * `const a = 1, b = 2` is `const a = 1; const b = 2`, wherever statements stand in a list.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const split = <Item extends Ast.ModuleItem>(statements: Array<Item>): Array<Item> =>
  statements.some((item) => item.type === "VariableDeclaration" && item.declarations.length > 1)
    ? statements.flatMap((item) =>
      item.type === "VariableDeclaration"
        ? item.declarations.map((declarator, index) => ({
          ...item,
          span: index === 0 ? Ast.spanOf(item) : Ast.spanOf(declarator),
          declarations: [declarator]
        }))
        : [item]
    )
    : statements

export const singleDeclarators: Normalisation = {
  Module: (module) => {
    module.body = split(module.body)
  },
  BlockStatement: (block) => {
    block.stmts = split(block.stmts)
  },
  SwitchCase: (clause) => {
    clause.consequent = split(clause.consequent)
  }
}
