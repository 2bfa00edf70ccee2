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
      const pnpm = {
        "package.json": "{}",
        "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n  - '!packages/b'\n",
        "pnpm-lock.yaml": "",
        "packages/a/pnpm-lock.yaml": "",
        "packages/b/pnpm-lock.yaml": ""
      }
      assert.strictEqual(yield* found(pnpm, "packages/a"), "pnpm-lock.yaml")
      assert.strictEqual(yield* found(pnpm, "packages/b"), "packages/b/pnpm-lock.yaml")
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

  it.scoped("by the manager that wrote it", () =>
    Effect.gen(function*() {
      const root = yield* directory({
        "package-lock.json": "\uFEFF{ \"lockfileVersion\": 3, \"packages\": {} }",
        "a/pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  p@1.0.0: {resolution: {integrity: sha512-p==}}\n" +
          "snapshots:\n  p@1.0.0: {}\n",
        "b/yarn.lock": ""
      })
      const npm = yield* LockfileLocation.findLockfile(root, root)
      const pnpm = yield* LockfileLocation.findLockfile(`${root}/a`, root)
      const yarn = yield* LockfileLocation.findLockfile(`${root}/b`, root)
      assert.isDefined(npm)
      assert.isDefined(pnpm)
      assert.isDefined(yarn)
      if (npm === undefined || pnpm === undefined || yarn === undefined) return
      assert.strictEqual((yield* LockfileLocation.readLockfile(npm)).nodes.size, 0)
      assert.deepStrictEqual([...(yield* LockfileLocation.readLockfile(pnpm)).nodes.keys()], ["p@1.0.0"])
      const error = yield* Effect.flip(LockfileLocation.readLockfile(yarn))
      assert.strictEqual(error.reason, "UnsupportedVersion")
      const missing = yield* Effect.flip(LockfileLocation.readLockfile({ ...npm, path: `${root}/none.json` }))
      assert.strictEqual(missing.reason, "Unreadable")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("yarn's with what package.json of the root and of the workspaces declare", () =>
    Effect.gen(function*() {
      const manifest = (range: string) => JSON.stringify({ dependencies: { a: range } })
      const workspaces = ["./packages/*", "tools/**", "!tools/**/skipped", "single/"]
      const root = yield* directory({
        "package.json": JSON.stringify({ workspaces, devDependencies: { a: "^1.0.0" } }),
        "yarn.lock": "# yarn lockfile v1\n\na@^1.0.0:\n  version \"1.0.0\"\n\na@^2.0.0:\n  version \"2.0.0\"\n",
        "packages/app/package.json": manifest("^2.0.0"),
        "packages/app/deep/package.json": manifest("^1.0.0"),
        "packages/app/node_modules/x/package.json": manifest("^1.0.0"),
        "packages/empty/readme.md": "",
        "tools/one/two/package.json": manifest("^2.0.0"),
        "tools/one/skipped/package.json": manifest("^2.0.0"),
        "tools/node_modules/x/package.json": manifest("^1.0.0"),
        "single/package.json": manifest("^2.0.0"),
        "other/package.json": manifest("^2.0.0")
      })
      const fs = yield* FileSystem.FileSystem
      // A link in a circle.
      yield* fs.symlink("..", `${root}/tools/one/up`)
      const location = yield* LockfileLocation.findLockfile(`${root}/packages/app`, root)
      assert.isDefined(location)
      if (location === undefined) return
      const graph = yield* LockfileLocation.readLockfile(location)
      assert.deepStrictEqual([...graph.importers.keys()].sort(), ["", "packages/app", "single", "tools/one/two"])
      const versionAt = (from: string) => graph.nodes.get(graph.resolve(from, "a") ?? "")?.version
      assert.deepStrictEqual(["", "other", "packages/app/src"].map(versionAt), ["1.0.0", "1.0.0", "2.0.0"])
      assert.strictEqual(graph.importers.get("")?.declared.get("a")?.kind, "dev")
    }).pipe(Effect.provide(NodeContext.layer)))
})
