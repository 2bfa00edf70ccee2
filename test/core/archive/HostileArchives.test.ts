/**
 * Every way known to us in which a ZIP can lie.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { createHash } from "node:crypto"
import * as zlib from "node:zlib"
import * as CanonicalJson from "../../../core/archive/CanonicalJson.ts"
import * as EntryMode from "../../../core/archive/EntryMode.ts"
import { type OpenOptions, verifyPackage } from "../../../core/archive/OpenPackage.ts"
import type { Reason } from "../../../core/archive/PackageFormatError.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"
import * as Zip from "./HostileZip.ts"
import * as sample from "./sample.ts"

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

interface File {
  name: string
  content: Uint8Array
  deflate: boolean
}

interface ManifestJson {
  format: string
  formatVersion: number
  entry: Record<string, string>
  options: Record<string, string>
  entries: Array<Record<string, string | number>>
  [extra: string]: CanonicalJson.Source
}

/** The files of a right package, without the manifest. */
const files = (): Array<File> => [
  { name: "data/a.txt", content: Zip.utf8("some text, some text, some text, some text"), deflate: true },
  { name: "execute.mjs", content: Zip.utf8("#!/usr/bin/env node\n"), deflate: false },
  { name: "metadata.json", content: Zip.utf8(Metadata.encode(Metadata.make(sample.metadataInput))), deflate: true },
  { name: sample.module, content: Zip.utf8("export const mainAnalysis = 1\n"), deflate: false }
]

const manifestOf = (list: ReadonlyArray<File>): ManifestJson => ({
  format: "clustrix-package",
  formatVersion: 1,
  entry: { module: sample.module, export: "mainAnalysis", kind: "function" },
  options: {},
  entries: list.map(({ content, name }) => ({
    path: name,
    mode: EntryMode.fromHead(content),
    size: content.length,
    sha256: sha256(content)
  }))
})

