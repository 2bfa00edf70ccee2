import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { LockGraph } from "../../../core/npm/LockGraph.ts"
import * as NpmLockfile from "../../../core/npm/NpmLockfile.ts"
import * as KeptPlacement from "../../../core/npm/KeptPlacement.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"
import type { Root } from "../../../core/npm/Reach.ts"
import { SourceLocation } from "../../../core/diagnostics/SourceLocation.ts"

type Packages = Record<string, Record<string, unknown>>

const graph = (packages: Packages) =>
  NpmLockfile.read("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }, undefined, 2))

const roots = (...names: ReadonlyArray<string>): ReadonlyArray<Root> => names.map((name) => ({ name, directory: "" }))

const prune = (packages: Packages, ...names: ReadonlyArray<string>) =>
  Effect.flatMap(graph(packages), (read) => Pruning.prune(read, roots(...names)))

const at = (version: string, more: Record<string, unknown> = {}) => ({
  version,
  integrity: `sha512-${version}`,
  ...more
})

const paths = (pruned: Pruning.Pruned) => pruned.packages.map(({ path, version }) => `${path} ${version}`)

const codes = (pruned: Pruning.Pruned) => pruned.diagnostics.map(({ code }) => code)

const entry = (pruned: Pruning.Pruned, path: string): unknown => JSON.parse(pruned.lockfile).packages[path]

describe("peer dependencies", () => {
  it.effect("package and dependent share one copy, although the package could lie further out", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        {
          "": { dependencies: { react: "^17.0.0", app: "1.0.0" } },
          "node_modules/react": at("17.0.2"),
          "node_modules/app": at("1.0.0", { dependencies: { react: "^18.0.0", "a-widget": "1.0.0" } }),
          "node_modules/app/node_modules/react": at("18.3.1"),
          "node_modules/app/node_modules/a-widget": at("1.0.0", { peerDependencies: { react: ">=17" } })
        },
        "react",
        "app"
      )
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/app 1.0.0",
        "node_modules/app/node_modules/a-widget 1.0.0",
        "node_modules/app/node_modules/react 18.3.1",
        "node_modules/react 17.0.2"
      ])
    }))

  it.effect("the same package under two peers is two packages", () =>
    Effect.gen(function*() {
      const widget = at("1.0.0", { peerDependencies: { react: ">=17" } })
      const pruned = yield* prune(
        {
          "": { dependencies: { react: "^17.0.0", widget: "1.0.0", app: "1.0.0" } },
          "node_modules/react": at("17.0.2"),
          "node_modules/widget": widget,
          "node_modules/app": at("1.0.0", { dependencies: { react: "^18.0.0", widget: "1.0.0" } }),
          "node_modules/app/node_modules/react": at("18.3.1"),
          "node_modules/app/node_modules/widget": widget
        },
        "app",
        "react",
        "widget"
      )
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/app 1.0.0",
        "node_modules/app/node_modules/react 18.3.1",
        "node_modules/app/node_modules/widget 1.0.0",
        "node_modules/react 17.0.2",
        "node_modules/widget 1.0.0"
      ])
    }))

  const withOptionalPeer = (root: Record<string, unknown>) => ({
    "": root,
    "node_modules/ws": at("8.0.0", {
      peerDependencies: { bufferutil: "^4.0.0" },
      peerDependenciesMeta: { bufferutil: { optional: true } }
    }),
    "node_modules/bufferutil": at("4.0.0")
  })

  it.effect("an optional one goes along when the importing package depends on it", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(withOptionalPeer({ dependencies: { ws: "8.0.0", bufferutil: "4.0.0" } }), "ws")
      assert.deepStrictEqual(paths(pruned), ["node_modules/bufferutil 4.0.0", "node_modules/ws 8.0.0"])
      assert.deepStrictEqual(codes(pruned), [])
    }))

  it.effect("an optional one stays when it is there for development, or for something else", () =>
    Effect.gen(function*() {
      for (
        const root of [{ dependencies: { ws: "8.0.0" } }, {
          dependencies: { ws: "8.0.0" },
          devDependencies: { bufferutil: "4.0.0" }
        }]
      ) {
        const pruned = yield* prune(withOptionalPeer(root), "ws")
        assert.deepStrictEqual(paths(pruned), ["node_modules/ws 8.0.0"])
        assert.deepStrictEqual(codes(pruned), ["optional-peer-left-out"])
      }
    }))

  it.effect("one that is not installed is a warning", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { dependencies: { a: "1.0.0" } },
        "node_modules/a": at("1.0.0", { peerDependencies: { b: "1" } })
      }, "a")
      assert.deepStrictEqual(codes(pruned), ["peer-missing"])
    }))
})

