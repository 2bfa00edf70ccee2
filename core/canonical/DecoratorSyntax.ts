/**
 * Whether a text needs SWC's pass for standard decorators.
 *
 * That pass also lowers `accessor`, and takes computed keys out of every class, decorated or not, in another order than
 * they would run. So it runs only where it has something to do.
 */
import * as Ast from "../syntax/Ast.ts"

export interface DecoratorSyntax {
  readonly decorators: boolean
  readonly accessors: boolean
}

export const none: DecoratorSyntax = { decorators: false, accessors: false }

const sign = /@(?=[\w$([\\\u0080-\uffff\s/])|\baccessor\b/g

/** Whether `@` at `index` stands in a line of a documentation comment, as most do. */
const isDocumentation = (text: string, index: number): boolean => {
  const line = text.lastIndexOf("\n", index) + 1
  return /^\s*\*/.test(text.slice(line, index)) && text.lastIndexOf("/*", index) > text.lastIndexOf("*/", index)
}

/** `false` only if the text surely has neither decorators nor accessors: comments and strings are looked into. */
export const isPossible = (text: string): boolean => {
  for (const match of text.matchAll(sign)) if (!isDocumentation(text, match.index)) return true
  return false
}

export const find = (module: Ast.Module): DecoratorSyntax => {
  let decorators = false
  let accessors = false
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("type" in node) {
      if (node.type === "Decorator") decorators = true
      if (node.type === "AutoAccessor") accessors = true
    }
    for (const value of Object.values(node)) {
      if (typeof value === "object" && value !== null) pending.push(value)
    }
  }
  return { decorators, accessors }
}
