/**
 * The branches of `if`, `else`, loops, `with` and labels are blocks, and `else { if (b) c }` is `else if (b) c`.
 *
 * What a label names directly stays bare when it is a loop, a block, a `switch` or another label: `continue` needs the
 * loop itself, and the others need no braces.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const block = (statement: Ast.Statement): Ast.Statement =>
  statement.type === "BlockStatement"
    ? statement
    : { type: "BlockStatement", span: Ast.spanOf(statement), stmts: [statement] }

const body = (node: { body: Ast.Statement }): void => {
  node.body = block(node.body)
}

const unbraced: ReadonlySet<string> = new Set([
  "BlockStatement",
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "FunctionDeclaration",
  "LabeledStatement",
  "SwitchStatement",
  "WhileStatement"
])

/** The `if` that is all there is in a block. */
const onlyIf = (statement: Ast.Statement): Ast.IfStatement | undefined => {
  if (statement.type === "IfStatement") return statement
  if (statement.type !== "BlockStatement") return undefined
  const [only, ...others] = statement.stmts.filter(({ type }) => type !== "EmptyStatement")
  return only?.type === "IfStatement" && others.length === 0 ? only : undefined
}

export const braces: Normalisation = {
  IfStatement: (node) => {
    node.consequent = block(node.consequent)
    const { alternate } = node
    if (alternate !== undefined && alternate !== null) node.alternate = onlyIf(alternate) ?? block(alternate)
  },
  ForStatement: body,
  ForInStatement: body,
  ForOfStatement: body,
  WhileStatement: body,
  DoWhileStatement: body,
  WithStatement: body,
  LabeledStatement: (node) => {
    if (!unbraced.has(node.body.type)) body(node)
  }
}
