/**
 * A rule that writes part of a text in another way before SWC lowers it.
 */
import * as Ast from "../../../language/Ast.ts"
import { visitAll, type Visitors } from "../Visitors.ts"
import { Edits } from "../../Edits.ts"

export interface Context {
  /** The text that the tree was parsed from. */
  readonly text: string
  readonly edits: Edits
  /** Texts of functions that the result calls. */
  readonly helpers: Set<string>
  /** Whether the text is a script (CommonJS), where strict mode is not implied. */
  readonly script: boolean
  /** What no rule can write in another way. */
  readonly refused: Array<{ readonly node: Ast.AnyNode; readonly why: string }>
}

export type TextRule = Visitors<Context>

/** What `rules` make of `text`, whose tree is `module`. */
export const apply = (text: string, module: Ast.Module, rules: ReadonlyArray<TextRule>): Context => {
  const context: Context = {
    text,
    edits: new Edits(text),
    helpers: new Set(),
    script: Ast.isScript(module),
    refused: []
  }
  visitAll(module, rules, context)
  return context
}