describe("where packages come from", () => {
  const commit = "0123456789012345678901234567890123456789"

  it.effect("no address of a registry is kept", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { dependencies: { a: "^1.0.0" } },
        "node_modules/a": at("1.0.0", {
          resolved: "https://registry.example/download/a/1.0.0/abc",
          dev: true,
          license: "MIT"
        })
      }, "a")
      assert.deepStrictEqual(entry(pruned, "node_modules/a"), { integrity: "sha512-1.0.0", version: "1.0.0" })
    }))

  it.effect("git and tarball addresses are what the package is", () =>
    Effect.gen(function*() {
      const git = `git+ssh://git@example.com/user/a.git#${commit}`
      const tarball = "https://example.com/b.tgz"
      const pruned = yield* prune(
        {
          "": { dependencies: { a: "user/a", b: tarball } },
          "node_modules/a": { version: "1.0.0", resolved: git },
          "node_modules/b": at("1.0.0", { resolved: tarball })
        },
        "a",
        "b"
      )
      assert.deepStrictEqual(JSON.parse(pruned.packageJson).dependencies, { a: git, b: tarball })
      assert.deepStrictEqual(entry(pruned, "node_modules/a"), { resolved: git, version: "1.0.0" })
      assert.deepStrictEqual(codes(pruned), ["package-by-address", "package-by-address"])
    }))

  it.effect("a secret in an address is refused, and not shown", () =>
    Effect.gen(function*() {
      for (
        const resolved of [
          `git+https://user:hunter2@example.com/a.git#${commit}`,
          `git+https://hunter2@example.com/a.git#${commit}`,
          "https://example.com/a.tgz?private_token=hunter2"
        ]
      ) {
        const error = yield* Effect.flip(prune({
          "": { dependencies: { a: resolved } },
          "node_modules/a": at("1.0.0", { resolved })
        }, "a"))
        assert.strictEqual(error.reason, "SecretInAddress")
        assert.notInclude(error.message, "hunter2")
        assert.include(error.message, "vendor")
      }
    }))

  it.effect("what lies on this machine only is refused, with the import's place", () =>
    Effect.gen(function*() {
      const read = yield* graph({
        "": { dependencies: { a: "file:../a", b: "file:b.tgz" } },
        "../a": { version: "1.0.0" },
        "node_modules/a": { resolved: "../a", link: true },
        "node_modules/b": at("1.0.0", { resolved: "file:b.tgz" })
      })
      for (const name of ["a", "b"]) {
        const location = new SourceLocation({ file: "src/x.ts", line: 3, column: 7 })
        const error = yield* Effect.flip(Pruning.prune(read, [{ name, directory: "src", location }]))
        assert.strictEqual(error.reason, "NotInstallable")
        assert.match(error.message, /^src\/x\.ts:3:7: /)
        assert.include(error.message, "vendor")
      }
    }))

  it.effect("a bundle is one package, and what it needs from outside goes along", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { dependencies: { a: "1.0.0" } },
        "node_modules/a": at("1.0.0", { dependencies: { inner: "1", outer: "1" }, bundleDependencies: ["inner"] }),
        "node_modules/a/node_modules/inner": {
          version: "1.0.0",
          inBundle: true,
          dependencies: { deep: "1", shared: "1" }
        },
        "node_modules/a/node_modules/deep": { version: "1.0.0", inBundle: true },
        "node_modules/outer": at("1.0.0", { dependencies: { deep: "2" } }),
        "node_modules/deep": at("2.0.0"),
        "node_modules/shared": at("1.0.0")
      }, "a")
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/a 1.0.0",
        "node_modules/deep 2.0.0",
        "node_modules/outer 1.0.0",
        "node_modules/shared 1.0.0"
      ])
      assert.deepStrictEqual(entry(pruned, "node_modules/a"), {
        dependencies: { outer: "1.0.0", shared: "1.0.0" },
        integrity: "sha512-1.0.0",
        version: "1.0.0"
      })
    }))

  it.effect("a bundle is the same in whatever order the lockfile lists it", () =>
    Effect.gen(function*() {
      const inner = (name: string) => [`node_modules/a/node_modules/${name}`, at("1.0.0", { inBundle: true })] as const
      const dependencies = { one: "1", two: "1" }
      const texts = yield* Effect.forEach([["one", "two"], ["two", "one"]], (names) =>
        Effect.map(
          prune({
            "": { dependencies: { a: "1.0.0" } },
            "node_modules/a": at("1.0.0", { dependencies, bundleDependencies: names }),
            ...Object.fromEntries(names.map(inner))
          }, "a"),
          ({ lockfile }) => lockfile
        ))
      assert.strictEqual(texts[1], texts[0])
    }))

  it.effect("of two versions that are imported under one name the higher keeps it", () =>
    Effect.gen(function*() {
      for (const directories of [["one", "two"], ["two", "one"]]) {
        const project = yield* graph({
          "": { workspaces: ["one", "two"] },
          one: { name: "one", version: "1.0.0", dependencies: { ms: "2.0.0" } },
          two: { name: "two", version: "1.0.0", dependencies: { ms: "^2.1.0" } },
          "node_modules/one": { resolved: "one", link: true },
          "node_modules/two": { resolved: "two", link: true },
          "one/node_modules/ms": at("2.0.0"),
          "two/node_modules/ms": at("2.1.3")
        })
        const pruned = yield* Pruning.prune(project, directories.map((directory) => ({ name: "ms", directory })))
        assert.deepStrictEqual(paths(pruned), ["node_modules/ms 2.1.3", "node_modules/ms-2.0.0 2.0.0"])
      }
    }))

  it.effect("what the project itself would bundle is installed from the registry", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { dependencies: { a: "1.0.0" }, bundleDependencies: ["a"] },
        "node_modules/a": at("1.0.0", { inBundle: true, dependencies: { b: "1" } }),
        "node_modules/a/node_modules/b": at("1.0.0", { inBundle: true }),
        "node_modules/b": at("2.0.0")
      }, "a")
      assert.deepStrictEqual(paths(pruned), ["node_modules/a 1.0.0", "node_modules/b 1.0.0"])
    }))
})

