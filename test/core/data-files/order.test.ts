/**
 * File systems list a directory in an order of their own: nothing may follow it.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { symlinkSync } from "node:fs"
import * as path from "node:path"
import * as PathSpelling from "../../../core/data-files/PathSpelling.ts"
import * as Roots from "../../../core/data-files/Roots.ts"
import * as ClusterFiles from "../../../core/cluster/filesystem/ClusterFiles.ts"
import { listingOf } from "../../../core/packaging/memory/ask.ts"
import { Hasher } from "../../../core/archive/Hasher.ts"
import * as NodeHasher from "../../../platform-node/Hasher.ts"
import { nodeFileSource } from "../../../platform-node/runner/NodeFileSource.ts"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { main, prepare, project } from "./Collecting.ts"

/** The disk, which lists every directory backwards or forwards. */
const listing = (direction: 1 | -1) =>
  Layer.map(NodeFileSystem.layer, (context) => {
    const fs = Context.get(context, FileSystem.FileSystem)
    return Context.make(FileSystem.FileSystem, {
      ...fs,
      readDirectory: (at, options) =>
        Effect.map(
          fs.readDirectory(at, options),
          (names) => [...names].sort((a, b) => (a < b ? -direction : direction))
        )
    })
  })

const files = { "data/a.csv": "a", "data/b.csv": "b", "data/c/d.csv": "d" }

layer(SourceParser.layer)("an order of the disk's own", (it) => {
  it.scoped("changes neither what is packaged nor what is said", () =>
    Effect.gen(function*() {
      const root = yield* project({ ...files, "src/main.ts": main(`fs.cpSync("data", "copy", { recursive: true })`) })
      for (const name of ["x", "m", "z"]) symlinkSync("nowhere", path.join(root, "data", name))
      const [forwards, backwards] = yield* Effect.all([prepare(root, {}, listing(1)), prepare(root, {}, listing(-1))])
      assert.isNotEmpty(forwards.diagnostics)
      assert.deepStrictEqual(backwards.diagnostics, forwards.diagnostics)
      assert.deepStrictEqual(backwards.entries, forwards.entries)
    }))

  it.scoped("does not change what clusterLs gives", () =>
    Effect.gen(function*() {
      const root = yield* project(files)
      const backwards = ClusterFiles.make(
        {
          ...nodeFileSource,
          readDirectory: async (at) =>
            [...await nodeFileSource.readDirectory(at)].sort((a, b) => (a.name < b.name ? 1 : -1))
        },
        root
      )
      assert.deepStrictEqual(yield* Effect.promise(() => backwards.ls("data")), ["a.csv", "b.csv", "c"])
    }))

  it.scoped("unknown parts are named once, whichever comes first", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`[fs.readFileSync(a + b), fs.readFileSync(b + a)]`, "a: string, b: string")
      })
      const { diagnostics } = yield* prepare(root)
      assert.lengthOf(diagnostics, 1)
    }))
})

describe("an order of the disk's own", () => {
  it.effect("does not make a listing look changed", () =>
    Effect.gen(function*() {
      const hasher = yield* Hasher
      const entries = [{ name: "a", type: "File" }, { name: "b", type: "Directory" }] as const
      assert.strictEqual(
        (yield* listingOf(hasher, entries)).all(),
        (yield* listingOf(hasher, [...entries].reverse())).all()
      )
    }).pipe(Effect.provide(NodeHasher.layer)))

  it.effect("does not choose between two names that are alike", () =>
    Effect.gen(function*() {
      for (const names of [["Data.csv", "DATA.csv"], ["DATA.csv", "Data.csv"]]) {
        const found = yield* PathSpelling.find("/root", "/root/data.csv", () => Effect.succeed(names))
        assert.deepStrictEqual(found, { kind: "case", path: "/root/DATA.csv" })
      }
    }))

  it("does not choose between a root and one inside of it", () => {
    for (const roots of [["/a", "/a/node_modules/b"], ["/a/node_modules/b", "/a"]]) {
      const made = Roots.make(roots)
      assert.strictEqual(made.outermost("/a/node_modules/b/data.csv"), "/a")
      assert.isFalse(made.keeps("/a/node_modules/b/data.csv"))
    }
  })
})
