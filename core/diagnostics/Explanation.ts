/**
 * What every error of Clustrix says: what happened, where, why, and what to do about it.
 */
import * as Schema from "effect/Schema"
import * as Quotation from "./Quotation.ts"
import { SourceLocation } from "./SourceLocation.ts"

/** Fields to spread into a `Schema.TaggedError`. */
export const fields = {
  what: Schema.String,
  location: Schema.optional(SourceLocation),
  why: Schema.optional(Schema.String),
  remedy: Schema.optional(Schema.String),
  cause: Schema.optional(Schema.Defect)
} as const

/** The parts of an {@link render}ed message. */
export interface Explanation {
  readonly what: string
  readonly location?: SourceLocation | undefined
  readonly why?: string | undefined
  readonly remedy?: string | undefined
}

/** `file:line:column: what`, then why, then the remedy, each on its own line. */
export const render = (self: Explanation): string => {
  const { location, remedy, what, why } = Quotation.explained(self)
  return [
    location === undefined ? what : `${location}: ${what}`,
    ...(why === undefined ? [] : [why]),
    ...(remedy === undefined ? [] : [`→ ${remedy}`])
  ].join("\n  ")
}
