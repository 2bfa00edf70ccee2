/**
 * Syntax whose lowering hangs on its spelling, or needs another way to be lowered: only texts that have some of it are
 * parsed before they are lowered.
 *
 * Decorators, `accessor`: SWC's pass for standard decorators takes computed keys out of every class, decorated or not, in
 * another order than they would run, so it runs only where it has something to do; and it makes names of keys.
 * `using`: what it lowers to holds the body of a loop, with its braces or without. JSX: its text.
 */
import * as Ast from "../syntax/Ast.ts"

export interface EarlySyntax {
  readonly decorators: boolean
  readonly accessors: boolean
}

export const none: EarlySyntax = { decorators: false, accessors: false }

/**
 * A `@` right after a quote begins a string (`"@scope/name"`): after one that ends there would have to be a line break.
 * `using` is a word of comments, too: it declares a name.
 */
const sign =
  /(?<!["'`])@(?=[\w$([\\\u0080-\uffff\s/])|\baccessor\b|\busing\s+(?:\/[*/]|[\w$\\\u0080-\uffff]+\s*(?:=|:|of\b|\/[*/]))/g

/** Whether what is at `index` stands in a line of a documentation comment, as most do. */
const isDocumentation = (text: string, index: number): boolean => {
  const line = text.lastIndexOf("\n", index) + 1
  return /^\s*(?:\/\*)?\*/.test(text.slice(line, index)) && text.lastIndexOf("/*", index) > text.lastIndexOf("*/", index)
}

/** `false` only if the text surely has none of it. */
export const isPossible = (text: string, jsx: boolean): boolean => {
  if (jsx && text.includes("<")) return true
  for (const match of text.matchAll(sign)) if (!isDocumentation(text, match.index)) return true
  return false
}

export const find = (module: Ast.Module): EarlySyntax => {
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
