/**
 * What a package is: the canonical text whose SHA-256 is the package's identity.
 *
 * Every byte of the ZIP is a function of this text. It lists each entry but itself with path, mode, size and SHA-256 of
 * the uncompressed bytes (metadata.json is an entry like any other); the format version fixes how these become a ZIP:
 * order, headers, the fixed time, the compressor and its chunks. And the ZIP holds this text. So two packages have the
 * same digest if and only if they have the same bytes, and `unzip -p PACKAGE manifest.json | sha256sum` prints it.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import type * as BoundedJson from "./BoundedJson.ts"
import * as CanonicalJson from "./CanonicalJson.ts"
import { EntryMode } from "./EntryMode.ts"
import * as EntryPath from "./EntryPath.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Hasher from "./Hasher.ts"
import * as Quotation from "../diagnostics/Quotation.ts"

/** The name of the manifest in the package. */
export const path = "manifest.json"

/** The mark of a package of ours. */
export const format = "clustrix-package"

/**
 * Bumped whenever the same function would get another package: SWC, the canonical form, the floor, the runner, the ZIP.
 */
export const formatVersion = 3

/** What this version of Clustrix can open. */
export const supportedFormatVersions: ReadonlyArray<number> = [1, 2, formatVersion]

/** 64 lower-case hexadecimal digits. */
export const Digest = Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/))

/** A name in a program: of a function, an export. Nobody writes longer ones, and every answer about a package repeats them. */
export const Name = Schema.String.pipe(Schema.maxLength(1024))

/** A path in the package. */
const Path = Schema.String.pipe(Schema.maxLength(4096))

/** What is called: an export of a module of the package, and how (`kind`). More members are allowed, as JSON. */
export const EntryPoint = Schema.Struct(
  { module: Path, export: Name, kind: Name },
  Schema.Record({ key: Schema.String, value: CanonicalJson.Json })
)
export type EntryPoint = typeof EntryPoint.Type

/** The packaging options that matter, as JSON. */
export const Options = Schema.Record({ key: Schema.String, value: CanonicalJson.Json })
export type Options = typeof Options.Type

/** One file of the package. `size` counts uncompressed bytes, `sha256` is of them. */
export const Entry = Schema.Struct({
  path: Path,
  mode: EntryMode,
  size: Schema.Int.pipe(Schema.nonNegative()),
  sha256: Digest
})
export type Entry = typeof Entry.Type

export const Manifest = Schema.Struct({
  format: Schema.Literal(format),
  formatVersion: Schema.Int.pipe(Schema.positive()),
  entry: EntryPoint,
  options: Options,
  /** By UTF-16 code unit of the path. */
  entries: Schema.Array(Entry)
})
export type Manifest = typeof Manifest.Type

/** What the text of a manifest may be that lists these files. */
export const limitsFor = (paths: ReadonlyArray<string>): BoundedJson.Limits => ({
  // All but the path takes some 180 bytes of each; a path may hold characters of three bytes, or ones that JSON escapes
  bytes: 2_097_152 + paths.reduce((sum, path) => sum + 256 + 3 * path.length, 0),
  depth: 64,
  elements: 20_000 + 6 * paths.length,
  stringBytes: 65_536
})

/** The same where there is no archive that could tell how many files there are: as many as the format can hold. */
export const unpackedLimits: BoundedJson.Limits = {
  bytes: 268_435_456,
  depth: 64,
  elements: 500_000,
  stringBytes: 65_536
}

/** A manifest that cannot be made of what was given. */
export class ManifestError extends Schema.TaggedError<ManifestError>()("ManifestError", {
  reason: Schema.Literal("EntryModuleMissing", "Invalid", "TooLarge"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

const validate = Schema.validate(Manifest, { onExcessProperty: "error" })

/** Sorts the entries, and checks that what is given can be written. */
export const make = (input: {
  readonly entry: EntryPoint
  readonly options: Options
  readonly entries: ReadonlyArray<Entry>
  readonly formatVersion?: number | undefined
}): Effect.Effect<Manifest, ManifestError> =>
  Effect.gen(function*() {
    if (!input.entries.some((entry) => entry.path === input.entry.module)) {
      return yield* new ManifestError({
        reason: "EntryModuleMissing",
        what: `The entry function's module ${Quotation.quoted(input.entry.module)} is not among the package's files`,
        remedy: "This is a mistake in Clustrix: please report it."
      })
    }
    return yield* Effect.mapError(
      validate({
        format,
        formatVersion: input.formatVersion ?? formatVersion,
        entry: input.entry,
        options: input.options,
        entries: [...input.entries].sort((a, b) => Order.string(a.path, b.path))
      }),
      (cause) =>
        new ManifestError({
          reason: "Invalid",
          what: "The manifest of the package cannot be written",
          why: cause.message,
          remedy: "Give entry and options as plain JSON values."
        })
    )
  })

/** Directories of the package that hold no file, and are there because the function lists what is above them. */
export const directories = ({ options }: Manifest): ReadonlyArray<string> =>
  Array.isArray(options["directories"])
    ? options["directories"].filter((each): each is string =>
      typeof each === "string" && EntryPath.flaw(each) === undefined
    )
    : []

/** The canonical text. */
export const encode = (manifest: Manifest): string => CanonicalJson.encode(manifest)

/** The package's whole identity: SHA-256 of the canonical text. */
export const digest = (manifest: Manifest): Effect.Effect<string, never, Hasher.Hasher> =>
  Hasher.digest(encode(manifest))

/** The short name of a package with this digest: its first 16 digits. Names only; checks use the whole digest. */
export const packageId = (digest: string): string => digest.slice(0, 16)

/** The name of the ZIP of the package `packageId`. */
export const fileName = (packageId: string): string => `clustrix_package_${packageId}.zip`
