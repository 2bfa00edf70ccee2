/**
 * Reading from a file at any place.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"

const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) >>> 3)

/** A file system that counts how often bytes are asked of a file. */
const counting = Effect.map(FileSystem.FileSystem, (fs) => {
  const count = { reads: 0 }
  const open: FileSystem.FileSystem["open"] = (path, options) =>
    Effect.map(fs.open(path, options), (file) => ({
      ...file,
      fd: file.fd,
      seek: (offset: FileSystem.SizeInput, from: FileSystem.SeekMode) => file.seek(offset, from),
      read: (buffer: Uint8Array) =>
        Effect.suspend(() => {
          count.reads += 1
          return file.read(buffer)
        })
    } as FileSystem.File)) // what is read of it
  return { count, fs: FileSystem.FileSystem.of({ ...fs, open }) }
})

describe("a file that is read at any place", () => {
  it.scoped("gives the same bytes as memory does, wherever and however much", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempFileScoped()
      yield* fs.writeFile(path, content)
      const file = yield* RandomAccess.fromFile(path)
      const memory = RandomAccess.fromBytes(content)
      const places = [0, 30, 65_500, 65_536, 100, 131_071, 299_990, 299_999, 300_000, 300_010, 5, 200_000]
      for (const offset of places) {
        for (const length of [0, 1, 30, 65_535, 65_536, 200_000, 400_000]) {
          assert.deepStrictEqual(
            yield* file.read(offset, length),
            yield* memory.read(offset, length),
            `${length} bytes from ${offset}`
          )
        }
      }
      const kept = yield* file.read(10, 20)
      kept.fill(0)
      assert.deepStrictEqual(yield* file.read(10, 20), content.slice(10, 30), "what is handed out is the caller's")
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scoped("is asked once for many small pieces, one behind the other", () =>
    Effect.gen(function*() {
      const { count, fs } = yield* counting
      const path = yield* fs.makeTempFileScoped()
      yield* fs.writeFile(path, content)
      const file = yield* Effect.provideService(RandomAccess.fromFile(path), FileSystem.FileSystem, fs)
      for (let at = 0; at < content.length; at += 30) yield* file.read(at, 30)
      assert.isAtMost(count.reads, 10)
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})
