/**
 * One rule that makes two spellings of the same program one, on the tree.
 */
import type * as Ast from "../../language/Ast.ts"
import type { Visitors } from "./Visitors.ts"

export interface Context {
  /** What to import in the place of other specifiers. */
  readonly specifiers: Readonly<Record<string, string>>
  /** Whether the text is a script (CommonJS), where strict mode is not implied. */
  readonly script: boolean
  /** Parts that an outer node needs as they are. */
  readonly settled: WeakSet<object>
}

export type Normalisation = Visitors<Context>

/** Of nodes that no source has. */
export const nowhere: Ast.Span = { start: 0, end: 0, ctxt: 0 }

/** Makes `node` another one, where it stands. */
export const become = <Node extends Ast.AnyNode>(node: Ast.AnyNode, other: Node): void => {
  if (node === other) return
  const target = node as unknown as Record<string, unknown>
  for (const key of Object.keys(node)) delete target[key]
  Object.assign(target, other)
}

export const identifier = (value: string, span: Ast.Span = nowhere): Ast.Identifier => ({
  type: "Identifier",
  span,
  value,
  optional: false
})

export const string = (value: string, span: Ast.Span = nowhere): Ast.StringLiteral => ({
  type: "StringLiteral",
  span,
  value
})
