/**
 * What the analysis has to say about a function that it could package all the same.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "./Explanation.ts"
import { SourceLocation } from "./SourceLocation.ts"

/** `warning`: the run may fail or differ. `info`: a decision worth knowing. */
export const Severity = Schema.Literal("warning", "info")
export type Severity = typeof Severity.Type

/**
 * One remark. `code` is stable and meant for machines (`missing-file`, `unresolved-name`, `dropped-statement`, ...).
 */
export class Diagnostic extends Schema.Class<Diagnostic>("Diagnostic")({
  severity: Severity,
  code: Schema.String,
  what: Schema.String,
  location: Schema.optional(SourceLocation),
  why: Schema.optional(Schema.String),
  remedy: Schema.optional(Schema.String)
}) {
  override toString(): string {
    return `${this.severity}: ${Explanation.render(this)}`
  }
}
