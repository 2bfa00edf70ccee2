/**
 * Syntax whose lowering hangs on its spelling, or needs another way to be lowered: only texts that have some of it are
 * parsed before they are lowered.
 *
 * Decorators, `accessor`: SWC's pass for standard decorators takes computed and quoted keys out of every class, decorated or
 * not, so it runs only where it has something to do, and after the keys have their one form. `using`:
 * what it lowers to holds the body of a loop, with its braces or without. JSX: its text.
 */
import type * as Ast from "../syntax/Ast.ts"

export interface EarlySyntax {
  readonly decorators: boolean
  readonly accessors: boolean
  /** `@d accessor #a` */
  readonly decoratedPrivateAccessors: boolean
}

export const none: EarlySyntax = { decorators: false, accessors: false, decoratedPrivateAccessors: false }

/**
 * A `@` right after a quote begins a string (`"@scope/name"`): after one that ends there would have to be a line break.
 * `using` is a word of comments, too: it declares a name.
 */
const sign =
  /(?<!["'`])@(?=[\w$([\\\u0080-\uffff\s/])|\baccessor\b|\busing\s+(?:\/[*/]|[\w$\\\u0080-\uffff]+\s*(?:=|:|of\b|\/[*/]))/g

/** Whether what is at `index` stands in a line of a documentation comment, as most do. */
const isDocumentation = (text: string, index: number): boolean => {
  const line = text.lastIndexOf("\n", index) + 1
  return /^\s*(?:\/\*)?\*/.test(text.slice(line, index)) &&
    text.lastIndexOf("/*", index) > text.lastIndexOf("*/", index)
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
  let decoratedPrivateAccessors = false
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("type" in node && node.type === "Decorator") decorators = true
    if ("type" in node && node.type === "AutoAccessor" && "key" in node) {
      accessors = true
      // The key of a member is a node
      const key = node.key as Ast.AnyNode
      const decorated = "decorators" in node && Array.isArray(node.decorators) && node.decorators.length > 0
      if (decorated && key.type === "PrivateName") decoratedPrivateAccessors = true
    }
    for (const value of Object.values(node)) {
      if (typeof value === "object" && value !== null) pending.push(value)
    }
  }
  return { decorators, accessors, decoratedPrivateAccessors }
}