describe("placement", () => {
  it.effect("a copy that is placed beside another, for one that lies elsewhere, is taken out", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { dependencies: { a: "^2.0.0" } },
        "node_modules/a": at("2.0.0", { dependencies: { "alias-y": "npm:d@1.0.0" } }),
        "node_modules/alias-x": at("2.0.0", { name: "c", dependencies: { f: "^1.0.0" } }),
        "node_modules/alias-y": at("1.0.0", { name: "d", dependencies: { e: "^2.0.0" } }),
        "node_modules/b": at("10.0.0", { dependencies: { "alias-x": "npm:a@2.0.0" } }),
        "node_modules/b/node_modules/alias-x": at("2.0.0", { name: "a", dependencies: { "alias-y": "npm:d@1.0.0" } }),
        "node_modules/d": at("2.0.0", { dependencies: { "alias-y": "npm:b@10.0.0" } }),
        "node_modules/d/node_modules/alias-x": at("2.0.0", { name: "a", dependencies: { "alias-y": "npm:d@1.0.0" } }),
        "node_modules/d/node_modules/alias-x/node_modules/alias-y": at("1.0.0", {
          name: "d",
          dependencies: { e: "^2.0.0" }
        }),
        "node_modules/d/node_modules/alias-y": at("10.0.0", { name: "b", dependencies: { "alias-x": "npm:a@2.0.0" } }),
        "node_modules/e": at("2.0.0", { dependencies: { f: "^1.0.0" } }),
        "node_modules/f": at("1.0.0", { dependencies: { d: "^2.0.0", "alias-x": "npm:c@2.0.0" } })
      }, "a")
      assert.deepStrictEqual(codes(pruned), [])
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/a 2.0.0",
        "node_modules/alias-x 2.0.0",
        "node_modules/alias-y 1.0.0",
        "node_modules/d 2.0.0",
        "node_modules/d/node_modules/alias-x 2.0.0",
        "node_modules/d/node_modules/alias-x/node_modules/alias-y 1.0.0",
        "node_modules/d/node_modules/alias-y 10.0.0",
        "node_modules/e 2.0.0",
        "node_modules/f 1.0.0"
      ])
      assert.isTrue(pruned.packages.every(({ optional }) => !optional))
      assert.deepStrictEqual(pruned.packages.map(({ requiredBy }) => requiredBy), [
        "",
        "node_modules/f",
        "node_modules/a",
        "node_modules/f",
        "node_modules/d/node_modules/alias-y",
        "node_modules/d/node_modules/alias-x",
        "node_modules/d",
        "node_modules/alias-y",
        "node_modules/e"
      ])
    }))
})

