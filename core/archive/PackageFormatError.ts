/**
 * What the reader says of a file that is not a package as Clustrix writes it.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Quotation from "../diagnostics/Quotation.ts"

const reasons = {
  NotAZip: "it does not end as a ZIP archive does",
  Truncated: "it ends before its contents do",
  TrailingData: "there is data behind the archive's end",
  UncoveredData: "it holds bytes that belong to no entry",
  OverlappingEntries: "two of its entries share bytes",
  Encrypted: "it is encrypted",
  UnsupportedFeature: "it uses a ZIP feature that no package uses",
  NotCanonical: "it is not written as Clustrix writes it",
  UnsafePath: "its name leads outside the package, or differs between systems",
  DuplicateEntry: "its name occurs twice",
  PathCollision: "its name and another one are the same file on some systems",
  NotARegularFile: "it is not a regular file",
  HeaderMismatch: "its local header and the central directory disagree",
  CorruptData: "its compressed data cannot be inflated",
  ChecksumMismatch: "its CRC-32 is wrong",
  SizeMismatch: "it has not the size that it declares",
  TooLarge: "it is larger than allowed",
  MissingManifest: "it has no manifest.json, so it is not a package",
  InvalidManifest: "its manifest.json is not the manifest of a package",
  UnknownFormatVersion: "it has a format version that this Clustrix does not know",
  InvalidMetadata: "its metadata.json is not the document of a package",
  UnlistedEntry: "the manifest does not list it",
  MissingEntry: "the manifest lists it, and the archive does not hold it",
  ModeMismatch: "its permissions are not those of its content and the manifest",
  DigestMismatch: "its SHA-256 is not the expected one"
} as const

/** What Clustrix writes itself is never so large. */
const documents: ReadonlySet<string | undefined> = new Set(["manifest.json", "metadata.json"])

export type Reason = keyof typeof reasons

const isReason = (key: string): key is Reason => key in reasons

/** `package`: the file as the user knows it. `entry`: the path in it, where one entry is at fault. */
export class PackageFormatError extends Schema.TaggedError<PackageFormatError>()("PackageFormatError", {
  reason: Schema.Literal(...Object.keys(reasons).filter(isReason)),
  package: Schema.String,
  entry: Schema.optional(Schema.String),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** The error for `reason`; `detail` says it more exactly. */
export const make = (
  archive: string,
  reason: Reason,
  options: { readonly entry?: string | undefined; readonly detail?: string | undefined } = {}
): PackageFormatError =>
  new PackageFormatError({
    reason,
    package: archive,
    entry: options.entry,
    what: options.entry === undefined
      ? `${archive} is refused: ${reasons[reason]}`
      : `${archive} is refused for its entry ${Quotation.quoted(options.entry)}: ${reasons[reason]}`,
    why: options.detail,
    remedy: reason === "UnknownFormatVersion"
      ? "Package the function again with this version of Clustrix, or open it with the version that made it."
      : reason === "TooLarge" && !documents.has(options.entry)
      ? "Raise the limit if you trust where it comes from."
      : "Do not trust this file: fetch it again, or package the function again."
  })
