/**
 * Opens and verifies packages, trusting nothing that they say.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import * as Hasher from "../Hasher.ts"
import * as Manifest from "../Manifest.ts"
import * as Metadata from "../Metadata.ts"
import * as CanonicalJson from "./CanonicalJson.ts"
import * as Crc32 from "./Crc32.ts"
import * as Deflation from "./Deflation.ts"
import * as EntryMode from "./EntryMode.ts"
import * as Inflation from "./Inflation.ts"
import * as PackageFormatError from "./PackageFormatError.ts"
import type * as RandomAccess from "./RandomAccess.ts"
import * as ZipDirectory from "./ZipDirectory.ts"
import * as ZipRecord from "./ZipRecord.ts"

type Errors = PackageFormatError.PackageFormatError | RandomAccess.PackageReadError

/** A file of an opened package. */
export interface PackagedEntry extends Manifest.Entry {
  /** Bytes it takes in the ZIP, without headers. */
  readonly compressedBytes: number
}

/** A package whose directory, manifest and metadata are in order. Its other entries are checked as they are read. */
export interface OpenPackage {
  readonly name: string
  readonly sizeBytes: number
  /** SHA-256 of the manifest: the identity of the package. */
  readonly digest: string
  readonly packageId: string
  readonly manifest: Manifest.Manifest
  readonly manifestText: string
  readonly metadata: Metadata.Metadata
  /** All that the manifest lists, by UTF-16 code unit of the path. */
  readonly entries: ReadonlyArray<PackagedEntry>
  /** The bytes of an entry (or of manifest.json), verified. Fails with `MissingEntry` when there is none of that name. */
  readonly read: (path: string) => Effect.Effect<Uint8Array, Errors>
  /** Calls `use` with the bytes of an entry piece by piece, none of them empty; they are verified only when the whole effect succeeds. */
  readonly forEachChunk: <E, R>(
    path: string,
    use: (bytes: Uint8Array) => Effect.Effect<void, E, R>
  ) => Effect.Effect<void, E | Errors, R>
}

export interface OpenOptions {
  /** The whole digest that the package must have. */
  readonly expectedDigest?: string
  /** By default what the format can hold. */
  readonly limits?: Partial<ZipDirectory.Limits>
}

/** Compressed bytes are read from the file in pieces of this size. */
const readBytes = 262_144

/** The bytes of one entry, with everything checked that the archive itself says of them. */
const forEachChunkOf = <E, R>(
  access: RandomAccess.RandomAccess,
  entry: ZipRecord.ZipEntry,
  use: (bytes: Uint8Array) => Effect.Effect<void, E, R>
): Effect.Effect<void, E | Errors, R> =>
  Effect.gen(function*() {
    const refuse = (reason: PackageFormatError.Reason, detail?: string) =>
      Effect.fail(PackageFormatError.make(access.name, reason, { entry: entry.path, detail }))
    const local = ZipRecord.local(entry)
    const header = yield* access.read(entry.offset, local.length)
    if (header.length < local.length) return yield* refuse("Truncated")
    if (local.some((byte, index) => byte !== header[index])) return yield* refuse("HeaderMismatch")

    let crc32 = 0
    let head: Uint8Array = new Uint8Array(0)
    let pieces: Array<Uint8Array> = []
    const take = (bytes: Uint8Array): void => {
      if (bytes.length === 0) return
      crc32 = Crc32.update(crc32, bytes)
      if (head.length < EntryMode.headBytes) head = Deflation.concat([head, bytes.subarray(0, EntryMode.headBytes)])
      pieces.push(bytes)
    }
    const inflater = entry.method === "deflate" ? Inflation.inflater(entry.sizeBytes, take) : undefined
    const start = entry.offset + local.length
    let position = 0
    do {
      const length = Math.min(readBytes, entry.compressedBytes - position)
      const bytes = yield* access.read(start + position, length)
      if (bytes.length < length) return yield* refuse("Truncated")
      position += length
      if (inflater === undefined) take(bytes)
      else {
        const flaw = inflater.push(bytes, position === entry.compressedBytes)
        if (flaw !== undefined) return yield* refuse(flaw)
      }
      const ready = pieces
      pieces = []
      for (const piece of ready) yield* use(piece)
    } while (position < entry.compressedBytes)

    if (crc32 !== entry.crc32) return yield* refuse("ChecksumMismatch")
    const descriptor = ZipRecord.descriptor(entry)
    const trailer = yield* access.read(start + position, descriptor.length)
    if (descriptor.some((byte, index) => byte !== trailer[index])) {
      return yield* refuse("HeaderMismatch", "Its data descriptor says something else.")
    }
    if (EntryMode.fromHead(head.subarray(0, EntryMode.headBytes)) !== entry.mode) return yield* refuse("ModeMismatch")
  })