describe("optional packages", () => {
  it.effect("stay with their platforms, whatever this machine is", () =>
    Effect.gen(function*() {
      const variant = (os: string) => at("1.0.0", { optional: true, os: [os], cpu: ["x64"], engines: { node: ">=18" } })
      const pruned = yield* prune({
        "": { dependencies: { native: "1.0.0" } },
        "node_modules/native": at("1.0.0", {
          hasInstallScript: true,
          bin: { native: "bin.js" },
          engines: { node: ">=18" },
          optionalDependencies: { "@native/linux": "1.0.0", "@native/win32": "1.0.0", "@native/unknown": "1.0.0" }
        }),
        "node_modules/@native/linux": { ...variant("linux"), libc: ["glibc"] },
        "node_modules/@native/win32": variant("win32"),
        // What npm 11 writes when its registry does not know a variant.
        "node_modules/@native/unknown": { optional: true }
      }, "native")
      assert.deepStrictEqual(entry(pruned, "node_modules/native"), {
        bin: { native: "bin.js" },
        hasInstallScript: true,
        integrity: "sha512-1.0.0",
        optionalDependencies: { "@native/linux": "1.0.0", "@native/win32": "1.0.0" },
        version: "1.0.0"
      })
      assert.deepStrictEqual(entry(pruned, "node_modules/@native/linux"), {
        cpu: ["x64"],
        engines: { node: ">=18" },
        integrity: "sha512-1.0.0",
        libc: ["glibc"],
        optional: true,
        os: ["linux"],
        version: "1.0.0"
      })
    }))

  it.effect("an import of one may be missing on the cluster, too", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({
        "": { optionalDependencies: { fsevents: "2.0.0" } },
        "node_modules/fsevents": at("2.0.0", { optional: true, os: ["darwin"] })
      }, "fsevents")
      assert.deepStrictEqual(JSON.parse(pruned.packageJson), {
        optionalDependencies: { fsevents: "2.0.0" },
        private: true
      })
    }))

  it.effect("nothing is hoisted to where an absent optional dependency is looked for", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        {
          "": { dependencies: { a: "1.0.0", b: "1.0.0" } },
          "node_modules/a": at("1.0.0", { optionalDependencies: { extra: "1" } }),
          "node_modules/b": at("1.0.0", { dependencies: { extra: "2" } }),
          "node_modules/b/node_modules/extra": at("2.0.0")
        },
        "a",
        "b"
      )
      assert.include(paths(pruned), "node_modules/b/node_modules/extra 2.0.0")
    }))
})

