/**
 * The calls of a module that matter for its data files.
 */
import type * as Ast from "../syntax/Ast.ts"
import { children, spanOf } from "../syntax/Ast.ts"
import type { AssetReference, ModuleFolds } from "./AssetReference.ts"
import * as Fold from "./Fold.ts"
import * as Folding from "./Folding.ts"
import * as ReadingFunctions from "./ReadingFunctions.ts"

export interface AssetFinder {
  /** The calls in the parts of one top-level item. */
  readonly references: (nodes: ReadonlyArray<Ast.AnyNode>) => ReadonlyArray<AssetReference>
  readonly folds: () => ModuleFolds
}

/** Whether an argument can be a path, or lead to one. */
const mayBePath = (fold: Fold.Fold): boolean =>
  Fold.some(fold, (part) =>
    part._tag !== "Unknown" && part._tag !== "Undefined" && part._tag !== "Choice" &&
    !(part._tag === "Literal" && typeof part.value !== "string"))

/** Whether the callee is a global that never opens a file. */
const isPure = (fold: Fold.Fold): boolean => {
  if (fold._tag === "Global") return fold.name !== "URL" && ReadingFunctions.pureGlobals.has(fold.name)
  return fold._tag === "Member" && fold.object._tag === "Global" && ReadingFunctions.pureGlobals.has(fold.object.name)
}

/** Prepares a module; its names are collected once. */
export const findAssetReferences = (module: Ast.Module): AssetFinder => {
  let folding: Folding.Folding | undefined
  const fold = (node: Ast.AnyNode): Fold.Fold => {
    folding ??= Folding.make(module)
    // Callees and arguments are expressions
    return folding.fold(node as Ast.Expression)
  }

  const references = (nodes: ReadonlyArray<Ast.AnyNode>): ReadonlyArray<AssetReference> => {
    const found: Array<AssetReference> = []
    const visit = (node: Ast.AnyNode): void => {
      if (node.type === "CallExpression" || node.type === "NewExpression") {
        // The two types have these members
        const call = node as Ast.CallExpression | Ast.NewExpression
        record(call)
      }
      for (const child of children(node)) visit(child)
    }
    const record = (call: Ast.CallExpression | Ast.NewExpression): void => {
      if (call.callee.type === "Import" || call.callee.type === "Super") return
      const callee = fold(call.callee)
      if (callee._tag === "Unknown" || isPure(callee)) return
      const args = (call.arguments ?? []).map(({ expression, spread }): Fold.Fold =>
        spread ? { _tag: "Spread", of: fold(expression) } : fold(expression))
      if (!args.some(mayBePath) && callee._tag !== "Import" && callee._tag !== "Member") return
      found.push({ start: spanOf(call).start, callee, arguments: args, construct: call.type === "NewExpression" })
    }
    for (const node of nodes) visit(node)
    return found
  }

  return {
    references,
    folds: () => {
      folding ??= Folding.make(module)
      return [...folding.bindings()]
    }
  }
}
