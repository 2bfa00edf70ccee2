/**
 * Why a part of the resolver could not answer; the layer turns it into a `ResolutionError` with specifier and referrer.
 */
import * as Data from "effect/Data"
import type { ResolutionError } from "./ModuleResolver.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

export class Refusal extends Data.TaggedError("Refusal")<{
  readonly reason: ResolutionError["reason"]
  readonly what: string
  readonly location?: SourceLocation | undefined
  readonly why?: string | undefined
  readonly remedy?: string | undefined
  readonly cause?: unknown
  /** Files that were looked for, in order. */
  readonly tried?: ReadonlyArray<string> | undefined
  /** Names that would have been answered. */
  readonly available?: ReadonlyArray<string> | undefined
}> {}

/** As a sentence begins, unless it begins with a name as it is spelt. */
export const begun = (text: string): string =>
  text.replace(/^[a-z]+(?=[ ,])/, (word) => word[0]?.toUpperCase() + word.slice(1))

export const ended = (text: string): string => /[.?!]$/.test(text) ? text : `${text}.`