describe("bad lockfiles", () => {
  it.effect("an imported package that is not locked", () =>
    Effect.gen(function*() {
      const location = new SourceLocation({ file: "src/x.ts", line: 1, column: 20 })
      const read = yield* graph({ "": {} })
      const error = yield* Effect.flip(Pruning.prune(read, [{ name: "ms", directory: "src", location }]))
      assert.strictEqual(error.reason, "PackageMissing")
      assert.match(error.message, /^src\/x\.ts:1:20: .*ms/)
      assert.include(error.message, "npm install ms")
    }))

  it.effect("a requirement that is not locked", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(prune({
        "": { dependencies: { a: "1.0.0" } },
        "node_modules/a": at("1.0.0", { dependencies: { b: "^1.0.0" } })
      }, "a"))
      assert.strictEqual(error.reason, "DependencyMissing")
      assert.strictEqual(`${error.location}`, "package-lock.json:9:5")
    }))

  it.effect("text that is no lockfile", () =>
    Effect.gen(function*() {
      const cases = [
        ["", "InvalidSyntax", "1:1"],
        ["{\n  \"a\": }", "InvalidSyntax", "2:8"],
        ["{\n<<<<<<< HEAD\n", "InvalidSyntax", "2:1"],
        ["[]", "InvalidEntry", "1:1"],
        ["{\n \"lockfileVersion\": 4, \"packages\": {} }", "UnsupportedVersion", "2:2"],
        ["{}", "UnsupportedVersion", "1:1"],
        ["{ \"lockfileVersion\": 3, \"packages\": {\n  \"node_modules/a\": 1 } }", "InvalidEntry", "2:3"],
        ["{ \"lockfileVersion\": 3, \"packages\": {\n  \"node_modules/a\": {} } }", "InvalidEntry", "2:3"],
        ["{ \"lockfileVersion\": 1, \"requires\": true, \"dependencies\": {\n  \"a\": {} } }", "InvalidEntry", "2:3"]
      ] as const
      for (const [text, reason, place] of cases) {
        const error = yield* Effect.flip(NpmLockfile.read("package-lock.json", text))
        assert.deepStrictEqual([error.reason, `${error.location}`], [reason, `package-lock.json:${place}`], text)
        assert.isString(error.remedy)
      }
    }))

  it.effect("a package that nobody declares", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        {
          "": { dependencies: { a: "1.0.0" } },
          "node_modules/a": at("1.0.0", { dependencies: { b: "1" } }),
          "node_modules/b": at("1.0.0")
        },
        "a",
        "b"
      )
      assert.deepStrictEqual(codes(pruned), ["undeclared-package"])
    }))

  it.effect("packages without integrity hashes", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({ "": { dependencies: { a: "1" } }, "node_modules/a": { version: "1.0.0" } }, "a")
      assert.deepStrictEqual(codes(pruned), ["no-integrity"])
    }))
})

describe("workspaces", () => {
  it.effect("the nearest node_modules of the importing directory counts, and links are followed", () =>
    Effect.gen(function*() {
      const read = yield* graph({
        "": { workspaces: ["packages/*"] },
        "packages/app": { name: "app", version: "1.0.0", dependencies: { ms: "^2.0.0" } },
        "packages/app/node_modules/ms": at("2.0.0"),
        "node_modules/app": { resolved: "packages/app", link: true },
        "node_modules/ms": at("2.1.3")
      })
      const inside = yield* Pruning.prune(read, [{ name: "ms", directory: "packages/app/src/deep" }])
      const outside = yield* Pruning.prune(read, [{ name: "ms", directory: "packages/other" }])
      assert.deepStrictEqual([inside, outside].map(paths), [["node_modules/ms 2.0.0"], ["node_modules/ms 2.1.3"]])
      assert.deepStrictEqual(codes(inside), [])
      const error = yield* Effect.flip(Pruning.prune(read, roots("app")))
      assert.strictEqual(error.reason, "NotInstallable")
    }))

  it.effect("`.package-lock.json` has no root entry", () =>
    Effect.gen(function*() {
      const pruned = yield* prune({ "node_modules/ms": at("2.1.3") }, "ms")
      assert.deepStrictEqual(paths(pruned), ["node_modules/ms 2.1.3"])
    }))
})

