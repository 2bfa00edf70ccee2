/**
 * `() => { return a }` is `() => a`.
 */
import type { Normalisation } from "../Normalisation.ts"
import { isStrict } from "./StrictDirectives.ts"

export const arrowBodies: Normalisation = {
  ArrowFunctionExpression: (arrow, { script }) => {
    const { body } = arrow
    if (body.type !== "BlockStatement") return
    const [only, ...others] = body.stmts.filter((statement) =>
      statement.type !== "EmptyStatement" && (script || !isStrict(statement))
    )
    if (only?.type !== "ReturnStatement" || others.length > 0) return
    if (only.argument !== undefined && only.argument !== null) arrow.body = only.argument
  }
}
