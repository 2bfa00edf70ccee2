/**
 * What the analysis says of each loop.
 */
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

/** A place in a module's text in the package, in UTF-16 code units. */
export interface LoopPlace {
  /** Of the module, in the package. */
  readonly path: string
  readonly offset: number
}

/** Why a loop stays serial: a sentence without its end, such as "`break` ends the loop early". */
export interface Obstacle extends LoopPlace {
  readonly why: string
}

/** One loop of the package. */
export type LoopVerdict =
  | {
    readonly _tag: "Parallel"
    readonly loop: LoopPlace
    /** What is folded on the main thread, in the original order: "`total +=`", "`rows.push`". */
    readonly reductions: ReadonlyArray<string>
  }
  | { readonly _tag: "Serial"; readonly loop: LoopPlace; readonly obstacle: Obstacle }

/** {@link LoopVerdict} at places of the user's sources. */
export type LoopReport =
  | { readonly verdict: "parallel"; readonly location: SourceLocation; readonly reductions: ReadonlyArray<string> }
  | {
    readonly verdict: "serial"
    readonly location: SourceLocation
    readonly why: string
    /** Where the reason stands. */
    readonly because: SourceLocation
  }
