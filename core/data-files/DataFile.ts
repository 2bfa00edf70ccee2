/**
 * A data file that goes along, or must not.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { Site } from "./AssetUse.ts"

/**
 * A data file that must not or cannot go along. `OutsideWorkingDirectory`: code reads it relative to the working directory,
 * and it lies above that. `TooMany`: a directory has more files than a package may hold.
 */
export class DataFileError extends Schema.TaggedError<DataFileError>()("DataFileError", {
  reason: Schema.Literal(
    "TooLarge",
    "TooMany",
    "OutsidePackageRoot",
    "OutsideWorkingDirectory",
    "NotARegularFile",
    "Unreadable"
  ),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Below which directory of the package the file lies: beside the module that reads it, or in the job's working directory. */
export type RelativeTo = "module" | "workingDirectory"

/** A file that goes along. */
export interface DataFile {
  /** Absolute, as spelled on disk (not followed through links), `/`-separated. */
  readonly path: string
  readonly sizeBytes: number
  readonly relativeTo: RelativeTo
  /** Where the code reads it; `undefined` for what the option `include` names. */
  readonly site: Site | undefined
  /** What to say of it: "the code reads ...". */
  readonly because: string
}
