/**
 * The branches of `if`, `else`, loops, `with` and labels are blocks, and `else { if (b) c }` is `else if (b) c`.
 * In the new block `var a, b` becomes `var a; var b`, as in every other.
 *
 * What a label names directly stays bare when it is a loop, a block, a `switch` or another label: `continue` needs the
 * loop itself, and the others need no braces.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Context, Normalisation } from "../Normalisation.ts"
import { split } from "./SingleDeclarators.ts"

const branch = (statement: Ast.Statement, context: Context): void => {
  if (statement.type === "BlockStatement") return
  const { end, start } = Ast.spanOf(statement)
  if (statement.type === "EmptyStatement") return context.edits.replace(start, end, "{}")
  split(statement, "", context)
  context.edits.wrap(start, end, "{", "}")
}

const body = (node: { readonly body: Ast.Statement }, context: Context): void => branch(node.body, context)

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

export const braces: Normalisation = {
  stage: "both",
  visitors: {
    IfStatement: (node, context) => {
      branch(node.consequent, context)
      const { alternate } = node
      if (alternate === undefined || alternate === null || alternate.type === "IfStatement") return
      const only = alternate.type === "BlockStatement" && alternate.stmts.length === 1 ? alternate.stmts[0] : undefined
      if (only?.type !== "IfStatement") return branch(alternate, context)
      const outer = Ast.spanOf(alternate)
      const inner = Ast.spanOf(only)
      context.edits.replace(outer.start, inner.start, " ")
      context.edits.remove(inner.end, outer.end)
    },
    ForStatement: body,
    ForInStatement: body,
    ForOfStatement: body,
    WhileStatement: body,
    DoWhileStatement: body,
    WithStatement: body,
    LabeledStatement: (node, context) => {
      if (!unbraced.has(node.body.type)) branch(node.body, context)
    }
  }
}
