/**
 * `a && (b && c)` is `a && b && c`, and so with `||` and `??`; `(a, (b, c))` is `(a, b, c)`.
 */
import * as Ast from "../../../language/Ast.ts"
import type { Normalisation } from "../Normalisation.ts"

const logical: ReadonlySet<string> = new Set(["&&", "||", "??"])

const parts = (expression: Ast.Expression): ReadonlyArray<Ast.Expression> =>
  expression.type === "SequenceExpression" ? expression.expressions.flatMap(parts) : [expression]

export const operandOrder: Normalisation = {
  BinaryExpression: (node) => {
    if (!logical.has(node.operator)) return
    for (
      let { right } = node;
      right.type === "BinaryExpression" && right.operator === node.operator;
      { right } = node
    ) {
      node.left = { ...node, span: Ast.spanOf(node), right: right.left }
      node.right = right.right
    }
  },
  SequenceExpression: (node) => {
    if (node.expressions.some(({ type }) => type === "SequenceExpression")) node.expressions = [...parts(node)]
  }
}
