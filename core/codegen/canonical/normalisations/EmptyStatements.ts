/**
 * Statements that are nothing go.
 */
import type * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const full = <Item extends Ast.AnyNode>(items: Array<Item>): Array<Item> =>
  items.filter(({ type }) => type !== "EmptyStatement")

const inClass = (node: Ast.Class): void => {
  node.body = full(node.body)
}

export const emptyStatements: Normalisation = {
  Module: (module) => {
    module.body = full(module.body)
  },
  BlockStatement: (block) => {
    block.stmts = full(block.stmts)
  },
  SwitchCase: (clause) => {
    clause.consequent = full(clause.consequent)
  },
  ClassDeclaration: inClass,
  ClassExpression: inClass
}
