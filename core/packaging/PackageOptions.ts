/**
 * How a function is to be packaged.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ForeignJson from "../archive/ForeignJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"

/** Where npm packages come from: installed from the lockfile, put into the package, or taken to be there. */
export const Dependencies = Schema.Literal("install", "vendor", "assume")
export type Dependencies = typeof Dependencies.Type

/** What becomes of a path with a part that the analysis cannot know. */
export const UnknownPaths = Schema.Literal("report", "directory")
export type UnknownPaths = typeof UnknownPaths.Type

export const PackageOptions = Schema.Struct({
  /** Globs of data files to add, relative to the package root. */
  include: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] }),
  dependencies: Schema.optionalWith(Dependencies, { default: () => "install" as const }),
  /** Statements that go along whatever the analysis says: `src/a.ts#name` or `src/a.ts:12`. */
  keep: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] }),
  /** Statements that stay out whatever the analysis says. */
  drop: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] }),
  unknownPaths: Schema.optionalWith(UnknownPaths, { default: () => "report" as const }),
  /** Largest data file that is taken, in bytes. Default: 2 GiB. */
  maxFileSizeBytes: Schema.optionalWith(Schema.Int.pipe(Schema.positive()), { default: () => 2 * 1024 ** 3 }),
  /** Directory against which the code's relative paths are read, relative to the package root. Default: the root. */
  workingDirectory: Schema.optional(Schema.String)
})
export type PackageOptions = typeof PackageOptions.Type

/** What a caller may write: every option can be left out. */
export type PackageOptionsInput = typeof PackageOptions.Encoded

/** Options that do not fit; `why` names the key. */
export class PackageOptionsError extends Schema.TaggedError<PackageOptionsError>()("PackageOptionsError", {
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

const decodeUnknown = Schema.decodeUnknown(PackageOptions, { onExcessProperty: "error" })

/** Checks options from outside and fills in the defaults. */
export const decodeOptions = (input: unknown): Effect.Effect<PackageOptions, PackageOptionsError> =>
  Effect.mapError(decodeUnknown(input), (cause) =>
    new PackageOptionsError({
      what: "The packaging options cannot be used",
      why: ForeignJson.flaws(cause),
      remedy: "Correct the key that is named."
    }))
