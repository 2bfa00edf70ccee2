/**
 * One rule that makes two spellings of the same program one.
 */
import type { AutoAccessor } from "../../language/Syntax.ts"
import type * as Ast from "../../language/Ast.ts"
import type { Edits } from "./Edits.ts"

/** The nodes that rules look at. */
type Visited =
  | Ast.Module
  | Ast.ModuleItem
  | Ast.Expression
  | Ast.Pattern
  | Ast.ClassMember
  | Ast.Property
  | Ast.ObjectPatternProperty
  | Ast.SwitchCase
  | Ast.VariableDeclarator
  | AutoAccessor

export interface Context {
  /** The text that the tree was parsed from. */
  readonly text: string
  readonly edits: Edits
  /** Texts of functions that the result calls. */
  readonly helpers: Set<string>
  /** What no rule can write in another way. */
  readonly refused: Array<{ readonly node: Ast.AnyNode; readonly why: string }>
  /** What to import in the place of other specifiers. */
  readonly specifiers: Readonly<Record<string, string>>
  /** Whether the text is a script (CommonJS), where strict mode is not implied. */
  readonly script: boolean
  /** Parts that an earlier rule has taken care of. */
  readonly settled: WeakSet<object>
}

/** By type of node. */
export type Visitors = {
  readonly [Type in Visited["type"]]?: (node: Extract<Visited, { readonly type: Type }>, context: Context) => void
}

export interface Normalisation {
  readonly visitors: Visitors
  /** Where it applies: to the slice, whose types and JSX are still there, or to lowered text. By default lowered text. */
  readonly stage?: "slice" | "both"
}

type AnyVisit = (node: object, context: Context) => void

/** Walks the tree once, calling each rule for the nodes it asks for, outer nodes first. */
export const normalise = (module: Ast.Module, rules: ReadonlyArray<Normalisation>, context: Context): void => {
  const visits = new Map<string, Array<AnyVisit>>()
  for (const { visitors } of rules) {
    for (const [type, visit] of Object.entries(visitors)) {
      const known = visits.get(type)
      // A visitor is called for nodes of its own type only, as the lines below do
      if (known === undefined) visits.set(type, [visit as AnyVisit])
      else known.push(visit as AnyVisit)
    }
  }
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (Array.isArray(node)) {
      for (const item of node) if (typeof item === "object" && item !== null) pending.push(item)
      continue
    }
    if ("type" in node && typeof node.type === "string") {
      for (const visit of visits.get(node.type) ?? []) visit(node, context)
    }
    for (const key in node) {
      if (key === "span") continue
      // `key` is one of the node's own
      const child = node[key as keyof typeof node] as unknown
      if (typeof child === "object" && child !== null) pending.push(child)
    }
  }
}
