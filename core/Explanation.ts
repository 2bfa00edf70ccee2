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

/** The most of each part, in code units: texts that programs throw are shown as they are, and none fills a screen for ever. */
const most = { what: 2_000, why: 20_000, remedy: 2_000 } as const

const part = (text: string, name: keyof typeof most): string =>
  Quotation.visibleLines(Quotation.shortened(text, most[name]))

/** The parts as they may be shown: whatever foreign text they hold, it moves no cursor and turns no line around. */
export const shown = ({ location, remedy, what, why }: Explanation): Explanation => ({
  what: part(what, "what"),
  ...(location === undefined ? {} : { location }),
  ...(why === undefined ? {} : { why: part(why, "why") }),
  ...(remedy === undefined ? {} : { remedy: part(remedy, "remedy") })
})

/** `file:line:column: what`, then why, then the remedy, each on its own line. */
export const render = (self: Explanation): string => {
  const { location, remedy, what, why } = shown(self)
  return [
    location === undefined ? what : `${location}: ${what}`,
    ...(why === undefined ? [] : [why]),
    ...(remedy === undefined ? [] : [`→ ${remedy}`])
  ].join("\n  ")
}
