/**
 * Syntax that is written in other syntax before SWC lowers the rest, because SWC lowers it wrongly.
 */
import type { LoweredSyntax } from "../LoweredSyntax.ts"
import type { Normalisation } from "../Normalisation.ts"
import { disposal } from "./Disposal.ts"
import { disposalHelpers } from "./disposalHelpers.ts"

export interface Desugaring {
  readonly rules: ReadonlyArray<Normalisation>
  /** Functions that the result calls. */
  readonly helpers: string
}

/** What a module with `syntax` needs. */
export const desugaring = ({ types }: LoweredSyntax): Desugaring =>
  types.has("UsingDeclaration")
    ? { rules: [disposal], helpers: disposalHelpers }
    : { rules: [], helpers: "" }
