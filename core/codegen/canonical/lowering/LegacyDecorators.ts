/**
 * The order in which legacy decorators run: those of instance members first, then those of static members, as TypeScript has
 * it. SWC calls them in the order of the text.
 */
import type * as Ast from "../../../language/Ast.ts"

/** What a statement decorates, when it is one that the lowering wrote: `_ts_decorate([d], C.prototype, "m", null)`. */
const decorated = (statement: Ast.AnyNode | null): "instance" | "static" | undefined => {
  if (statement?.type !== "ExpressionStatement") return undefined
  // `type` says so
  const { expression } = statement as Ast.ExpressionStatement
  if (expression.type !== "CallExpression" || expression.callee.type !== "Identifier") return undefined
  const [, target, key] = expression.arguments
  if (!expression.callee.value.startsWith("_ts_decorate") || target === undefined || key === undefined) return undefined
  return target.expression.type === "MemberExpression" ? "instance" : "static"
}

const sort = (statements: Array<Ast.AnyNode>): void => {
  for (let at = 0; at < statements.length; at += 1) {
    const first = statements[at]
    if (first === undefined || decorated(first) !== "static") continue
    let index = at + 1
    // A class follows before those of another one
    for (
      let next = statements[index];
      next !== undefined && decorated(next) !== undefined;
      next = statements[index += 1]
    ) {
      if (decorated(next) === "static") continue
      statements.splice(index, 1)
      statements.splice(at, 0, next)
      at += 1
    }
    at = index
  }
}

/** Moves the calls in the lowered `module`. */
export const orderLegacyDecorators = (module: Ast.Module): void => {
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    // The lists of a tree hold nodes
    if (Array.isArray(node)) sort(node as Array<Ast.AnyNode>)
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) pending.push(value)
  }
}
