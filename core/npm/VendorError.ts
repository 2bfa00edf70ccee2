/**
 * Why the files of an npm package cannot go into the ZIP.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"

/**
 * - `NotInstalled`: Node finds no such package where it is needed.
 * - `OtherVersion`: what Node finds there is not what the lockfile says.
 * - `PlugAndPlay`: the project has no node_modules; its packages lie in archives.
 * - `NotARegularFile`: a socket, a pipe, a device.
 * - `TooLarge`, `TooMany`: more than the options, or a ZIP, allow.
 * - `Unreadable`: the file system would not list or look at it.
 */
export class VendorError extends Schema.TaggedError<VendorError>()("VendorError", {
  reason: Schema.Literal(
    "NotInstalled",
    "OtherVersion",
    "PlugAndPlay",
    "NotARegularFile",
    "TooLarge",
    "TooMany",
    "Unreadable"
  ),
  /** The package, or the file of it. */
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}
