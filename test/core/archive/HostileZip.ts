/**
 * Writes ZIP archives byte by byte, right or wrong: an implementation of its own, so that it does not share a mistake with
 * the one that it tests.
 */
import * as zlib from "node:zlib"

export interface Fields {
  name: Uint8Array
  versionNeeded: number
  madeBy: number
  flags: number
  method: number
  time: number
  date: number
  crc32: number
  compressedSize: number
  size: number
  extra: Uint8Array
}

export interface RawEntry {
  central: Fields
  /** As the local header has it. */
  local: Fields
  comment: Uint8Array
  disk: number
  internalAttributes: number
  externalAttributes: number
  data: Uint8Array
  /** `undefined`: none. */
  descriptor: Uint8Array | undefined
  /** Put before the local header. */
  gap: Uint8Array
  /** Instead of where the local header really is. */
  offset: number | undefined
}

export interface Archive {
  entries: Array<RawEntry>
  prefix: Uint8Array
  beforeCentral: Uint8Array
  afterCentral: Uint8Array
  trailing: Uint8Array
  comment: Uint8Array
  end: {
    disk?: number
    centralDisk?: number
    diskEntries?: number
    entries?: number
    centralSize?: number
    centralOffset?: number
    commentLength?: number
  }
  /** Whether offsets count the prefix. */
  rebased: boolean
  /** Indices of `entries` in the order of the central directory; `undefined`: as the data. */
  centralOrder: ReadonlyArray<number> | undefined
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const none = new Uint8Array(0)

const u16 = (...values: ReadonlyArray<number>) =>
  Buffer.concat(values.map((value) => Buffer.from([value, value >>> 8])))
const u32 = (...values: ReadonlyArray<number>) =>
  Buffer.concat(values.map((value) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value >>> 0)
    return bytes
  }))

/** The CRC-32 of each byte, bit by bit. */
const crcs = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0)
  return crc
})

/** CRC-32, byte by byte. */
export const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffff_ffff
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ (crcs[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}

export const descriptorOf = ({ compressedSize, crc32, size }: Fields): Uint8Array =>
  u32(0x0807_4b50, crc32, compressedSize, size)

/** An entry as a package has it. */
export const entry = (
  name: string,
  content: Uint8Array,
  { deflate = false, mode = 0o100644 }: { readonly deflate?: boolean; readonly mode?: number } = {}
): RawEntry => {
  const data = deflate ? zlib.deflateRawSync(content) : content
  const central: Fields = {
    name: utf8(name),
    versionNeeded: 20,
    madeBy: 0x0314,
    flags: deflate ? 0x0808 : 0x0800,
    method: deflate ? 8 : 0,
    time: 0,
    date: 0x21,
    crc32: crc32(content),
    compressedSize: data.length,
    size: content.length,
    extra: none
  }
  return {
    central,
    local: deflate ? { ...central, crc32: 0, compressedSize: 0, size: 0 } : { ...central },
    comment: none,
    disk: 0,
    internalAttributes: 0,
    externalAttributes: mode * 0x1_0000,
    data,
    descriptor: deflate ? descriptorOf(central) : undefined,
    gap: none,
    offset: undefined
  }
}

const shared = (fields: Fields): Buffer =>
  Buffer.concat([
    u16(fields.versionNeeded, fields.flags, fields.method, fields.time, fields.date),
    u32(fields.crc32, fields.compressedSize, fields.size),
    u16(fields.name.length, fields.extra.length)
  ])

/** The bytes of `archive`. */
export const write = (archive: Archive): Uint8Array => {
  const parts: Array<Uint8Array> = [archive.prefix]
  let position = archive.rebased ? archive.prefix.length : 0
  const push = (bytes: Uint8Array): void => {
    parts.push(bytes)
    position += bytes.length
  }
  const offsets = archive.entries.map((entry) => {
    push(entry.gap)
    const offset = position
    push(u32(0x0403_4b50))
    push(shared(entry.local))
    push(entry.local.name)
    push(entry.local.extra)
    push(entry.data)
    if (entry.descriptor !== undefined) push(entry.descriptor)
    return offset
  })
  push(archive.beforeCentral)
  const centralOffset = position
  for (const index of archive.centralOrder ?? archive.entries.keys()) {
    const entry = archive.entries[index]
    if (entry === undefined) continue
    push(u32(0x0201_4b50))
    push(u16(entry.central.madeBy))
    push(shared(entry.central))
    push(u16(entry.comment.length, entry.disk, entry.internalAttributes))
    push(u32(entry.externalAttributes, entry.offset ?? offsets[index] ?? 0))
    push(entry.central.name)
    push(entry.central.extra)
    push(entry.comment)
  }
  const centralSize = position - centralOffset
  push(archive.afterCentral)
  const { end } = archive
  const count = archive.entries.length
  push(u32(0x0605_4b50))
  push(u16(end.disk ?? 0, end.centralDisk ?? 0, end.diskEntries ?? count, end.entries ?? count))
  push(u32(end.centralSize ?? centralSize, end.centralOffset ?? centralOffset))
  push(u16(end.commentLength ?? archive.comment.length))
  push(archive.comment)
  push(archive.trailing)
  return new Uint8Array(Buffer.concat(parts))
}

/** An archive of these entries, without flaws of its own. */
export const archive = (entries: ReadonlyArray<RawEntry>): Archive => ({
  entries: [...entries],
  prefix: none,
  beforeCentral: none,
  afterCentral: none,
  trailing: none,
  comment: none,
  end: {},
  rebased: true,
  centralOrder: undefined
})
