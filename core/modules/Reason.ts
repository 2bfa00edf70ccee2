/**
 * Why something is in the package: one step towards the function that was asked for.
 */
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

/** `file#name` of a declaration, `file:line` of a statement, or `file` of a module. */
export type NodeId = string

export interface Reason {
  readonly kind:
    | "entry"
    | "reference"
    | "effect"
    | "side-effect-import"
    | "dynamic-import"
    | "namespace"
    | "re-export"
    | "commonjs"
    | "data"
    | "include"
    | "option"
    | "captured"
  /** The node that needs it; `undefined` for the entry. */
  readonly from: NodeId | undefined
  /** How, as the end of the sentence "it is here because ...": "`main` calls `helper`". */
  readonly because: string
  readonly location: SourceLocation | undefined
}

/** A decision of the analysis that is not a plain reference. */
export interface Decision {
  readonly node: NodeId
  readonly verdict: "kept" | "dropped"
  readonly doubt: boolean
  readonly why: string
  readonly location: SourceLocation
}

/** The chain from `node` up to the entry, nearest first. Stops at a node that it has met. */
export const chain = (reasons: ReadonlyMap<NodeId, Reason>, node: NodeId): ReadonlyArray<readonly [NodeId, Reason]> => {
  const steps: Array<readonly [NodeId, Reason]> = []
  const seen = new Set<NodeId>()
  let current: NodeId | undefined = node
  while (current !== undefined && !seen.has(current)) {
    seen.add(current)
    const reason = reasons.get(current)
    if (reason === undefined) break
    steps.push([current, reason])
    current = reason.from
  }
  return steps
}
