/**
 * A captured value that no package can carry.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../Explanation.ts"

export class CapturedValueError extends Schema.TaggedError<CapturedValueError>()("CapturedValueError", {
  /** What holds it, from the function that was asked for: `["main captures query", "query captures db"]`. */
  chain: Schema.Array(Schema.String),
  /** What it is: `a Socket`. */
  kind: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}