const collect = (
  forEach: (use: (bytes: Uint8Array) => Effect.Effect<void>) => Effect.Effect<void, Errors>
): Effect.Effect<Uint8Array, Errors> =>
  Effect.suspend(() => {
    const parts: Array<Uint8Array> = []
    return Effect.map(
      forEach((bytes) => {
        parts.push(bytes)
        return Effect.void
      }),
      () => Deflation.concat(parts)
    )
  })

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const Header = Schema.Struct({ format: Schema.Literal(Manifest.format), formatVersion: Schema.Int })

/** `text` as JSON and nothing but its canonical form. */
const parseCanonical = (bytes: Uint8Array): Effect.Effect<{ readonly text: string; readonly json: unknown }, string> =>
  Effect.gen(function*() {
    const { json, text } = yield* Effect.try({
      try: () => {
        const text = decoder.decode(bytes)
        const json: unknown = JSON.parse(text)
        return { text, json }
      },
      catch: (cause) => String(cause)
    })
    return { text, json }
  })

const isCanonical = (text: string, json: unknown): boolean =>
  // What JSON.parse returns is JSON.
  CanonicalJson.encode(json as CanonicalJson.Json) === text

const decodeManifest = (bytes: Uint8Array, name: string) =>
  Effect.gen(function*() {
    const refuse = (reason: PackageFormatError.Reason, detail: string) =>
      PackageFormatError.make(name, reason, { entry: Manifest.path, detail })
    const { json, text } = yield* Effect.mapError(parseCanonical(bytes), (why) => refuse("InvalidManifest", why))
    const header = yield* Effect.mapError(
      Schema.decodeUnknown(Header)(json),
      (cause) => refuse("InvalidManifest", cause.message)
    )
    if (!Manifest.supportedFormatVersions.includes(header.formatVersion)) {
      return yield* PackageFormatError.make(name, "UnknownFormatVersion", {
        detail: `It has format version ${header.formatVersion}; known: ${Manifest.supportedFormatVersions.join(", ")}.`
      })
    }
    const manifest = yield* Effect.mapError(
      Schema.decodeUnknown(Manifest.Manifest, { onExcessProperty: "error" })(json),
      (cause) => refuse("InvalidManifest", cause.message)
    )
    if (!isCanonical(text, json)) {
      return yield* refuse("NotCanonical", "It is not the canonical text of what it says.")
    }
    return { manifest, text }
  })

/** The archive's entries must be exactly the manifest's, and itself. */
const checkListed = (name: string, manifest: Manifest.Manifest, zip: ReadonlyMap<string, ZipRecord.ZipEntry>) =>
  Effect.gen(function*() {
    const refuse = (reason: PackageFormatError.Reason, entry: string, detail?: string) =>
      PackageFormatError.make(name, reason, { entry, detail })
    const listed = new Map<string, Manifest.Entry>()
    let before: string | undefined
    for (const entry of manifest.entries) {
      if (before !== undefined && Order.string(before, entry.path) >= 0) {
        return yield* refuse("NotCanonical", Manifest.path, `Its entry ${JSON.stringify(entry.path)} is out of order.`)
      }
      before = entry.path
      listed.set(entry.path, entry)
    }
    for (const entry of zip.values()) {
      if (entry.path === Manifest.path) continue
      const expected = listed.get(entry.path)
      if (expected === undefined) return yield* refuse("UnlistedEntry", entry.path)
      if (expected.size !== entry.sizeBytes) {
        return yield* refuse(
          "SizeMismatch",
          entry.path,
          `The manifest says ${expected.size} bytes, the archive ${entry.sizeBytes}.`
        )
      }
      if (expected.mode !== entry.mode) {
        return yield* refuse(
          "ModeMismatch",
          entry.path,
          `The manifest says ${expected.mode}, the archive ${entry.mode}.`
        )
      }
    }
    for (const path of [...listed.keys(), Metadata.path, manifest.entry.module]) {
      if (path === Manifest.path || !zip.has(path)) return yield* refuse("MissingEntry", path)
    }
    return listed
  })

