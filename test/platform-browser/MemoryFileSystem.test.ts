import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { DirectoryEntries } from "../../core/resolution/DirectoryEntries.ts"
import * as MemoryFileSystem from "../../platform-browser/MemoryFileSystem.ts"
import * as FileSystemContract from "../contract/FileSystem.ts"

FileSystemContract.contract("in memory", MemoryFileSystem.layer)
FileSystemContract.contract("of Node", NodeFileSystem.layer)

describe("MemoryFileSystem", () => {
  it.effect("begins with the files that are given", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      assert.strictEqual(yield* fileSystem.readFileString("/p/src/a.ts"), "a")
      assert.deepStrictEqual([...(yield* fileSystem.readFile("/p/b.bin"))], [1, 2])
      assert.deepStrictEqual(yield* fileSystem.readDirectory("/", { recursive: true }), [
        "p",
        "p/b.bin",
        "p/src",
        "p/src/a.ts",
        "tmp"
      ])
    }).pipe(Effect.provide(MemoryFileSystem.layerWith({ "/p/src/a.ts": "a", "/p/b.bin": new Uint8Array([1, 2]) }))))

  it.effect("two of them share nothing", () =>
    Effect.gen(function*() {
      const one = yield* MemoryFileSystem.make()
      const two = yield* MemoryFileSystem.make()
      yield* one.writeFileString("/x", "")
      assert.isFalse(yield* two.exists("/x"))
    }))

  it.effect("tells types with the entries", () =>
    Effect.gen(function*() {
      const fileSystem = yield* FileSystem.FileSystem
      yield* fileSystem.symlink("/p", "/p/link")
      const entries = yield* Effect.flatMap(DirectoryEntries, (service) => service.list("/p"))
      assert.deepStrictEqual(entries, [
        { name: "d", type: "Directory" },
        { name: "f", type: "File" },
        { name: "link", type: "SymbolicLink" }
      ])
    }).pipe(Effect.provide(MemoryFileSystem.layerWith({ "/p/d/x": "", "/p/f": "" }))))

  it.effect("appending a file in small parts stays linear", () =>
    Effect.gen(function*() {
      const fileSystem = yield* MemoryFileSystem.make()
      const part = new Uint8Array(64)
      for (let index = 0; index < 20_000; index++) yield* fileSystem.writeFile("/log", part, { flag: "a" })
      assert.strictEqual((yield* fileSystem.stat("/log")).size, 1_280_000n)
    }))
})
