import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { unpackPackage } from "../../../core/archive/UnpackPackage.ts"
import * as sample from "./sample.ts"

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const sealed = sample.seal({
  ...sample.input,
  entries: [...sample.entries, PackageEntry.text("deep/er/than/that.txt", "x".repeat(3_000_000))]
})

describe("unpackPackage", () => {
  it.effect("writes every file, read-only, programs executable", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const parent = yield* temporary
      const { bytes, manifest } = yield* sealed
      const target = path.join(parent, "new", "package")
      const unpacked = yield* unpackPackage(RandomAccess.fromBytes(bytes), target)
      assert.isTrue(unpacked.created)
      const found = (yield* fs.readDirectory(target, { recursive: true })).sort()
      const folders = ["data", "deep", "deep/er", "deep/er/than", "modules", "modules/src"]
      assert.deepStrictEqual(
        found,
        [...manifest.entries.map((entry) => entry.path), "manifest.json", ...folders].sort()
      )
      for (const { mode, path: name } of manifest.entries) {
        const file = path.join(target, name)
        assert.isTrue(Buffer.from(yield* fs.readFile(file)).equals(yield* unpacked.package.read(name)))
        assert.strictEqual((yield* fs.stat(file)).mode & 0o7777, mode === "0755" ? 0o555 : 0o444, name)
      }
      for (const folder of ["", ...folders]) {
        assert.strictEqual((yield* fs.stat(path.join(target, folder))).mode & 0o7777, 0o755)
      }
      assert.deepStrictEqual(yield* fs.readDirectory(path.dirname(target)), ["package"])
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("is done once, however many try at once", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* temporary
      const { bytes } = yield* sealed
      const unpack = unpackPackage(RandomAccess.fromBytes(bytes), `${parent}/package`)
      const all = yield* Effect.all(Array.from({ length: 8 }, () => unpack), { concurrency: "unbounded" })
      assert.lengthOf(all.filter((unpacked) => unpacked.created), 1)
      assert.isFalse((yield* unpack).created)
      assert.deepStrictEqual(yield* fs.readDirectory(parent), ["package"])
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("does not touch what is there already", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* temporary
      const { bytes } = yield* sealed
      yield* fs.makeDirectory(`${parent}/folder`)
      yield* fs.writeFileString(`${parent}/folder/mine`, "mine")
      yield* fs.writeFileString(`${parent}/file`, "mine")
      for (const name of ["folder", "file"]) {
        const error = yield* Effect.flip(unpackPackage(RandomAccess.fromBytes(bytes), `${parent}/${name}`))
        assert.strictEqual(error._tag === "UnpackError" ? error.reason : error._tag, "Occupied")
      }
      assert.strictEqual(yield* fs.readFileString(`${parent}/folder/mine`), "mine")
      assert.deepStrictEqual((yield* fs.readDirectory(parent)).sort(), ["file", "folder"])
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("leaves nothing of a package that turns out to be broken", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* temporary
      const { bytes } = yield* sealed
      const text = Buffer.from(bytes)
      // Within the data of the last file in the archive.
      const at = text.lastIndexOf("modules/src/analysis.ts.mjs", text.length - 200) + 40
      const broken = bytes.slice()
      broken[at] = (broken[at] ?? 0) ^ 0xff
      const error = yield* Effect.flip(unpackPackage(RandomAccess.fromBytes(broken), `${parent}/package`))
      assert.strictEqual(error._tag, "PackageFormatError")
      assert.deepStrictEqual(yield* fs.readDirectory(parent), [])
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("says why where it cannot write", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* temporary
      const { bytes } = yield* sealed
      yield* fs.writeFileString(`${parent}/file`, "")
      const error = yield* Effect.flip(unpackPackage(RandomAccess.fromBytes(bytes), `${parent}/file/below/package`))
      assert.strictEqual(error._tag === "UnpackError" ? error.reason : error._tag, "NotWritable")
      assert.isString(error.remedy)
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))

  it.effect("reads a package from a file, and says when there is none", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const parent = yield* temporary
      const { bytes, digest } = yield* sealed
      yield* fs.writeFile(`${parent}/package.zip`, bytes)
      const access = yield* RandomAccess.fromFile(`${parent}/package.zip`)
      const unpacked = yield* unpackPackage(access, `${parent}/package`, { expectedDigest: digest })
      assert.strictEqual(unpacked.package.digest, digest)
      const none = yield* Effect.flip(RandomAccess.fromFile(`${parent}/none.zip`))
      assert.deepStrictEqual([none._tag, none.reason], ["PackageReadError", "NotFound"])
      const folder = yield* Effect.flip(RandomAccess.fromFile(parent))
      assert.strictEqual(folder.reason, "NotReadable")
    }).pipe(Effect.scoped, Effect.provide(sample.platform)))
})
