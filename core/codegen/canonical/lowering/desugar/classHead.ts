/**
 * The places in the head of a class that no node tells.
 */
import * as Ast from "../../../../language/Ast.ts"
import * as Spans from "../../../../language/Spans.ts"

export type Class = Ast.ClassDeclaration | Ast.ClassExpression

const afterTrivia = (text: string, start: number): number => start + Spans.firstToken(text.slice(start))

/** Where the class itself begins, behind its decorators. */
export const classStart = (self: Class): number => {
  const last = self.decorators?.at(-1)
  const { start } = Ast.spanOf(self)
  return last === undefined ? start : Math.max(start, Ast.spanOf(last).end)
}

/** Behind `class`, or `abstract class`. */
export const afterKeyword = (self: Class, text: string): number => {
  const start = afterTrivia(text, classStart(self))
  return text.startsWith("abstract", start)
    ? afterTrivia(text, start + "abstract".length) + "class".length
    : start + "class".length
}

/** Where the body begins, behind its brace. */
export const bodyStart = (self: Class, text: string): number => {
  const { identifier, implements: types, superClass, superTypeParams, typeParams } = self
  const head = [identifier, superClass, superTypeParams, typeParams, ...(types ?? [])].flatMap((part) =>
    part ? [Ast.spanOf(part).end] : []
  )
  return afterTrivia(text, head.length === 0 ? afterKeyword(self, text) : Math.max(...head)) + 1
}
