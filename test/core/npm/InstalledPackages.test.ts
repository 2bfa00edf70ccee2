import * as FileSystem from "@effect/platform/FileSystem"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as InstalledPackages from "../../../core/npm/InstalledPackages.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"

/** A directory with these files; a value that is a string is the target of a symbolic link. */
const project = (files: Record<string, Record<string, unknown> | string>) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const root = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    for (const [path, content] of Object.entries(files)) {
      const absolute = `${root}/${path}`
      yield* fs.makeDirectory(absolute.slice(0, absolute.lastIndexOf("/")), { recursive: true })
      yield* typeof content === "string"
        ? fs.symlink(content, absolute)
        : fs.writeFileString(absolute, JSON.stringify(content))
    }
    return root
  })

const imports = (...names: ReadonlyArray<string>) => names.map((name) => ({ name, directory: "src" }))

const paths = (pruned: Pruning.Pruned) => pruned.packages.map(({ path, version }) => `${path} ${version}`)

describe("without a lockfile", () => {
  it.scoped("the installed versions go along, with a warning", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "package.json": { dependencies: { a: "^1.0.0" } },
        "node_modules/a/package.json": {
          name: "a",
          version: "1.2.3",
          dependencies: { b: "^2.0.0" },
          optionalDependencies: { gone: "1" }
        },
        "node_modules/a/node_modules/b/package.json": {
          name: "b",
          version: "2.0.0",
          bin: "./cli.js",
          scripts: { postinstall: "node x" },
          dependencies: { a: "*" }
        },
        "node_modules/b/package.json": { name: "b", version: "1.0.0" },
        "node_modules/unrelated/package.json": { name: "unrelated", version: "1.0.0" }
      })
      const graph = yield* InstalledPackages.fromInstalled(root, imports("a"))
      const pruned = yield* Pruning.prune(graph, imports("a"))
      assert.deepStrictEqual(paths(pruned), ["node_modules/a 1.2.3", "node_modules/b 2.0.0"])
      assert.deepStrictEqual(pruned.diagnostics.map(({ code }) => code), ["no-lockfile"])
      assert.deepStrictEqual(JSON.parse(pruned.lockfile).packages["node_modules/b"], {
        bin: { b: "cli.js" },
        dependencies: { a: "1.2.3" },
        hasInstallScript: true,
        version: "2.0.0"
      })
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("a tree of symbolic links (pnpm) gives what the flat one gives", () =>
    Effect.gen(function*() {
      const a = { name: "a", version: "1.0.0", dependencies: { b: "1" } }
      const b = { name: "b", version: "1.0.0" }
      const root = { dependencies: { a: "1" } }
      const flat = yield* project({
        "package.json": root,
        "node_modules/a/package.json": a,
        "node_modules/b/package.json": b
      })
      const linked = yield* project({
        "package.json": root,
        "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json": a,
        "node_modules/.pnpm/b@1.0.0/node_modules/b/package.json": b,
        "node_modules/.pnpm/a@1.0.0/node_modules/b": "../../b@1.0.0/node_modules/b",
        "node_modules/a": ".pnpm/a@1.0.0/node_modules/a"
      })
      const texts = yield* Effect.forEach([flat, linked], (directory) =>
        Effect.flatMap(InstalledPackages.fromInstalled(directory, imports("a")), (graph) =>
          Effect.map(Pruning.prune(graph, imports("a")), ({ lockfile }) =>
            lockfile)))
      assert.strictEqual(texts[1], texts[0])
      assert.include(texts[0] ?? "", "node_modules/b")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("a bundle stays in its package", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "package.json": { dependencies: { a: "1" } },
        "node_modules/a/package.json": {
          name: "a",
          version: "1.0.0",
          dependencies: { inner: "1" },
          bundleDependencies: ["inner"]
        },
        "node_modules/a/node_modules/inner/package.json": {
          name: "inner",
          version: "1.0.0",
          dependencies: { deep: "1" }
        },
        "node_modules/a/node_modules/deep/package.json": { name: "deep", version: "1.0.0" }
      })
      const graph = yield* InstalledPackages.fromInstalled(root, imports("a"))
      assert.deepStrictEqual(paths(yield* Pruning.prune(graph, imports("a"))), ["node_modules/a 1.0.0"])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scoped("a package that is not installed, a linked directory, a broken package.json", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "package.json": { dependencies: { own: "file:own" } },
        "own/package.json": { name: "own", version: "1.0.0" },
        "node_modules/own": "../own",
        "node_modules/broken/package.json": { name: "broken" }
      })
      const reason = (name: string) =>
        Effect.flatMap(InstalledPackages.fromInstalled(root, imports(name)), (graph) =>
          Pruning.prune(graph, imports(name))).pipe(
            Effect.flip,
            Effect.map((error) =>
              error.reason
            )
          )
      assert.strictEqual(yield* reason("absent"), "PackageMissing")
      assert.strictEqual(yield* reason("own"), "NotInstallable")
      assert.strictEqual(yield* reason("broken"), "InvalidEntry")
    }).pipe(Effect.provide(NodeContext.layer)))
})
