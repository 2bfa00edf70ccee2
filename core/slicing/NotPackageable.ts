/**
 * Why a reference does not name a function that can be packaged.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"

/**
 * - `Native`: a function of the host itself ("Cannot get source").
 * - `NoSuchExport`, `NotAFunction`, `Class`, `Type`: what the name stands for instead.
 * - `InvalidReference`: the reference itself cannot be read.
 * - `Captures`: the function uses local variables of the function around it.
 * - `NotInJob`: the kept code uses a part of Clustrix that does not exist inside a job.
 */
export class FunctionNotPackageableError
  extends Schema.TaggedError<FunctionNotPackageableError>()("FunctionNotPackageableError", {
    reason: Schema.Literal(
      "Native",
      "NoSuchExport",
      "NotAFunction",
      "Class",
      "Type",
      "InvalidReference",
      "Captures",
      "NotInJob"
    ),
    reference: Schema.String,
    ...Explanation.fields
  })
{
  override get message(): string {
    return Explanation.render(this)
  }
}