/** `graph`, and how often something was asked of it. */
const counted = (graph: LockGraph): { readonly graph: LockGraph; readonly count: () => number } => {
  let count = 0
  class Counting<K, V> extends Map<K, V> {
    override get(key: K): V | undefined {
      count++
      return super.get(key)
    }
  }
  const counting = {
    ...graph,
    nodes: new Counting(graph.nodes),
    resolve: (directory: string, name: string) => {
      count++
      return graph.resolve(directory, name)
    }
  }
  return { graph: counting, count: () => count }
}

describe("size", () => {
  const chain = (count: number): Packages => {
    const packages: Packages = { "": { dependencies: { p0: "1.0.0" } } }
    for (let n = 0; n < count; n++) {
      const dependencies = Object.fromEntries(
        [n + 1, (n * 7 + 3) % count, (n * 13 + 1) % count].filter((to) => to < count).map((to) => [`p${to}`, "^1.0.0"])
      )
      packages[`node_modules/p${n}`] = at("1.0.0", { resolved: `https://registry.example/p${n}.tgz`, dependencies })
    }
    return packages
  }
  const read = (packages: Packages) => Effect.map(graph(packages), counted)

  it.effect("a chain of 5,000 packages with cycles", () =>
    Effect.gen(function*() {
      const [small, large] = [yield* read(chain(500)), yield* read(chain(5000))]
      assert.strictEqual((yield* Pruning.prune(small.graph, roots("p0"))).packages.length, 500)
      assert.strictEqual((yield* Pruning.prune(large.graph, roots("p0"))).packages.length, 5000)
      assert.isAtMost(large.count(), 10 * small.count() + 100)
    }))

  it.effect("5,000 packages of which one is reached", () =>
    Effect.gen(function*() {
      const { count, graph } = yield* read({ ...chain(5000), "node_modules/ms": at("2.1.3") })
      assert.deepStrictEqual(paths(yield* Pruning.prune(graph, roots("ms"))), ["node_modules/ms 2.1.3"])
      assert.isAtMost(count(), 20, "what is not reached is not looked at")
    }))

  it.effect("two versions that 5,000 packages share", () =>
    Effect.gen(function*() {
      const packages: Packages = { "node_modules/shared": at("1.0.0") }
      const names = Array.from({ length: 5000 }, (_, n) => `p${n}`)
      for (const [n, name] of names.entries()) {
        packages[`node_modules/${name}`] = at("1.0.0", { dependencies: { shared: n % 2 === 0 ? "1" : "2" } })
        if (n % 2 === 1) packages[`node_modules/${name}/node_modules/shared`] = at("2.0.0")
      }
      packages[""] = { dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) }
      const pruned = yield* prune(packages, ...names)
      assert.strictEqual(pruned.packages.length, 7501)
      assert.isTrue(pruned.packages.every(({ path }) => path.split("node_modules/").length <= 3))
    }))

  it.effect("a package inside itself, 60 deep", () =>
    Effect.gen(function*() {
      const packages: Packages = { "": { dependencies: { p: "1.0.0" } } }
      let place = ""
      for (let n = 0; n < 60; n++) {
        place += `${place === "" ? "" : "/"}node_modules/p`
        packages[place] = at(`${60 - n}.0.0`, n < 59 ? { dependencies: { p: "1" } } : {})
      }
      const pruned = yield* prune(packages, "p")
      assert.strictEqual(pruned.packages.length, 60)
    }))
})

describe("a tree that is kept", () => {
  it("has every holder before what it holds", () => {
    const indexOf = new Map([["node_modules/a/node_modules/b", 1], ["node_modules/a", 0]])
    const kept = KeptPlacement.keep({ classes: [], indexOf, roots: [] })
    assert.deepStrictEqual(kept?.placed.map(({ index }) => index), [0, 1])
  })
})
