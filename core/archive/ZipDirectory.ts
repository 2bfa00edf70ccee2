/**
 * The entries of an archive, from its central directory: everything that can be refused before any data is read.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Breath from "../diagnostics/Breath.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import type * as EntryMode from "./EntryMode.ts"
import * as EntryPath from "./EntryPath.ts"
import * as PackageFormatError from "./PackageFormatError.ts"
import type * as RandomAccess from "./RandomAccess.ts"
import * as ZipRecord from "./ZipRecord.ts"

/** What a reader is ready to take. */
export interface Limits {
  readonly entries: number
  /** Of one entry, uncompressed. */
  readonly entryBytes: number
  /** Of all entries together, uncompressed. */
  readonly totalBytes: number
  /** Of central directory, manifest.json and metadata.json each: they are held in memory. */
  readonly memoryBytes: number
}

/** What the format can hold. */
export const defaultLimits: Limits = {
  entries: ZipRecord.maximumEntries,
  entryBytes: ZipRecord.maximumBytes,
  totalBytes: ZipRecord.maximumBytes,
  memoryBytes: 64 * 1_048_576
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decodeName = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

type Refuse = (reason: PackageFormatError.Reason, detail?: string, entry?: string) => Effect.Effect<
  never,
  PackageFormatError.PackageFormatError
>

interface End {
  readonly entries: number
  readonly centralBytes: number
  readonly centralOffset: number
}

/** The end record, which must be the very last 22 bytes. */
const readEnd = (access: RandomAccess.RandomAccess, refuse: Refuse) =>
  Effect.gen(function*() {
    const size = access.sizeBytes
    if (size > ZipRecord.maximumBytes) {
      return yield* refuse("TooLarge", `It has ${size} bytes; a package has 4 GiB at most.`)
    }
    const tail = yield* access.read(Math.max(0, size - ZipRecord.endBytes), ZipRecord.endBytes)
    const view = new DataView(tail.buffer, tail.byteOffset, tail.length)
    if (tail.length < ZipRecord.endBytes || view.getUint32(0, true) !== ZipRecord.endSignature) {
      // A comment or a tail may hide the record: it is at most 65,535 bytes further up.
      const start = Math.max(0, size - ZipRecord.endBytes - 0xffff)
      const area = yield* access.read(start, size - start)
      for (let at = area.length - ZipRecord.endBytes; at >= 0; at--) {
        if (area[at] === 0x50 && area[at + 1] === 0x4b && area[at + 2] === 5 && area[at + 3] === 6) {
          return yield* refuse(
            "TrailingData",
            `Its end record is followed by ${area.length - at - ZipRecord.endBytes} bytes.`
          )
        }
      }
      const head = yield* access.read(0, 4)
      return yield* head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4
        ? refuse("Truncated", "It begins as a ZIP archive and has no end record.")
        : refuse("NotAZip")
    }
    const end: End = {
      entries: view.getUint16(10, true),
      centralBytes: view.getUint32(12, true),
      centralOffset: view.getUint32(16, true)
    }
    if (view.getUint16(20, true) !== 0) {
      return yield* refuse("Truncated", "Its comment is missing.")
    }
    if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0) {
      return yield* refuse("UnsupportedFeature", "It is one of several volumes.")
    }
    if (end.entries === 0xffff || end.centralBytes === 0xffff_ffff || end.centralOffset === 0xffff_ffff) {
      return yield* refuse("UnsupportedFeature", "It is a Zip64 archive.")
    }
    if (view.getUint16(8, true) !== end.entries) {
      return yield* refuse("HeaderMismatch", "Its end record gives two numbers of entries.")
    }
    const endOffset = size - ZipRecord.endBytes
    const centralEnd = end.centralOffset + end.centralBytes
    if (centralEnd > endOffset) {
      return yield* refuse("Truncated", "Its central directory would reach beyond its end record.")
    }
    if (centralEnd < endOffset) {
      return yield* refuse("UncoveredData", `${endOffset - centralEnd} bytes before or behind the central directory.`)
    }
    return end
  })

const fileTypes: Readonly<Record<number, string>> = {
  0o010000: "a named pipe",
  0o020000: "a character device",
  0o040000: "a directory",
  0o060000: "a block device",
  0o120000: "a symbolic link",
  0o140000: "a socket"
}

