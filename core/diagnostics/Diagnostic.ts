/**
 * Reports about a function that could be packaged: something for its author to act on.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "./Explanation.ts"
import { SourceLocation } from "./SourceLocation.ts"

/** `warning`: the result may differ, or the run may fail. `info`, shown as "note": something to change, perhaps. */
export const Severity = Schema.Literal("warning", "info")
export type Severity = typeof Severity.Type

/**
 * One report. `code` is stable and meant for machines (`missing-file`, `unresolved-name`, `installed-differs`, ...).
 * Decisions that need no action (a statement is kept because it changes what the function uses) are not reported:
 * `clustrix explain` lists them.
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
    return `${this.severity === "warning" ? "warning" : "note"}: ${Explanation.render(this)}`
  }
}
