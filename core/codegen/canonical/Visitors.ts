/**
 * Rules over a tree: what to do with the nodes of each type.
 */
import type { AutoAccessor } from "../../language/Syntax.ts"
import type * as Ast from "../../language/Ast.ts"

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

/** By type of node. */
export type Visitors<Context> = {
  readonly [Type in Visited["type"]]?: (node: Extract<Visited, { readonly type: Type }>, context: Context) => void
}

type AnyVisit<Context> = (node: object, context: Context) => void

/** Walks the tree once, calling each rule for the nodes it asks for, outer nodes first. Rules may change what is inside. */
export const visitAll = <Context>(
  module: Ast.Module,
  rules: ReadonlyArray<Visitors<Context>>,
  context: Context
): void => {
  const visits = new Map<string, Array<AnyVisit<Context>>>()
  for (const visitors of rules) {
    for (const [type, visit] of Object.entries(visitors)) {
      const known = visits.get(type)
      // A visitor is called for nodes of its own type only, as the lines below do
      if (known === undefined) visits.set(type, [visit as AnyVisit<Context>])
      else known.push(visit as AnyVisit<Context>)
    }
  }
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (Array.isArray(node)) {
      for (const item of node) if (typeof item === "object" && item !== null) pending.push(item)
      continue
    }
    if ("type" in node && typeof node.type === "string") {
      for (let type = node.type, before = ""; type !== before;) {
        before = type
        for (const visit of visits.get(type) ?? []) {
          visit(node, context)
          // What a rule has made another node is looked at as that
          type = node.type
          if (type !== before) break
        }
      }
    }
    for (const key in node) {
      if (key === "span") continue
      // `key` is one of the node's own
      const child = node[key as keyof typeof node] as unknown
      if (typeof child === "object" && child !== null) pending.push(child)
    }
  }
}