/** A package with these files, in which the manifest and the archive can be changed before they are written. */
const make = (
  change: {
    readonly files?: (list: Array<File>) => void
    readonly manifest?: (manifest: ManifestJson) => void
    readonly manifestText?: (text: string) => string
    readonly archive?: (archive: Zip.Archive, entry: (name: string) => Zip.RawEntry) => void
    readonly keepOrder?: boolean
  } = {}
): Uint8Array => {
  const list = files()
  change.files?.(list)
  const manifest = manifestOf(list)
  change.manifest?.(manifest)
  const text = CanonicalJson.encode(manifest)
  list.push({ name: "manifest.json", content: Zip.utf8(change.manifestText?.(text) ?? text), deflate: true })
  if (change.keepOrder !== true) list.sort((a, b) => Order.string(a.name, b.name))
  const archive = Zip.archive(
    list.map(({ content, deflate, name }) =>
      Zip.entry(name, content, { deflate, mode: 0o100000 | EntryMode.toNumber(EntryMode.fromHead(content)) })
    )
  )
  change.archive?.(archive, (name) => {
    const found = archive.entries.find((entry) => new TextDecoder().decode(entry.central.name) === name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  })
  return Zip.write(archive)
}

type Edit = (archive: Zip.Archive, entry: (name: string) => Zip.RawEntry) => void

/** Changes the archive only. */
const edit = (archive: Edit): () => Uint8Array => () => make({ archive })

/** Changes the same field of both headers. */
const both = (name: string, fields: Partial<Zip.Fields>): () => Uint8Array =>
  edit((_, entry) => {
    const { central, local } = entry(name)
    Object.assign(central, fields)
    Object.assign(local, fields)
  })

/** One more file, listed in the manifest like the others. */
const extra = (name: string, content = "x"): () => Uint8Array => () =>
  make({ files: (list) => list.push({ name, content: Zip.utf8(content), deflate: false }) })

const a = "data/a.txt"
const deflatedZeros = zlib.deflateRawSync(new Uint8Array(50_000_000), { level: 9 })

/** Puts other compressed data under the headers of `data/a.txt`. */
const data = (bytes: Uint8Array, declared?: Partial<Zip.Fields>): () => Uint8Array =>
  edit((_, entry) => {
    const raw = entry(a)
    raw.data = bytes
    Object.assign(raw.central, { compressedSize: bytes.length, ...declared })
    raw.descriptor = Zip.descriptorOf(raw.central)
  })

const deflatedA = zlib.deflateRawSync(Zip.utf8("some text, some text, some text, some text"))

const attacks: ReadonlyArray<readonly [name: string, reason: Reason, bytes: () => Uint8Array, options?: OpenOptions]> =
  [
    ["no bytes at all", "NotAZip", () => new Uint8Array(0)],
    ["something that is no ZIP", "NotAZip", () => Zip.utf8("hello ".repeat(100))],
    ["only an end record", "MissingManifest", () => Zip.write(Zip.archive([]))],
    ["a package cut in the middle", "Truncated", () => make().subarray(0, 400)],
    ["a package without its last byte", "Truncated", () => make().subarray(0, -1)],
    ["bytes behind the end", "TrailingData", edit((archive) => (archive.trailing = Zip.utf8("tail")))],
    ["an archive comment", "TrailingData", edit((archive) => (archive.comment = Zip.utf8("comment")))],
    ["a second archive behind it", "UncoveredData", () => Buffer.concat([make(), make()])],
    ["an announced comment that is not there", "Truncated", edit((archive) => (archive.end.commentLength = 9))],
    ["a prefix, offsets adapted (a polyglot)", "UncoveredData",
      edit((archive) => (archive.prefix = Zip.utf8("#!/bin/sh\n")))],
    [
      "a prefix, offsets not adapted",
      "UncoveredData",
      edit((archive) => {
        archive.prefix = Zip.utf8("#!/bin/sh\n")
        archive.rebased = false
      })
    ],
    ["bytes between two entries", "UncoveredData", edit((_, entry) => (entry("execute.mjs").gap = Zip.utf8("hidden")))],
    ["bytes before the central directory", "UncoveredData",
      edit((archive) => (archive.beforeCentral = Zip.utf8("hidden")))],
    ["bytes behind the central directory", "UncoveredData",
      edit((archive) => (archive.afterCentral = Zip.utf8("hidden")))],
    ["bytes inside the central directory's size", "UncoveredData", edit((archive) => {
      archive.afterCentral = Zip.utf8("hidden")
      const size = archive.entries.reduce((sum, entry) => sum + 46 + entry.central.name.length, 0)
      archive.end.centralSize = size + 6
    })],
    ["an end record that counts fewer entries", "UncoveredData", edit((archive) => {
      archive.end.entries = archive.entries.length - 1
      archive.end.diskEntries = archive.entries.length - 1
    })],
    ["an end record that counts more entries", "Truncated", edit((archive) => {
      archive.end.entries = archive.entries.length + 1
      archive.end.diskEntries = archive.entries.length + 1
    })],
    ["an end record with two counts", "HeaderMismatch", edit((archive) => (archive.end.diskEntries = 1))],
    ["an end record of a volume", "UnsupportedFeature", edit((archive) => (archive.end.disk = 1))],
    ["a central directory on another volume", "UnsupportedFeature", edit((archive) => (archive.end.centralDisk = 1))],
    ["Zip64 by its number of entries", "UnsupportedFeature", edit((archive) => (archive.end.entries = 0xffff))],
    ["Zip64 by its offset", "UnsupportedFeature", edit((archive) => (archive.end.centralOffset = 0xffff_ffff))],
    ["a central directory beyond the end", "Truncated", edit((archive) => (archive.end.centralOffset = 0xffff_fff0))],
    ["a central directory that points to an entry", "UncoveredData",
      edit((archive) => (archive.end.centralOffset = 0))],

    ["a name that climbs", "UnsafePath", extra("../evil")],
    ["a name that climbs from within", "UnsafePath", extra("data/../../evil")],
    ["an absolute name", "UnsafePath", extra("/etc/passwd")],
    ["a drive letter", "UnsafePath", extra("C:evil")],
    ["an alternate stream of Windows", "UnsafePath", extra("data/a.txt:hidden")],
    ["a device of Windows", "UnsafePath", extra("data/nul.txt")],
    ["a name that Windows shortens by its dot", "UnsafePath", extra("data/b.")],
    ["a folder that Windows shortens by its space", "UnsafePath", extra("data /b")],
    ["a sign that Windows has no names with", "UnsafePath", extra("data/b?.txt")],
    ["a backslash", "UnsafePath", extra("data\\..\\..\\evil")],
    ["a NUL in the name", "UnsafePath", extra("a.txt\u0000.png")],
    ["a line feed in the name", "UnsafePath", extra("a\nb")],
    ["an empty name", "UnsafePath", extra("")],
    ["an empty segment", "UnsafePath", extra("data//b")],
    ["a dot segment", "UnsafePath", extra("./b")],
    ["a folder as an entry", "UnsafePath", extra("folder/", "")],
    ["a decomposed name", "UnsafePath", extra("data/u\u0308.txt")],
    ["a segment too long for any file system", "UnsafePath", extra("a".repeat(256))],
    ["a name that is not UTF-8", "UnsafePath", both(a, { name: new Uint8Array([0x66, 0xff, 0xfe]) })],
    ["a name with an overlong slash", "UnsafePath", both(a, { name: new Uint8Array([0x2e, 0x2e, 0xc0, 0xaf, 0x78]) })],
    ["the same name twice", "DuplicateEntry", extra(a)],
    ["names equal but for case", "PathCollision", extra("DATA/a.txt")],
    ["names equal under full case folding", "PathCollision", () =>
      make({
        files: (list) => {
          for (const name of ["data/straße", "data/STRASSE"]) list.push({ name, content: Zip.none, deflate: false })
        }
      })],
    ["a file where a folder is needed", "PathCollision", extra("data")],
    ["entries out of order", "NotCanonical", () => make({ keepOrder: true })],
    ["data in another order than the names", "NotCanonical", edit((archive) => {
      archive.entries.reverse()
      archive.centralOrder = archive.entries.map((_, index) => archive.entries.length - 1 - index)
    })],

    ["a symbolic link", "NotARegularFile", edit((_, entry) => (entry(a).externalAttributes = 0o120777 * 0x1_0000))],
    ["a directory by its attributes", "NotARegularFile",
      edit((_, entry) => (entry(a).externalAttributes = 0o040755 * 0x1_0000))],
    ["a device", "NotARegularFile", edit((_, entry) => (entry(a).externalAttributes = 0o020644 * 0x1_0000))],
    ["a named pipe", "NotARegularFile", edit((_, entry) => (entry(a).externalAttributes = 0o010644 * 0x1_0000))],
    ["a set-uid file", "ModeMismatch",
      edit((_, entry) => (entry("execute.mjs").externalAttributes = 0o104755 * 0x1_0000))],
    ["no type at all", "NotCanonical", edit((_, entry) => (entry(a).externalAttributes = 0o644 * 0x1_0000))],
    ["DOS attributes", "NotCanonical", edit((_, entry) => (entry(a).externalAttributes += 0x10))],
    ["a text that is executable", "ModeMismatch",
      edit((_, entry) => (entry(a).externalAttributes = 0o100755 * 0x1_0000))],
    ["a text that is executable, in the manifest too", "ModeMismatch", () =>
      make({
        manifest: (manifest) => manifest.entries.forEach((entry) => (entry["mode"] = "0755")),
        archive: (archive) => archive.entries.forEach((entry) => (entry.externalAttributes = 0o100755 * 0x1_0000))
      })],

    ["encryption", "Encrypted", both(a, { flags: 0x0809 })],
    ["strong encryption", "Encrypted", both(a, { flags: 0x0849 })],
    ["an encrypted central directory", "Encrypted", both(a, { flags: 0x2808 })],
    ["another compression method", "UnsupportedFeature", both(a, { method: 12 })],
    ["extra fields", "UnsupportedFeature", both(a, { extra: new Uint8Array([0x75, 0x70, 0, 0]) })],
    ["an entry comment", "UnsupportedFeature", edit((_, entry) => (entry(a).comment = Zip.utf8("c")))],
    ["an entry on another volume", "UnsupportedFeature", edit((_, entry) => (entry(a).disk = 1))],
    ["names not marked as UTF-8", "NotCanonical", both(a, { flags: 0x0008 })],
    ["a patch flag", "NotCanonical", both(a, { flags: 0x0828 })],
    ["a time", "NotCanonical", both(a, { time: 0x6000 })],
    ["a date", "NotCanonical", both(a, { date: 0x5921 })],
    ["another version", "NotCanonical", both(a, { versionNeeded: 45 })],
    ["another system", "NotCanonical", both(a, { madeBy: 0x0014 })],
    ["internal attributes", "NotCanonical", edit((_, entry) => (entry(a).internalAttributes = 1))],

    ["a local header with another name", "HeaderMismatch",
      edit((_, entry) => (entry(a).local.name = Zip.utf8("data/b.txt")))],
    ["a local header with another method", "HeaderMismatch", edit((_, entry) => (entry(a).local.method = 0))],
    ["a local header with another time", "HeaderMismatch", edit((_, entry) => (entry(a).local.time = 1))],
    ["a local header with another flag", "HeaderMismatch", edit((_, entry) => (entry(a).local.flags = 0x0809))],
    ["a local header with another CRC", "HeaderMismatch", edit((_, entry) => (entry("execute.mjs").local.crc32 = 1))],
    ["a local header with another size", "HeaderMismatch", edit((_, entry) => (entry("execute.mjs").local.size = 1))],
    ["a local header with extra fields", "OverlappingEntries", edit((archive, entry) => {
      entry(a).local.extra = new Uint8Array(4)
      const second = archive.entries[1]
      if (second !== undefined) second.offset = 30 + 10 + entry(a).data.length + 16 - 1
    })],
    ["a data descriptor that disagrees", "HeaderMismatch",
      edit((_, entry) => (entry(a).descriptor = new Uint8Array(16)))],
    ["two entries that share their data (a bomb)", "OverlappingEntries", edit((archive) => {
      const second = archive.entries[1]
      if (second !== undefined) second.offset = 0
    })],
    ["an entry nested in another's data (a bomb)", "OverlappingEntries", edit((archive) => {
      const second = archive.entries[1]
      if (second !== undefined) second.offset = 35
    })],
    ["an entry beyond the archive", "UncoveredData", edit((archive) => {
      const last = archive.entries.at(-1)
      if (last !== undefined) last.offset = 5_000
    })],

    ["a wrong CRC", "ChecksumMismatch", edit((_, entry) => {
      entry(a).central.crc32 ^= 1
      entry(a).descriptor = Zip.descriptorOf(entry(a).central)
    })],
    ["stored data of two sizes", "SizeMismatch", both("execute.mjs", { size: 5 })],
    ["data that inflates to more than declared", "SizeMismatch", data(zlib.deflateRawSync(new Uint8Array(43)))],
    ["data that inflates to less than declared", "SizeMismatch", data(zlib.deflateRawSync(new Uint8Array(41)))],
    ["50 MB in an entry of 42 bytes (a bomb)", "SizeMismatch", data(deflatedZeros)],
    ["data that is no deflate stream", "CorruptData", data(new Uint8Array([7, 7, 7, 7, 7, 7]))],
    ["no data where some is deflated", "CorruptData", data(Zip.none)],
    ["a deflate stream cut short", "CorruptData", data(deflatedA.subarray(0, -2))],
    ["a distance before the start", "CorruptData", data(new Uint8Array([0x4b, 0x04, 0x62, 0x00]))],
    ["bytes behind the deflate stream", "UncoveredData", data(Buffer.concat([deflatedA, Zip.utf8("hidden")]))],
    ["one byte behind the deflate stream", "UncoveredData", data(Buffer.concat([deflatedA, new Uint8Array(1)]))],
    ["an entry above the limit", "TooLarge", () => make(), { limits: { entryBytes: 41 } }],
    ["a package above the limit", "TooLarge", () => make(), { limits: { totalBytes: 500 } }],
    ["more entries than the limit", "TooLarge", () => make(), { limits: { entries: 4 } }],
    ["a manifest above the limit", "TooLarge", () => make(), { limits: { memoryBytes: 400 } }],
    ["an entry that declares 4 GB", "TooLarge", data(deflatedA, { size: 0xffff_ffff })],

    ["no manifest", "MissingManifest", edit((archive, entry) => {
      archive.entries = archive.entries.filter((other) => other !== entry("manifest.json"))
    })],
    ["a manifest that is no JSON", "InvalidManifest", () => make({ manifestText: () => "{" })],
    ["a manifest that is not UTF-8", "InvalidManifest", () =>
      make({
        archive: (archive) => {
          const index = archive.entries.findIndex((entry) =>
            new TextDecoder().decode(entry.central.name) === "manifest.json"
          )
          archive.entries[index] = Zip.entry("manifest.json", new Uint8Array([0xff, 0xfe]))
        }
      })],
    ["a manifest of something else", "InvalidManifest",
      () => make({ manifest: (manifest) => (manifest.format = "other") })],
    ["a manifest of a future version", "UnknownFormatVersion",
      () => make({ manifest: (manifest) => (manifest.formatVersion = 99) })],
    ["a manifest without an entry function", "InvalidManifest",
      () => make({ manifest: (manifest) => (manifest.entry = {}) })],
    ["a manifest with an unknown member", "InvalidManifest",
      () => make({ manifest: (manifest) => (manifest["x"] = 1) })],
    ["a manifest with an unknown member of an entry", "InvalidManifest",
      () => make({ manifest: (manifest) => manifest.entries.forEach((entry) => (entry["x"] = 1)) })],
    ["a manifest with a negative size", "InvalidManifest",
      () => make({ manifest: (manifest) => manifest.entries.forEach((entry) => (entry["size"] = -1)) })],
    ["a manifest with another digest form", "InvalidManifest", () =>
      make({
        manifest: (manifest) =>
          manifest.entries.forEach((entry) => (entry["sha256"] = String(entry["sha256"]).toUpperCase()))
      })],
    ["a manifest with other spacing", "NotCanonical",
      () => make({ manifestText: (text) => JSON.stringify(JSON.parse(text)) })],
    ["a manifest without its last line feed", "NotCanonical", () => make({ manifestText: (text) => text.trimEnd() })],
    ["a manifest with a byte order mark", "InvalidManifest", () => make({ manifestText: (text) => `\ufeff${text}` })],
    ["a manifest that says a thing twice", "NotCanonical", () =>
      make({
        manifestText: (text) =>
          text.replace("  \"formatVersion\": 1,\n", "  \"formatVersion\": 1,\n  \"formatVersion\": 1,\n")
      })],
    ["a manifest in another order", "NotCanonical", () => make({ manifest: (manifest) => manifest.entries.reverse() })],
    ["a manifest that lists a file twice", "NotCanonical",
      () => make({ manifest: (manifest) => manifest.entries.unshift(...manifest.entries.slice(0, 1)) })],
    ["a manifest that lists itself", "MissingEntry", () =>
      make({
        manifest: (manifest) =>
          manifest.entries.splice(2, 0, { path: "manifest.json", mode: "0644", size: 1, sha256: "0".repeat(64) })
      })],
    ["a file that is not listed", "UnlistedEntry", () => make({ manifest: (manifest) => manifest.entries.shift() })],
    ["a listed file that is not there", "MissingEntry", () =>
      make({
        manifest: (manifest) => manifest.entries.push({ path: "z", mode: "0644", size: 1, sha256: "0".repeat(64) })
      })],
    ["a size other than the manifest's", "SizeMismatch",
      () => make({ manifest: (manifest) => manifest.entries.forEach((entry) => (entry["size"] = 7)) })],
    ["a mode other than the manifest's", "ModeMismatch",
      () => make({ manifest: (manifest) => manifest.entries.forEach((entry) => (entry["mode"] = "0755")) })],
    ["a digest other than the manifest's", "DigestMismatch",
      () => make({ manifest: (manifest) => manifest.entries.forEach((entry) => (entry["sha256"] = "0".repeat(64))) })],
    ["an entry function whose module is not there", "MissingEntry",
      () => make({ manifest: (manifest) => (manifest.entry["module"] = "modules/none.mjs") })],
    ["no metadata.json", "MissingEntry",
      () => make({ files: (list) => list.splice(list.findIndex((file) => file.name === "metadata.json"), 1) })],
    ["metadata.json of something else", "InvalidMetadata", () =>
      make({
        files: (list) =>
          list.forEach((file) => {
            if (file.name === "metadata.json") file.content = Zip.utf8("{}\n")
          })
      })],
    ["metadata.json not canonical", "NotCanonical", () =>
      make({
        files: (list) =>
          list.forEach((file) => {
            if (file.name === "metadata.json") file.content = Buffer.concat([file.content, Zip.utf8("\n")])
          })
      })],
    ["another package than expected", "DigestMismatch", () => make(), { expectedDigest: "0".repeat(64) }]
  ]

const verify = (bytes: Uint8Array, options?: OpenOptions) =>
  verifyPackage(RandomAccess.fromBytes(bytes, "hostile.zip"), options).pipe(Effect.provide(Hasher.layer))

describe("verifyPackage", () => {
  it.effect("accepts what the attacks start from", () =>
    Effect.gen(function*() {
      const opened = yield* verify(make())
      assert.lengthOf(opened.entries, 4)
      assert.strictEqual(opened.digest, sha256(Zip.utf8(opened.manifestText)))
    }))

  for (const [name, reason, bytes, options] of attacks) {
    it.effect(`refuses ${name}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(verify(bytes(), options))
        assert.strictEqual(error._tag, "PackageFormatError")
        assert.strictEqual(error.reason, reason, error.message)
        assert.include(error.message, "hostile.zip")
        assert.isString(error.remedy)
      }))
  }

  it.effect("refuses a package in which any single byte is another", () =>
    Effect.gen(function*() {
      const right = make()
      const { digest } = yield* verify(right)
      for (let at = 0; at < right.length; at++) {
        const wrong = right.slice()
        wrong[at] = (wrong[at] ?? 0) ^ (1 << (at % 8))
        const result = yield* Effect.either(verify(wrong, { expectedDigest: digest }))
        // Deflate has spellings of one content: there the bytes of the files are the same all the same.
        if (result._tag === "Right") assert.strictEqual(result.right.digest, digest, `byte ${at}`)
        else assert.strictEqual(result.left._tag, "PackageFormatError")
      }
    }))

  it.effect("refuses a package that is cut anywhere", () =>
    Effect.gen(function*() {
      const right = make()
      for (let length = 0; length < right.length; length += 7) {
        const error = yield* Effect.flip(verify(right.subarray(0, length)))
        assert.strictEqual(error._tag, "PackageFormatError")
      }
    }))
})
