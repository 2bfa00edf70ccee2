/**
 * Archives that different programs read differently, made from a right one by edits of every kind. A package that is accepted holds the
 * same files for whoever reads it from the front, from its central directory, or through Clustrix.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as fc from "fast-check"
import { createHash } from "node:crypto"
import * as zlib from "node:zlib"
import * as CanonicalJson from "../../../core/archive/CanonicalJson.ts"
import { verifyPackage } from "../../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"
import * as Zip from "./HostileZip.ts"
import * as sample from "./sample.ts"

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const texts: Readonly<Record<string, string>> = {
  "data/a.txt": "some text, some text, some text, some text",
  "execute.mjs": "console.log(1)\n",
  "metadata.json": Metadata.encode(Metadata.make(sample.metadataInput)),
  [sample.module]: "export const mainAnalysis = 1\n"
}
const names = [...Object.keys(texts), "manifest.json"].sort(Order.string)

const manifest = CanonicalJson.encode({
  format: "clustrix-package",
  formatVersion: 1,
  entry: { module: sample.module, export: "mainAnalysis", kind: "function" },
  options: {},
  entries: Object.entries(texts).sort(([a], [b]) => Order.string(a, b)).map(([path, text]) => ({
    path,
    mode: "0644",
    size: Buffer.byteLength(text),
    sha256: sha256(Zip.utf8(text))
  }))
})

const contentOf = (name: string): Uint8Array => Zip.utf8(name === "manifest.json" ? manifest : texts[name] ?? "")
const right = (): Zip.Archive =>
  Zip.archive(names.map((name, index) => Zip.entry(name, contentOf(name), { deflate: index % 2 === 0 })))

type View = ReadonlyMap<string, string>

const text = new TextDecoder("latin1")

/** From the front, as `bsdtar` reads a pipe: one local header after the other. */
const forwards = (bytes: Uint8Array): View | undefined => {
  const all = Buffer.from(bytes)
  const found = new Map<string, string>()
  let at = 0
  while (at + 30 <= all.length && all.readUInt32LE(at) === 0x0403_4b50) {
    const flags = all.readUInt16LE(at + 6)
    const method = all.readUInt16LE(at + 8)
    const start = at + 30 + all.readUInt16LE(at + 26) + all.readUInt16LE(at + 28)
    const name = text.decode(all.subarray(at + 30, at + 30 + all.readUInt16LE(at + 26)))
    let content: Buffer
    let end: number
    if (method === 8) {
      try {
        const { buffer, engine } = zlib.inflateRawSync(all.subarray(start), { info: true }) as unknown as {
          readonly buffer: Buffer
          readonly engine: { readonly bytesWritten: number }
        }
        content = buffer
        end = start + engine.bytesWritten
      } catch {
        return undefined
      }
    } else {
      end = start + all.readUInt32LE(at + 18)
      content = all.subarray(start, end)
    }
    if (found.has(name)) return undefined
    found.set(name, sha256(content))
    at = end + ((flags & 8) === 0 ? 0 : 16)
  }
  return at + 4 <= all.length && all.readUInt32LE(at) === 0x0201_4b50 ? found : undefined
}

/** From the last end record, as most programs do. The later of two entries of one name counts. */
const backwards = (bytes: Uint8Array): View | undefined => {
  const all = Buffer.from(bytes)
  const end = all.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end === -1 || end + 22 > all.length) return undefined
  const found = new Map<string, string>()
  let at = all.readUInt32LE(end + 16)
  for (let count = all.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (at + 46 > all.length || all.readUInt32LE(at) !== 0x0201_4b50) return undefined
    const nameBytes = all.readUInt16LE(at + 28)
    const name = text.decode(all.subarray(at + 46, at + 46 + nameBytes))
    const local = all.readUInt32LE(at + 42)
    if (local + 30 > all.length) return undefined
    const start = local + 30 + all.readUInt16LE(local + 26) + all.readUInt16LE(local + 28)
    const data = all.subarray(start, start + all.readUInt32LE(at + 20))
    try {
      found.set(name, sha256(all.readUInt16LE(at + 10) === 8 ? zlib.inflateRawSync(data) : data))
    } catch {
      return undefined
    }
    at += 46 + nameBytes + all.readUInt16LE(at + 30) + all.readUInt16LE(at + 32)
  }
  return found
}

type Edit = (archive: Zip.Archive) => void

