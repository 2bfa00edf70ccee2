import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LockfileLocation from "../../../core/npm/LockfileLocation.ts"

const directory = (files: Record<string, string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const root = yield* fs.makeTempDirectoryScoped()
    for (const [path, content] of Object.entries(files)) {
      const absolute = `${root}/${path}`
      yield* fs.makeDirectory(absolute.slice(0, absolute.lastIndexOf("/")), { recursive: true })
      yield* fs.writeFileString(absolute, content)
    }
    return root
  })

/** What is found for `member`, relative to the directory. */
const found = (files: Record<string, string>, member: string) =>
  Effect.gen(function*() {
    const root = yield* directory(files)
    const location = yield* LockfileLocation.findLockfile(member === "" ? root : `${root}/${member}`, root)
    return location?.path.slice(root.length + 1)
  })

describe("findLockfile", () => {
  it.scoped("npm-shrinkwrap before package-lock, npm before the others", () =>
    Effect.gen(function*() {
      const all = { "npm-shrinkwrap.json": "", "package-lock.json": "", "pnpm-lock.yaml": "", "yarn.lock": "" }
      const names = Object.keys(all)
      for (const [index, name] of names.entries()) {
        assert.strictEqual(yield* found(Object.fromEntries(names.slice(index).map((rest) => [rest, ""])), ""), name)
      }
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("the nearest upwards, and not above the workspace's root", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* found({ "package-lock.json": "", "a/b/x.txt": "" }, "a/b"), "package-lock.json")
      assert.strictEqual(
        yield* found({ "package-lock.json": "", "a/yarn.lock": "", "a/b/x.txt": "" }, "a/b"),
        "a/yarn.lock"
      )
      const root = yield* directory({ "package-lock.json": "", "a/b/x.txt": "" })
      assert.isUndefined(yield* LockfileLocation.findLockfile(`${root}/a/b`, `${root}/a`))
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("the workspace's own for its members, whatever they have", () =>
    Effect.gen(function*() {
      const files = (workspaces: unknown) => ({
        "package.json": JSON.stringify({ workspaces }),
        "package-lock.json": "",
        "packages/a/package-lock.json": ""
      })
      assert.strictEqual(yield* found(files(["packages/*"]), "packages/a"), "package-lock.json")
      assert.strictEqual(yield* found(files({ packages: ["./packages/a/"] }), "packages/a"), "package-lock.json")
      assert.strictEqual(
        yield* found(files(["packages/*", "!packages/a"]), "packages/a"),
        "packages/a/package-lock.json"
      )
      assert.strictEqual(yield* found(files(["other/*"]), "packages/a"), "packages/a/package-lock.json")
    }).pipe(Effect.provide(NodeContext.layer)))
})

describe("readLockfile", () => {
  it.scoped("npm-shrinkwrap.json counts before package-lock.json, and is named in messages", () =>
    Effect.gen(function*() {
      const root = yield* directory({
        "npm-shrinkwrap.json":
          "{ \"lockfileVersion\": 3, \"packages\": { \"node_modules/a\": { \"version\": \"1.0.0\" } } }",
        "package-lock.json": "{ \"lockfileVersion\": 3, \"packages\": {} }",
        "b/npm-shrinkwrap.json": "{\n  \"lockfileVersion\": 3,\n  \"packages\": {"
      })
      const whole = yield* LockfileLocation.findLockfile(root, root)
      const broken = yield* LockfileLocation.findLockfile(`${root}/b`, root)
      assert.isDefined(whole)
      assert.isDefined(broken)
      if (whole === undefined || broken === undefined) return
      const graph = yield* LockfileLocation.readLockfile(whole)
      assert.deepStrictEqual([graph.file, ...graph.nodes.keys()], ["npm-shrinkwrap.json", "node_modules/a"])
      const error = yield* Effect.flip(LockfileLocation.readLockfile(broken, "b/npm-shrinkwrap.json"))
      assert.strictEqual(error.reason, "InvalidSyntax")
      assert.match(error.message, /^b\/npm-shrinkwrap\.json:3:\d+: /)
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("reads npm's, and says so of the others", () =>
    Effect.gen(function*() {
      const root = yield* directory({
        "package-lock.json": "\uFEFF{ \"lockfileVersion\": 3, \"packages\": {} }",
        "b/yarn.lock": ""
      })
      const npm = yield* LockfileLocation.findLockfile(root, root)
      const yarn = yield* LockfileLocation.findLockfile(`${root}/b`, root)
      assert.isDefined(npm)
      assert.isDefined(yarn)
      if (npm === undefined || yarn === undefined) return
      assert.strictEqual((yield* LockfileLocation.readLockfile(npm)).nodes.size, 0)
      const error = yield* Effect.flip(LockfileLocation.readLockfile(yarn))
      assert.strictEqual(error.reason, "UnsupportedVersion")
      const missing = yield* Effect.flip(LockfileLocation.readLockfile({ ...npm, path: `${root}/none.json` }))
      assert.strictEqual(missing.reason, "Unreadable")
    }).pipe(Effect.provide(NodeContext.layer)))
})
