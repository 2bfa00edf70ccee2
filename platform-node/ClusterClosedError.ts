/**
 * A call by way of a cluster that the program has closed.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../core/diagnostics/Explanation.ts"

export class ClusterClosedError
  extends Schema.TaggedError<ClusterClosedError>()("ClusterClosedError", Explanation.fields)
{
  override get message(): string {
    return Explanation.render(this)
  }
}

export const closed = (): ClusterClosedError =>
  new ClusterClosedError({
    what: "The cluster that this function runs on was closed",
    why: "`close()` was called, or the scope of `await using` has ended.",
    remedy: "Call the function before, or make another one with `cluster(options)(fn)`."
  })
