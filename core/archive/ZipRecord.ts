/**
 * The records of the ZIP format as Clustrix writes them: one spelling for each entry, so that a reader can say byte by
 * byte what must be there. (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.9, 4.3.12, 4.3.16.)
 *
 * Version 2.0, made by Unix, 1 January 1980 0:00, names in UTF-8, no extra fields, no comments, no directories. Stored
 * entries carry CRC and sizes in the local header; deflated ones in a data descriptor behind the data.
 */
import * as EntryMode from "./EntryMode.ts"

export type Method = "store" | "deflate"

export interface ZipEntry {
  readonly path: string
  readonly mode: EntryMode.EntryMode
  readonly method: Method
  readonly crc32: number
  readonly compressedBytes: number
  readonly sizeBytes: number
  /** Of the local header, from the start of the archive. */
  readonly offset: number
}

export const localHeaderBytes = 30
export const centralHeaderBytes = 46
export const descriptorBytes = 16
export const endBytes = 22

/** The largest size, offset and number that need no Zip64: the values above are its marks. */
export const maximumBytes = 0xffff_fffe
export const maximumEntries = 0xfffe

export const localSignature = 0x04034b50
export const centralSignature = 0x02014b50
export const descriptorSignature = 0x08074b50
export const endSignature = 0x06054b50

export const version = 20
/** Unix in the upper byte: external attributes are those of `stat`. */
export const madeBy = (3 << 8) | version
const utf8Flag = 0x0800
const descriptorFlag = 0x0008
export const methodCode = (method: Method): number => method === "deflate" ? 8 : 0
export const flags = (method: Method): number => method === "deflate" ? utf8Flag | descriptorFlag : utf8Flag
/** Date and time in one number: 1980-01-01 00:00:00. */
export const dosTime = 0x0021_0000
const regularFile = 0o100000
export const externalAttributes = (mode: EntryMode.EntryMode): number =>
  ((regularFile | EntryMode.toNumber(mode)) << 16) >>> 0

const encoder = new TextEncoder()

/** The fields that local and central header share, from "version needed" to "extra field length". */
const shared = (
  view: DataView,
  at: number,
  { method }: Pick<ZipEntry, "method">,
  name: Uint8Array,
  values: { readonly crc32: number; readonly compressedBytes: number; readonly sizeBytes: number }
): void => {
  view.setUint16(at, version, true)
  view.setUint16(at + 2, flags(method), true)
  view.setUint16(at + 4, methodCode(method), true)
  view.setUint32(at + 6, dosTime, true)
  view.setUint32(at + 10, values.crc32, true)
  view.setUint32(at + 14, values.compressedBytes, true)
  view.setUint32(at + 18, values.sizeBytes, true)
  view.setUint16(at + 22, name.length, true)
}

const unknown = { crc32: 0, compressedBytes: 0, sizeBytes: 0 }

/** The local header. For a deflated entry it does not depend on CRC and sizes. */
export const local = (entry: Omit<ZipEntry, "offset">): Uint8Array => {
  const name = encoder.encode(entry.path)
  const bytes = new Uint8Array(localHeaderBytes + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, localSignature, true)
  shared(view, 4, entry, name, entry.method === "store" ? entry : unknown)
  bytes.set(name, localHeaderBytes)
  return bytes
}

/** What follows the data: nothing for a stored entry. */
export const descriptor = (entry: Omit<ZipEntry, "offset">): Uint8Array => {
  if (entry.method === "store") return new Uint8Array(0)
  const bytes = new Uint8Array(descriptorBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, descriptorSignature, true)
  view.setUint32(4, entry.crc32, true)
  view.setUint32(8, entry.compressedBytes, true)
  view.setUint32(12, entry.sizeBytes, true)
  return bytes
}

export const central = (entry: ZipEntry): Uint8Array => {
  const name = encoder.encode(entry.path)
  const bytes = new Uint8Array(centralHeaderBytes + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, centralSignature, true)
  view.setUint16(4, madeBy, true)
  shared(view, 6, entry, name, entry)
  view.setUint32(38, externalAttributes(entry.mode), true)
  view.setUint32(42, entry.offset, true)
  bytes.set(name, centralHeaderBytes)
  return bytes
}

/** The end of central directory record. */
export const end = (entries: number, centralBytes: number, centralOffset: number): Uint8Array => {
  const bytes = new Uint8Array(endBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, endSignature, true)
  view.setUint16(8, entries, true)
  view.setUint16(10, entries, true)
  view.setUint32(12, centralBytes, true)
  view.setUint32(16, centralOffset, true)
  return bytes
}

/**
 * An upper bound of an archive's size, whatever its entries compress to. fflate writes blocks of at least some
 * thousand bytes and falls back to stored blocks, 5 bytes each: 1/256 and 64 bytes are more than it can add.
 */
export const boundBytes = (entries: Iterable<{ readonly path: string; readonly sizeBytes: number }>): number => {
  let total = endBytes
  for (const { path, sizeBytes } of entries) {
    const name = path.length * 3
    total += localHeaderBytes + centralHeaderBytes + descriptorBytes + 2 * name
    total += sizeBytes + Math.ceil(sizeBytes / 256) + 64
  }
  return total
}