/** One central header at `at`; its length in the archive is `46 + name`. */
const readEntry = (central: Uint8Array, at: number, refuse: Refuse) =>
  Effect.gen(function*() {
    const view = new DataView(central.buffer, central.byteOffset + at, central.length - at)
    if (view.byteLength < ZipRecord.centralHeaderBytes) return yield* refuse("Truncated", "In the central directory.")
    if (view.getUint32(0, true) !== ZipRecord.centralSignature) {
      return yield* refuse(
        "HeaderMismatch",
        "The central directory does not hold the entries that the end record counts."
      )
    }
    const nameBytes = view.getUint16(28, true)
    if (view.byteLength < ZipRecord.centralHeaderBytes + nameBytes) {
      return yield* refuse("Truncated", "In the central directory.")
    }
    const start = at + ZipRecord.centralHeaderBytes
    const path = decodeName(central.subarray(start, start + nameBytes))
    if (path === undefined) return yield* refuse("UnsafePath", "It is not UTF-8.", `entry at byte ${at}`)

    const flags = view.getUint16(8, true)
    if ((flags & 0x2041) !== 0) return yield* refuse("Encrypted", undefined, path)
    const attributes = view.getUint32(38, true)
    const type = (attributes >>> 16) & 0o170000
    const special = fileTypes[type]
    if (special !== undefined) return yield* refuse("NotARegularFile", `It is ${special}.`, path)
    const flaw = EntryPath.flaw(path)
    if (flaw !== undefined) return yield* refuse("UnsafePath", `Of the name: ${flaw}.`, path)
    if (view.getUint16(30, true) !== 0) return yield* refuse("UnsupportedFeature", "It has extra fields.", path)
    if (view.getUint16(32, true) !== 0) return yield* refuse("UnsupportedFeature", "It has a comment.", path)
    if (view.getUint16(34, true) !== 0) return yield* refuse("UnsupportedFeature", "It is on another volume.", path)
    const code = view.getUint16(10, true)
    if (code !== 0 && code !== 8) return yield* refuse("UnsupportedFeature", `Compression method ${code}.`, path)

    const permissions = attributes >>> 16 & 0o7777
    if (permissions !== 0o644 && permissions !== 0o755) {
      return yield* refuse("ModeMismatch", `They are ${permissions.toString(8)}.`, path)
    }
    const mode: EntryMode.EntryMode = permissions === 0o755 ? "0755" : "0644"
    const entry: ZipRecord.ZipEntry = {
      path,
      mode,
      method: code === 8 ? "deflate" : "store",
      crc32: view.getUint32(16, true),
      compressedBytes: view.getUint32(20, true),
      sizeBytes: view.getUint32(24, true),
      offset: view.getUint32(42, true)
    }
    if (entry.method === "store" && entry.compressedBytes !== entry.sizeBytes) {
      return yield* refuse("SizeMismatch", "It is stored, and declares two sizes.", path)
    }
    const canonical = ZipRecord.central(entry)
    if (canonical.some((byte, index) => byte !== central[at + index])) {
      return yield* refuse("NotCanonical", "Version, flags, time or attributes of its header.", path)
    }
    return entry
  })

const checkLimits = (entries: ReadonlyArray<ZipRecord.ZipEntry>, limits: Limits, refuse: Refuse) => {
  const large = entries.find((entry) => entry.sizeBytes > limits.entryBytes)
  if (large !== undefined) {
    return refuse("TooLarge", `${large.sizeBytes} bytes; the limit is ${limits.entryBytes}.`, large.path)
  }
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  return total > limits.totalBytes
    ? refuse("TooLarge", `Unpacked it has ${total} bytes; the limit is ${limits.totalBytes}.`)
    : Effect.void
}

/** Each entry, in order of their offsets, begins where the one before it ends, from the first byte to the central directory. */
const checkCover = (entries: ReadonlyArray<ZipRecord.ZipEntry>, centralOffset: number, refuse: Refuse) => {
  let position = 0
  for (const entry of entries) {
    if (entry.offset < position) return refuse("OverlappingEntries", undefined, entry.path)
    if (entry.offset > position) {
      return refuse("UncoveredData", `${entry.offset - position} bytes before its local header.`, entry.path)
    }
    position += ZipRecord.local(entry).length + entry.compressedBytes + ZipRecord.descriptor(entry).length
  }
  if (position > centralOffset) {
    return refuse("OverlappingEntries", "The last entry reaches into the central directory.")
  }
  return position < centralOffset
    ? refuse("UncoveredData", `${centralOffset - position} bytes before the central directory.`)
    : Effect.void
}

/** The entries by name, once no name is unsafe, doubled or out of order. */
const checkNames = (entries: ReadonlyArray<ZipRecord.ZipEntry>, refuse: Refuse) => {
  const collision = EntryPath.collision(entries.map((entry) => entry.path))
  if (collision !== undefined) {
    return collision.reason === "Duplicate"
      ? refuse("DuplicateEntry", undefined, collision.second)
      : refuse("PathCollision", `The other one is ${Quotation.quoted(collision.first)}.`, collision.second)
  }
  const unsorted = entries.find((entry, index) => {
    const before = entries[index - 1]
    return before !== undefined &&
      (Order.string(before.path, entry.path) > 0 || before.offset > entry.offset)
  })
  return unsorted === undefined ? Effect.void : refuse("NotCanonical", "It is out of order.", unsorted.path)
}

/** All entries, in the order of their names, which is the order of their data. */
export const read = (
  access: RandomAccess.RandomAccess,
  limits: Limits
): Effect.Effect<
  ReadonlyArray<ZipRecord.ZipEntry>,
  PackageFormatError.PackageFormatError | RandomAccess.PackageReadError
> =>
  Effect.gen(function*() {
    const refuse: Refuse = (reason, detail, entry) =>
      Effect.fail(PackageFormatError.make(access.name, reason, { detail, entry }))
    const end = yield* readEnd(access, refuse)
    if (end.entries > limits.entries) {
      return yield* refuse("TooLarge", `It has ${end.entries} entries; the limit is ${limits.entries}.`)
    }
    if (end.centralBytes > limits.memoryBytes) return yield* refuse("TooLarge", "Its central directory.")
    const central = yield* access.read(end.centralOffset, end.centralBytes)
    const entries: Array<ZipRecord.ZipEntry> = []
    let at = 0
    const breath = yield* Breath.make
    for (let index = 0; index < end.entries; index++) {
      if (index % 256 === 0) yield* breath
      const entry = yield* readEntry(central, at, refuse)
      entries.push(entry)
      at += ZipRecord.central(entry).length
    }
    if (at !== central.length) return yield* refuse("UncoveredData", "Behind the last entry of the central directory.")
    yield* breath
    yield* checkNames(entries, refuse)
    yield* breath
    yield* checkLimits(entries, limits, refuse)
    yield* checkCover(entries, end.centralOffset, refuse)
    return entries
  })
