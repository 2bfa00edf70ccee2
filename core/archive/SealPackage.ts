/**
 * Writes a package: sorted entries, manifest, digest, ZIP.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Hasher from "./Hasher.ts"
import * as Manifest from "./Manifest.ts"
import * as Metadata from "./Metadata.ts"
import * as PackageStore from "./PackageStore.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as BoundedJson from "./BoundedJson.ts"
import * as EntryPath from "./EntryPath.ts"
import * as EntrySurvey from "./EntrySurvey.ts"
import { openPackage } from "./OpenPackage.ts"
import * as PackageEntry from "./PackageEntry.ts"
import * as ZipRecord from "./ZipRecord.ts"
import { ZipWriter } from "./ZipWriter.ts"

export interface SealInput {
  /** Everything but manifest.json and metadata.json, in any order. */
  readonly entries: ReadonlyArray<PackageEntry.PackageEntry>
  readonly metadata: Metadata.Metadata
  readonly entry: Manifest.EntryPoint
  readonly options: Manifest.Options
  /** By default the current one. */
  readonly formatVersion?: number
}

export interface SealedPackage {
  /** SHA-256 of the manifest, 64 digits. */
  readonly digest: string
  /** Its first 16 digits. */
  readonly packageId: string
  /** Absolute path of the ZIP in the store. */
  readonly path: string
  readonly fileName: string
  /** Of the ZIP. */
  readonly sizeBytes: number
  /** Of the ZIP's bytes; which ones they are follows from the digest. */
  readonly sha256: string
  readonly manifest: Manifest.Manifest
  readonly metadata: Metadata.Metadata
}