const place = fc.nat({ max: names.length - 1 })
const number16 = fc.constantFrom(0, 1, 2, 8, 9, 0x800, 0x808, 0x809, 0x2808, 20, 45, 0x314, 0xffff)
const number32 = fc.constantFrom(0, 1, 5, 42, 43, 1000, 0x7fff_ffff, 0xffff_ffff)
/** Bytes that a reader may take for a part of the archive. */
const hidden = fc.constantFrom<Uint8Array>(
  Zip.utf8("x"),
  new Uint8Array(4),
  Zip.utf8("#!/bin/sh\n"),
  Zip.utf8("PK\u0001\u0002"),
  Zip.utf8("PK\u0005\u0006"),
  Zip.utf8("PK\u0006\u0007"),
  Zip.write(Zip.archive([])),
  Zip.write(Zip.archive([Zip.entry("execute.mjs", Zip.utf8("hidden"))])),
  Zip.write(right())
)
const extra = fc.constantFrom<Uint8Array>(
  new Uint8Array([1, 0, 0, 0]),
  // Unicode path, Zip64, extended timestamp
  Buffer.concat([new Uint8Array([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0]), Zip.utf8("b")]),
  new Uint8Array([1, 0, 16, 0, ...new Uint8Array(16)]),
  new Uint8Array([0x55, 0x54, 5, 0, 1, 0, 0, 0, 0])
)
const otherName = (name: string) =>
  fc.constantFrom(
    name.toUpperCase(),
    `./${name}`,
    `/${name}`,
    `${name}/`,
    `../${name}`,
    name.replace("/", "\\"),
    name.replace("/", "//"),
    `${name} `,
    `${name}.`,
    `${name}\0.txt`,
    "nul",
    "C:x",
    "data",
    ""
  )

const at = (change: (entry: Zip.RawEntry, archive: Zip.Archive) => void, index: number): Edit => (archive) => {
  const entry = archive.entries[index % Math.max(1, archive.entries.length)]
  if (entry !== undefined) change(entry, archive)
}
const sides = fc.constantFrom<ReadonlyArray<"central" | "local">>(["central"], ["local"], ["central", "local"])

const edits: ReadonlyArray<fc.Arbitrary<Edit>> = [
  // A field, in one of the headers or both
  fc.tuple(place, sides, fc.constantFrom("versionNeeded", "flags", "method", "time", "date", "madeBy"), number16).map(
    ([index, where, field, value]) =>
      at((entry) => where.forEach((side) => Object.assign(entry[side], { [field]: value })), index)
  ),
  fc.tuple(place, sides, fc.constantFrom("crc32", "compressedSize", "size"), number32).map((
    [index, where, field, value]
  ) => at((entry) => where.forEach((side) => Object.assign(entry[side], { [field]: value })), index)),
  fc.tuple(place, sides, extra).map(([index, where, bytes]) =>
    at((entry) => where.forEach((side) => Object.assign(entry[side], { extra: bytes })), index)
  ),
  fc.tuple(place, sides).chain(([index, where]) =>
    otherName(names[index] ?? "").map((name) =>
      at((entry) => where.forEach((side) => Object.assign(entry[side], { name: Zip.utf8(name) })), index)
    )
  ),
  fc.tuple(place, fc.constantFrom("disk", "internalAttributes"), number16).map(([index, field, value]) =>
    at((entry) => Object.assign(entry, { [field]: value }), index)
  ),
  fc.tuple(place, fc.constantFrom(0, 0o100755, 0o120777, 0o040755, 0o100666, 0o104644)).map(([index, mode]) =>
    at((entry) => (entry.externalAttributes = mode * 0x1_0000), index)
  ),
  fc.tuple(place, hidden).map(([index, bytes]) => at((entry) => (entry.comment = bytes), index)),
  // Other data, or the same in other words (an edit before it may have broken what the archive holds)
  fc.tuple(place, fc.integer({ min: 0, max: 9 })).map(([index, level]) =>
    at((entry) => {
      if (entry.central.method !== 8) return
      entry.data = zlib.deflateRawSync(contentOf(names[index] ?? ""), { level })
      entry.central.compressedSize = entry.data.length
      entry.descriptor = Zip.descriptorOf(entry.central)
    }, index)
  ),
  fc.tuple(place, hidden).map(([index, bytes]) =>
    at((entry) => {
      entry.data = Buffer.concat([entry.data, bytes])
      entry.central.compressedSize = entry.data.length
      entry.descriptor = Zip.descriptorOf(entry.central)
    }, index)
  ),
  fc.tuple(place, fc.nat({ max: 60 })).map(([index, offset]) =>
    at((entry) => {
      entry.data = entry.data.slice()
      const place = offset % Math.max(1, entry.data.length)
      entry.data[place] = (entry.data[place] ?? 0) ^ 1
    }, index)
  ),
  // Descriptors: none, without their signature, of Zip64, wrong
  fc.tuple(place, fc.constantFrom("none", "unsigned", "zip64", "zero")).map(([index, kind]) =>
    at((entry) => {
      const whole = Zip.descriptorOf(entry.central)
      entry.descriptor = kind === "none" ? undefined
        : kind === "unsigned" ? whole.subarray(4)
        : kind === "zip64" ?
        Buffer.concat([whole.subarray(0, 12), new Uint8Array(4), whole.subarray(12), new Uint8Array(4)])
        : new Uint8Array(16)
    }, index)
  ),
  // What no entry covers
  fc.tuple(place, hidden).map(([index, bytes]) => at((entry) => (entry.gap = bytes), index)),
  fc.tuple(fc.constantFrom("prefix", "beforeCentral", "afterCentral", "trailing", "comment"), hidden, fc.boolean()).map(
    ([field, bytes, rebased]): Edit => (archive) => Object.assign(archive, { [field]: bytes, rebased })
  ),
  // Entries: twice, hidden from one of the two ways, in another order, over each other
  fc.tuple(place, fc.boolean(), fc.boolean()).map(([index, isLast, isSame]): Edit => (archive) => {
    const name = names[index] ?? ""
    const copy = Zip.entry(name, isSame ? contentOf(name) : Zip.utf8("hidden"))
    if (isLast) archive.entries.push(copy)
    else archive.entries.unshift(copy)
  }),
  fc.tuple(place, fc.boolean()).map(([index, isNamed]): Edit => (archive) => {
    archive.entries.splice(index, 0, Zip.entry(isNamed ? "data/hidden.txt" : "execute.mjs", Zip.utf8("hidden")))
    archive.centralOrder = archive.entries.flatMap((_, each) => each === index ? [] : [each])
    archive.end = { ...archive.end, entries: archive.entries.length - 1, diskEntries: archive.entries.length - 1 }
  }),
  fc.shuffledSubarray(names.map((_, index) => index), { minLength: 1 }).map((order): Edit => (archive) => {
    archive.centralOrder = order
    archive.end = { ...archive.end, entries: order.length, diskEntries: order.length }
  }),
  fc.tuple(place, place).map(([index, other]): Edit => (archive) => {
    const [one, two] = [archive.entries[index], archive.entries[other]]
    if (one !== undefined && two !== undefined) [archive.entries[index], archive.entries[other]] = [two, one]
  }),
  fc.tuple(place, fc.constantFrom(0, 1, 30, 35, 60, 100, 500)).map(([index, offset]) =>
    at((entry) => (entry.offset = offset), index)
  ),
  // The end record
  fc.tuple(
    fc.constantFrom("disk", "centralDisk", "diskEntries", "entries", "commentLength"),
    fc.constantFrom(0, 1, 4, 5, 6, 0xffff)
  ).map(([field, value]): Edit => (archive) => (archive.end = { ...archive.end, [field]: value })),
  fc.tuple(fc.constantFrom("centralSize", "centralOffset"), number32).map(
    ([field, value]): Edit => (archive) => (archive.end = { ...archive.end, [field]: value })
  )
]

