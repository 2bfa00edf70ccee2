/**
 * `` `s` `` is `"s"`, where no tag sees it.
 */
import * as Ast from "../../../language/Ast.ts"
import { become, type Normalisation, string } from "../Normalisation.ts"
import { constantText } from "../PropertyName.ts"

const constant = (template: Ast.TemplateLiteral): Ast.StringLiteral | undefined => {
  const text = constantText(template)
  return text === undefined ? undefined : string(text, Ast.spanOf(template))
}

export const constantTemplates: Normalisation = {
  TaggedTemplateExpression: ({ template }, { settled }) => {
    settled.add(template)
  },
  // A bare string would be a directive
  ExpressionStatement: (statement) => {
    const made = statement.expression.type === "TemplateLiteral" ? constant(statement.expression) : undefined
    if (made !== undefined) {
      statement.expression = { type: "ParenthesisExpression", span: Ast.spanOf(made), expression: made }
    }
  },
  TemplateLiteral: (template, { settled }) => {
    const made = settled.has(template) ? undefined : constant(template)
    if (made !== undefined) become(template, made)
  }
}