/** More than a ZIP without Zip64 can hold. */
export class PackageLimitError extends Schema.TaggedError<PackageLimitError>()("PackageLimitError", {
  reason: Schema.Literal("EntryTooLarge", "PackageTooLarge", "TooManyEntries"),
  path: Schema.optional(Schema.String),
  actual: Schema.Number,
  limit: Schema.Number,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Two different packages whose digests begin with the same 16 digits. */
export class PackageIdCollisionError extends Schema.TaggedError<PackageIdCollisionError>()("PackageIdCollisionError", {
  packageId: Schema.String,
  digest: Schema.String,
  existing: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export type SealError =
  | EntryPath.EntryPathError
  | EntryPath.PathCollisionError
  | PackageEntry.EntryReadError
  | PackageEntry.FileChangedError
  | PackageLimitError
  | PackageIdCollisionError
  | Manifest.ManifestError
  | PackageStore.PackageStoreError

const reserved: ReadonlySet<string> = new Set([EntryPath.fold(Manifest.path), EntryPath.fold(Metadata.path)])

const checkPaths = (entries: ReadonlyArray<PackageEntry.PackageEntry>) =>
  Effect.gen(function*() {
    for (const { path } of entries) {
      const flaw = EntryPath.flaw(path)
      if (flaw !== undefined) {
        return yield* new EntryPath.EntryPathError({
          reason: "Unsafe",
          path,
          what: `${Quotation.quoted(path)} cannot be the name of a file in a package`,
          why: `Of the name: ${flaw}.`,
          remedy: "Rename the file, or leave it out of the package."
        })
      }
      if (reserved.has(EntryPath.fold(path))) {
        return yield* new EntryPath.EntryPathError({
          reason: "Reserved",
          path,
          what: `${Quotation.quoted(path)} cannot be the name of a file in a package`,
          why: "Clustrix writes a file of this name itself.",
          remedy: "Put the file into a folder."
        })
      }
    }
    const collision = EntryPath.collision(entries.map((entry) => entry.path))
    if (collision !== undefined) return yield* EntryPath.collisionError(collision)
  })

/** Announced sizes against what the format can hold, before a byte is read or written. */
const checkLimits = (files: ReadonlyArray<{ readonly path: string; readonly sizeBytes: number }>) =>
  Effect.gen(function*() {
    // The manifest is one more.
    if (files.length + 1 > ZipRecord.maximumEntries) {
      return yield* new PackageLimitError({
        reason: "TooManyEntries",
        actual: files.length + 1,
        limit: ZipRecord.maximumEntries,
        what: `The package would have ${files.length + 1} files; it can have ${ZipRecord.maximumEntries}`,
        why: "The ZIP format (without Zip64) counts them in 16 bits.",
        remedy: "Include fewer files, or pack many small data files into one."
      })
    }
    const large = files.find((file) => file.sizeBytes > ZipRecord.maximumBytes)
    if (large !== undefined) {
      return yield* new PackageLimitError({
        reason: "EntryTooLarge",
        path: large.path,
        actual: large.sizeBytes,
        limit: ZipRecord.maximumBytes,
        what: `${large.path} has ${large.sizeBytes} bytes; a file in a package can have ${ZipRecord.maximumBytes}`,
        why: "The ZIP format (without Zip64) counts them in 32 bits.",
        remedy: "Copy the file to the cluster by other means and name it by its path there."
      })
    }
    const total = ZipRecord.boundBytes(files)
    if (total > ZipRecord.maximumBytes) {
      return yield* new PackageLimitError({
        reason: "PackageTooLarge",
        actual: total,
        limit: ZipRecord.maximumBytes,
        what: `The package could take ${total} bytes; it can take ${ZipRecord.maximumBytes}`,
        why: "The ZIP format (without Zip64) counts them in 32 bits.",
        remedy: "Include less data: copy large files to the cluster by other means and name them by their paths there."
      })
    }
  })

/** What no reader would take is not written. */
const checkDocument = (path: string, text: string, limits: BoundedJson.Limits) => {
  const excess = BoundedJson.excess(text, limits)
  return excess === undefined ? Effect.void : Effect.fail(
    new Manifest.ManifestError({
      reason: "TooLarge",
      what: `The package's ${path} would be larger than packages can have it`,
      why: excess,
      remedy: "Package less at once: fewer modules, or shorter texts as arguments of the cluster file functions."
    })
  )
}

/** A different package under the same name must not be overwritten; the same one, or a broken file, is replaced. */
const checkCollision = (store: typeof PackageStore.PackageStore.Service, fileName: string, digest: string) =>
  Effect.gen(function*() {
    const existing = yield* openPackage(yield* store.open(fileName))
    if (existing.digest === digest) return
    return yield* new PackageIdCollisionError({
      packageId: existing.packageId,
      digest,
      existing: existing.digest,
      what: `Another package is stored as ${fileName} already`,
      why: `Its digest is ${existing.digest}, this one's is ${digest}: only their first 16 digits are equal.`,
      remedy: "Use another package directory (CLUSTRIX_PACKAGE_DIR) for this package."
    })
  }).pipe(
    Effect.catchTags({
      // None of that name, or none that is a package of this format: nothing is lost by replacing it.
      PackageStoreError: (error) => error.reason === "NotFound" ? Effect.void : Effect.fail(error),
      PackageFormatError: () => Effect.void,
      PackageReadError: () => Effect.void
    }),
    Effect.scoped
  )

/**
 * Seals `input` into the `PackageStore` as `clustrix_package_<packageId>.zip`. Files are read twice, once for their
 * digests and once for the ZIP, in blocks; a file that differs between the two is a `FileChangedError`. Whatever the
 * order of the entries, and wherever their bytes come from, equal content gives an equal ZIP. On failure or interruption
 * nothing is left behind. With a `memory`, entries that are as they were in the last package are not looked at again.
 */
export const sealPackage = (
  input: SealInput,
  memory?: EntrySurvey.SurveyMemory
): Effect.Effect<SealedPackage, SealError, Hasher.Hasher | FileSystem.FileSystem | PackageStore.PackageStore> =>
  Effect.gen(function*() {
    const hasher = yield* Hasher.Hasher
    const store = yield* PackageStore.PackageStore
    yield* checkPaths(input.entries)
    const metadataText = Metadata.encode(input.metadata)
    yield* checkDocument(Metadata.path, metadataText, Metadata.limits)
    const sources = [
      ...input.entries,
      PackageEntry.text(Metadata.path, metadataText)
    ]
    yield* checkLimits(sources.map(({ content, path }) => ({ path, sizeBytes: PackageEntry.sizeBytes(content) })))

    const survey = EntrySurvey.make(hasher, memory)
    const surveyed = yield* Effect.forEach(sources, survey)
    const manifest = yield* Manifest.make({
      entry: input.entry,
      options: input.options,
      entries: surveyed.map(({ mode, path, sha256, sizeBytes }) => ({ path, mode, size: sizeBytes, sha256 })),
      formatVersion: input.formatVersion
    })
    const manifestText = Manifest.encode(manifest)
    yield* checkDocument(Manifest.path, manifestText, Manifest.limitsFor(manifest.entries.map(({ path }) => path)))
    const manifestEntry = PackageEntry.text(Manifest.path, manifestText)
    const all = [...surveyed, yield* survey(manifestEntry)]
      .sort((a, b) => Order.string(a.path, b.path))
    yield* checkLimits(all)
    const digest = yield* Manifest.digest(manifest)
    const packageId = Manifest.packageId(digest)
    const fileName = Manifest.fileName(packageId)

    const staged = yield* store.stage
    const hash = yield* hasher.init
    const writer = new ZipWriter((bytes) => {
      hash.update(bytes)
      return staged.write(bytes)
    })
    for (const entry of all) yield* EntrySurvey.write(writer, entry, hasher)
    const sizeBytes = yield* writer.finish
    yield* checkCollision(store, fileName, digest)
    const path = yield* staged.commit(fileName)
    return { digest, packageId, path, fileName, sizeBytes, sha256: hash.digest(), manifest, metadata: input.metadata }
  }).pipe(Effect.scoped, Effect.withSpan("sealPackage"))
