/**
 * SWC's syntax tree in the form the analysis reads.
 *
 * Differences to what `@swc/wasm-web` returns, made once by the parser service: spans are UTF-16 offsets into the text
 * (SWC: UTF-8 bytes over a base that grows with every parse), the body of a function is a `BlockStatement`
 * (SWC 1.16 says `FunctionBody`), and accessors of object literals have `param` and `body` (SWC 1.16: in a `function`). An `Identifier`'s `ctxt` is 1 for a name that the module does not declare, 2 for a
 * binding of the module's top level, and higher inside; see `FACTS` in ARCHITECTURE.md for the exceptions.
 */
import type * as Swc from "@swc/types"

export type * from "@swc/types"

/** Any node: an object with a `type` and a `span`. */
export interface Node {
  readonly type: string
  readonly span: Swc.Span
}

/** Any node as `@swc/types` declares it: some declarations leave out a span that is there. */
export interface AnyNode {
  readonly type: string
}

/** The text that a node covers. A few nodes (`key: value` in an object) come without a span: from their parts, then. */
export const spanOf = (node: AnyNode): Swc.Span => {
  if ("span" in node) return (node as Node).span
  const spans = children(node).map(spanOf)
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)), ctxt: 0 }
}

/** `ctxt` of a name that nothing in the module declares. */
export const unresolved = 1
/** `ctxt` of the module's top-level bindings. */
export const topLevel = 2

/** Whether the text could only be read as a script (CommonJS): sloppy mode unless it says otherwise, `return` at the top. */
export const isScript = (module: Swc.Module): boolean => "script" in module && module.script === true

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

/** The child nodes of `node`, in the order of the text. Wrappers without a `type` (arguments, declarators) are looked through. */
export const children = (node: AnyNode): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) { for (const item of value) collect(item) }
    else if (isNode(value)) found.push(value)
    else if (typeof value === "object" && value !== null) { for (const item of Object.values(value)) collect(item) }
  }
  for (const [key, value] of Object.entries(node)) if (key !== "span") collect(value)
  return found
}
