/**
 * Opens and verifies packages, trusting nothing that they say.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Order from "effect/Order"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Breath from "../diagnostics/Breath.ts"
import * as Hasher from "./Hasher.ts"
import * as Manifest from "./Manifest.ts"
import * as Metadata from "./Metadata.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as BoundedJson from "./BoundedJson.ts"
import * as CanonicalJson from "./CanonicalJson.ts"
import * as Crc32 from "./Crc32.ts"
import * as Deflation from "./Deflation.ts"
import * as EntryMode from "./EntryMode.ts"
import * as ForeignJson from "./ForeignJson.ts"
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

    const breath = yield* Breath.make
    let crc32 = 0
    let head: Uint8Array = new Uint8Array(0)
    let pieces: Array<Uint8Array> = []
    const take = (bytes: Uint8Array): undefined => {
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
      const isLast = position === entry.compressedBytes
      for (const step of inflater === undefined ? [{ bytes, isLast }] : Inflation.steps(bytes, isLast)) {
        const flaw = inflater === undefined ? take(step.bytes) : inflater(step.bytes, step.isLast)
        if (flaw !== undefined) return yield* refuse(flaw)
        const ready = pieces
        pieces = []
        for (const piece of ready) yield* use(piece)
        yield* breath
      }
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

/** Entries of a manifest that are checked in one go. */
const sliceEntries = 1000

const decodeHeader = Schema.decodeUnknownEither(Header)
const decodeWhole = Schema.decodeUnknownEither(Manifest.Manifest, { onExcessProperty: "error" })
const decodeEntries = Schema.decodeUnknownEither(Schema.Array(Manifest.Entry), { onExcessProperty: "error" })

/** Whether `text` is the canonical text of what it holds. */
const isCanonical = (text: string, json: unknown, breath: Effect.Effect<void>): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    let at = 0
    let count = 0
    // What JSON.parse returns is JSON
    for (const piece of CanonicalJson.pieces(json as CanonicalJson.Json)) {
      if (!text.startsWith(piece, at)) return false
      at += piece.length
      if (++count % 4096 === 0) yield* breath
    }
    return at === text.length
  })

/** A document of the package as text and JSON, counted while it comes. `read`: hands out its bytes. */
const readDocument = (
  read: (use: (bytes: Uint8Array) => Effect.Effect<void, PackageFormatError.PackageFormatError>) => Effect.Effect<
    void,
    Errors
  >,
  limits: BoundedJson.Limits,
  refuse: (reason: "TooLarge" | "Invalid", why: string) => PackageFormatError.PackageFormatError
) =>
  Effect.gen(function*() {
    const count = BoundedJson.counter(limits)
    const parts: Array<Uint8Array> = []
    yield* read((bytes) => {
      const excess = count(bytes)
      parts.push(bytes)
      return excess === undefined ? Effect.void : Effect.fail(refuse("TooLarge", excess))
    })
    const bytes = Deflation.concat(parts)
    const text = yield* Effect.try({
      try: () => decoder.decode(bytes),
      catch: () => refuse("Invalid", "It is not UTF-8.")
    })
    const json = yield* Effect.mapError(ForeignJson.parseCounted(text), ({ why }) => refuse("Invalid", why))
    return { bytes, text, json }
  })

const decodeMetadata = Schema.decodeUnknownEither(Metadata.Metadata)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const decodeManifest = (text: string, json: unknown, name: string, breath: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const refuse = (reason: PackageFormatError.Reason, detail: string) =>
      PackageFormatError.make(name, reason, { entry: Manifest.path, detail })
    const invalid = (error: ParseResult.ParseError) => refuse("InvalidManifest", ForeignJson.flaws(error))
    const header = yield* Either.mapLeft(decodeHeader(json), invalid)
    if (!Manifest.supportedFormatVersions.includes(header.formatVersion)) {
      return yield* PackageFormatError.make(name, "UnknownFormatVersion", {
        detail: `It has format version ${header.formatVersion}; known: ${Manifest.supportedFormatVersions.join(", ")}.`
      })
    }
    const listed: unknown = isObject(json) ? json["entries"] : undefined
    if (!isObject(json) || !Array.isArray(listed)) {
      return yield* refuse("InvalidManifest", "Its entries are not an array.")
    }
    const whole = yield* Either.mapLeft(decodeWhole({ ...json, entries: [] }), invalid)
    const entries: Array<Manifest.Entry> = []
    for (let at = 0; at < listed.length; at += sliceEntries) {
      entries.push(...yield* Either.mapLeft(decodeEntries(listed.slice(at, at + sliceEntries)), invalid))
      yield* breath
    }
    if (!(yield* isCanonical(text, json, breath))) {
      return yield* refuse("NotCanonical", "It is not the canonical text of what it says.")
    }
    return { ...whole, entries }
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
        return yield* refuse(
          "NotCanonical",
          Manifest.path,
          `Its entry ${Quotation.quoted(entry.path)} is out of order.`
        )
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
    const breath = yield* Breath.make
    const manifestEntry = zip.get(Manifest.path)
    if (manifestEntry === undefined) return yield* refuse("MissingManifest")
    // Known before a byte of it is inflated: what is listed is in the archive's own directory
    const manifestLimits = Manifest.limitsFor([...zip.keys()])
    if (manifestEntry.sizeBytes > Math.min(limits.memoryBytes, manifestLimits.bytes)) {
      return yield* refuse("TooLarge", Manifest.path, `${manifestEntry.sizeBytes} bytes for ${zip.size} files.`)
    }
    const { bytes: manifestBytes, json: manifestJson, text } = yield* readDocument(
      (use) => forEachChunkOf(access, manifestEntry, use),
      manifestLimits,
      (reason, why) => refuse(reason === "TooLarge" ? reason : "InvalidManifest", Manifest.path, why)
    )
    const manifest = yield* decodeManifest(text, manifestJson, name, breath)
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

    const metadataBytes = zip.get(Metadata.path)?.sizeBytes ?? 0
    if (metadataBytes > Math.min(limits.memoryBytes, Metadata.limits.bytes)) {
      return yield* refuse("TooLarge", Metadata.path, `${metadataBytes} bytes.`)
    }
    const { json, text: metadataText } = yield* readDocument(
      (use) => forEachChunk(Metadata.path, use),
      Metadata.limits,
      (reason, why) => refuse(reason === "TooLarge" ? reason : "InvalidMetadata", Metadata.path, why)
    )
    yield* breath
    const metadata = yield* Either.mapLeft(
      decodeMetadata(json),
      (error) => refuse("InvalidMetadata", Metadata.path, ForeignJson.flaws(error))
    )
    if (!(yield* isCanonical(metadataText, json, breath))) return yield* refuse("NotCanonical", Metadata.path)

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
