/**
 * A call in the code that may read a file, or that tells what a parameter may be. Plain JSON, kept in a module's record.
 */
import type { Fold } from "./Fold.ts"

export interface AssetReference {
  /** UTF-16 offset of the call in the module's text. */
  readonly start: number
  readonly callee: Fold
  readonly arguments: ReadonlyArray<Fold>
  readonly construct: boolean
}

/** What the analysis of data files keeps of a module beside its items: what its top-level bindings may be. */
export type ModuleFolds = ReadonlyArray<readonly [name: string, fold: Fold]>