/**
 * Opens a package: checks the archive's whole structure, the manifest against it, the digest if one is expected, and
 * metadata.json. The data of the other entries is verified when it is read, or all at once by {@link verifyPackage}.
 */
export const openPackage = (
  access: RandomAccess.RandomAccess,
  options: OpenOptions = {}
): Effect.Effect<OpenPackage, Errors, Hasher.Hasher> =>
  Effect.gen(function*() {
    const { name } = access
    const limits = { ...ZipDirectory.defaultLimits, ...options.limits }
    const hasher = yield* Hasher.Hasher
    const refuse = (reason: PackageFormatError.Reason, entry?: string, detail?: string) =>
      PackageFormatError.make(name, reason, { entry, detail })

    const zip = new Map((yield* ZipDirectory.read(access, limits)).map((entry) => [entry.path, entry]))
    const manifestEntry = zip.get(Manifest.path)
    if (manifestEntry === undefined) return yield* refuse("MissingManifest")
    if (manifestEntry.sizeBytes > limits.memoryBytes) return yield* refuse("TooLarge", Manifest.path)
    const manifestBytes = yield* collect((use) => forEachChunkOf(access, manifestEntry, use))
    const { manifest, text } = yield* decodeManifest(manifestBytes, name)
    const hash = yield* hasher.init
    hash.update(manifestBytes)
    const digest = hash.digest()
    if (options.expectedDigest !== undefined && digest !== options.expectedDigest) {
      return yield* refuse("DigestMismatch", undefined, `It is ${digest}; ${options.expectedDigest} was expected.`)
    }
    const listed = yield* checkListed(name, manifest, zip)

    const forEachChunk: OpenPackage["forEachChunk"] = (path, use) =>
      Effect.gen(function*() {
        const entry = zip.get(path)
        const expected = listed.get(path)
        if (entry === undefined) return yield* refuse("MissingEntry", path)
        const hash = yield* hasher.init
        yield* forEachChunkOf(access, entry, (bytes) => {
          hash.update(bytes)
          return use(bytes)
        })
        // The manifest itself is what the package's digest stands for; all else is listed.
        const wanted = expected?.sha256 ?? digest
        const actual = hash.digest()
        if (actual !== wanted) {
          return yield* refuse("DigestMismatch", path, `It is ${actual}; the manifest says ${wanted}.`)
        }
      })
    const read: OpenPackage["read"] = (path) => collect((use) => forEachChunk(path, use))

    if ((zip.get(Metadata.path)?.sizeBytes ?? 0) > limits.memoryBytes) return yield* refuse("TooLarge", Metadata.path)
    const metadataBytes = yield* read(Metadata.path)
    const invalid = (why: string) => refuse("InvalidMetadata", Metadata.path, why)
    const { json, text: metadataText } = yield* Effect.mapError(parseCanonical(metadataBytes), invalid)
    const metadata = yield* Effect.mapError(
      Schema.decodeUnknown(Metadata.Metadata)(json),
      (cause) => invalid(cause.message)
    )
    if (!isCanonical(metadataText, json)) return yield* refuse("NotCanonical", Metadata.path)

    return {
      name,
      sizeBytes: access.sizeBytes,
      digest,
      packageId: Manifest.packageId(digest),
      manifest,
      manifestText: text,
      metadata,
      entries: manifest.entries.map((entry) => ({
        ...entry,
        compressedBytes: zip.get(entry.path)?.compressedBytes ?? 0
      })),
      read,
      forEachChunk
    }
  })

/** {@link openPackage}, and every byte of every entry checked against the manifest. */
export const verifyPackage = (
  access: RandomAccess.RandomAccess,
  options: OpenOptions = {}
): Effect.Effect<OpenPackage, Errors, Hasher.Hasher> =>
  Effect.tap(
    openPackage(access, options),
    (opened) =>
      Effect.forEach(opened.entries, (entry) => opened.forEachChunk(entry.path, () => Effect.void), { discard: true })
  )
