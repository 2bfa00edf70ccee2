/**
 * The places of a module that have to do with files. What they come to is worked out when the whole of the reached code is
 * known (`AssetUse.ts`): a reading function may come from another module, and a path may be an argument.
 */
import type { Fold } from "./Fold.ts"

/**
 * A call that may read, test or write a file, that hands a path on, or that tells what a parameter may be. Plain JSON, kept in
 * a module's record. A path that is built from the module's own place and given to no call is kept as a call of
 * {@link mention}.
 */
export interface AssetReference {
  /** UTF-16 offset of the call in the module's text. */
  readonly start: number
  readonly callee: Fold
  readonly arguments: ReadonlyArray<Fold>
  readonly construct: boolean
}

/** Stands for whatever becomes of a path that is only built: `const template = join(__dirname, "page.html")`. */
export const mention: Fold = { _tag: "Global", name: "(mention)" }

/** What the analysis of data files keeps of a module beside its items: what its top-level bindings may be. */
export type ModuleFolds = ReadonlyArray<readonly [name: string, fold: Fold]>
