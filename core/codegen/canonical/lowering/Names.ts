/**
 * The names of variables, which lowering changes: those that shadow another of the same name, and sometimes wrongly
 * (`catch (e) { ... catch (e) { var e = 1; use(e) } }`).
 */
import type * as Ast from "../../../language/Ast.ts"
import type { NamedNode, Renaming } from "./TreeComparison.ts"

/** A variable of the tree: its name, and where it is declared. */
const variable = (name: NamedNode): string => `${name.value} ${"ctxt" in name ? name.ctxt : ""}`

const mentions = (module: Ast.Module): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("type" in node && node.type === "Identifier") {
      // Identifiers have a name
      const key = variable(node as NamedNode)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) pending.push(value)
  }
  return counts
}

/**
 * Gives each variable in the lowered `module` its name back. The first that cannot have it, because it is also mentioned in
 * code that was not compared with the source, is returned.
 */
export const restore = (
  module: Ast.Module,
  renamings: ReadonlyArray<Renaming>
): Renaming | undefined => {
  if (renamings.length === 0) return undefined
  const counts = new Map<string, number>()
  for (const { after } of renamings) counts.set(variable(after), (counts.get(variable(after)) ?? 0) + 1)
  const all = mentions(module)
  const partial = renamings.find(({ after }) => counts.get(variable(after)) !== all.get(variable(after)))
  if (partial !== undefined) return partial
  for (const { after, before } of renamings) after.value = before.value
  return undefined
}