const verify = (bytes: Uint8Array) =>
  Effect.runPromise(
    Effect.gen(function*() {
      const opened = yield* verifyPackage(RandomAccess.fromBytes(bytes, "ambiguous.zip"))
      const found = new Map<string, string>([["manifest.json", sha256(Zip.utf8(opened.manifestText))]])
      for (const { path } of opened.entries) found.set(path, sha256(yield* opened.read(path)))
      return found
    }).pipe(Effect.either, Effect.provide(Hasher.layer))
  )

const sorted = (view: View | undefined) =>
  view === undefined ? undefined : [...view].sort(([a], [b]) => Order.string(a, b))

/** Whether it was accepted; then all see the same. */
const agrees = async (bytes: Uint8Array): Promise<boolean> => {
  const verified = await verify(bytes)
  if (verified._tag === "Left") {
    assert.strictEqual(verified.left._tag, "PackageFormatError")
    return false
  }
  assert.deepStrictEqual(sorted(forwards(bytes)), sorted(verified.right), "from the front")
  assert.deepStrictEqual(sorted(backwards(bytes)), sorted(verified.right), "from the central directory")
  return true
}

describe("an archive that may be read in two ways", () => {
  it("is what these edits begin with read in one", async () => {
    assert.isTrue(await agrees(Zip.write(right())))
  })

  it("is refused, whatever combination of edits made it", async () => {
    const seen = { accepted: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...edits), { minLength: 1, maxLength: 3 }), async (some) => {
        const archive = right()
        for (const edit of some) edit(archive)
        if (await agrees(Zip.write(archive))) seen.accepted += 1
        else seen.refused += 1
      }),
      { numRuns: 600 }
    )
    // Some edits change nothing that matters; most do
    assert.isAbove(seen.accepted, 10)
    assert.isAbove(seen.refused, 300)
  })

  it("is refused, each kind of edit alone", async () => {
    for (const [index, edit] of edits.entries()) {
      let refused = 0
      for (const one of fc.sample(edit, 40)) {
        const archive = right()
        one(archive)
        if (!(await agrees(Zip.write(archive)))) refused += 1
      }
      // That of equal content in other words is the only one that may be harmless
      if (index !== 7) assert.isAbove(refused, 0, `edit ${index}`)
    }
  })

  it("is refused, when bytes are cut out, repeated, or moved", async () => {
    const whole = Buffer.from(Zip.write(right()))
    const span = fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: 200 })).map(([start, length]) =>
      [start, Math.min(whole.length, start + length)] as const
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("cut", "repeat", "move"),
        span,
        fc.nat({ max: whole.length }),
        async (kind, [start, end], to) => {
          const piece = whole.subarray(start, end)
          const rest = Buffer.concat([whole.subarray(0, start), whole.subarray(end)])
          const insert = (into: Buffer): Buffer => Buffer.concat([into.subarray(0, to), piece, into.subarray(to)])
          await agrees(kind === "cut" ? rest : kind === "repeat" ? insert(whole) : insert(rest))
        }
      ),
      { numRuns: 500 }
    )
  })
})
