import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import { homedir, hostname } from "node:os"
import * as Path from "node:path"
import type * as PackageStore from "../../core/archive/PackageStore.ts"
import * as NodePackageStore from "../../platform-node/PackageStore.ts"
import { suite } from "../contract/PackageStore.ts"

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const name = "clustrix_package_0123456789abcdef.zip"

suite(
  "a directory",
  Layer.unwrapScoped(Effect.map(temporary, (directory) => NodePackageStore.layer(Path.join(directory, "not", "there"))))
    .pipe(
      Layer.provide(NodeFileSystem.layer)
    )
)

const put = (store: typeof PackageStore.PackageStore.Service) =>
  Effect.scoped(Effect.gen(function*() {
    const staged = yield* store.stage
    yield* staged.write(new Uint8Array(10))
    return yield* staged.commit(name)
  }))

describe("PackageStore (a directory)", () => {
  it.effect("keeps its files to the user", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = Path.join(yield* temporary, "a", "b")
      const path = yield* put(yield* NodePackageStore.make(directory))
      assert.strictEqual(path, Path.join(directory, name))
      assert.strictEqual((yield* fs.stat(path)).mode & 0o777, 0o600)
      assert.strictEqual((yield* fs.stat(directory)).mode & 0o777, 0o700)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.live("removes what dead processes were writing, and nothing else", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      const { pid } = spawnSync(process.execPath, ["-e", "0"])
      const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, "_")
      const staging = (owner: string, pid: number) => `.clustrix_package_staging.${owner}.${pid}.x`
      // In a container every first process has one number: this is of an earlier one
      const before = `.clustrix_package_staging.${host}.${process.pid}.before`
      const files = [staging(host, pid), before, staging(host, process.pid), staging("elsewhere", 1),
        staging("long-ago", 1), "mine.txt"]
      yield* Effect.forEach(files, (file) => fs.writeFileString(Path.join(directory, file), ""))
      yield* fs.utimes(Path.join(directory, staging("long-ago", 1)), 0, 0)
      yield* fs.utimes(Path.join(directory, before), new Date(0), new Date(0))
      const store = yield* NodePackageStore.make(directory)
      yield* put(store)
      assert.deepStrictEqual(
        (yield* fs.readDirectory(directory)).sort(),
        [staging(host, process.pid), staging("elsewhere", 1), "mine.txt", name].sort()
      )
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("says what to do when it cannot write", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      yield* fs.writeFileString(Path.join(directory, "file"), "")
      for (const wrong of [Path.join(directory, "file"), Path.join(directory, "file", "below")]) {
        const error = yield* Effect.flip(put(yield* NodePackageStore.make(wrong)))
        assert.strictEqual(error.reason, "NotWritable")
        assert.include(error.message, "CLUSTRIX_PACKAGE_DIR")
      }
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("says when the disk is full, and leaves nothing behind", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* temporary
      // The kernel's own full device takes the writes.
      const full: FileSystem.FileSystem = {
        ...fs,
        open: (path, options) =>
          Effect.zipRight(Effect.scoped(fs.open(path, options)), fs.open("/dev/full", { flag: "w" }))
      }
      const store = yield* Effect.provideService(NodePackageStore.make(directory), FileSystem.FileSystem, full)
      const error = yield* Effect.flip(put(store))
      assert.strictEqual(error.reason, "DiskFull")
      assert.include(error.message, "clustrix clean")
      assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))

  it.effect("lies where the environment says", () =>
    Effect.gen(function*() {
      const where = (environment: Record<string, string>) =>
        Effect.withConfigProvider(
          Effect.flatMap(NodePackageStore.directory, Effect.succeed),
          ConfigProvider.fromMap(new Map(Object.entries(environment)))
        )
      const standard = process.platform === "linux" ? Path.join(homedir(), ".cache", "clustrix", "packages") : undefined
      assert.strictEqual(yield* where({ CLUSTRIX_PACKAGE_DIR: "/srv/packages" }), "/srv/packages")
      assert.strictEqual(yield* where({ CLUSTRIX_PACKAGE_DIR: "packages" }), Path.resolve("packages"))
      assert.strictEqual(yield* where({ XDG_CACHE_HOME: "/var/x" }), "/var/x/clustrix/packages")
      if (standard !== undefined) {
        assert.strictEqual(yield* where({}), standard)
        assert.strictEqual(yield* where({ XDG_CACHE_HOME: "relative" }), standard)
        assert.strictEqual(yield* where({ CLUSTRIX_PACKAGE_DIR: "" }), standard)
      }
    }))
})
