/**
 * A module whose canonical text would not do the same.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../../diagnostics/Explanation.ts"

/** The canonical text of a module reads as another program. `location` is in the text that was to be made canonical. */
export class CanonicalTextError extends Schema.TaggedError<CanonicalTextError>()("CanonicalTextError", {
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}
