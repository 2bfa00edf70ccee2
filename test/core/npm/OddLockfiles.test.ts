/**
 * Lockfiles that are rare, old, or wrong: what is kept of them, or what is said about them.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NpmLockfile from "../../../core/npm/NpmLockfile.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"

const prune = (text: string, ...names: ReadonlyArray<string>) =>
  Effect.flatMap(
    NpmLockfile.read("package-lock.json", text),
    (graph) => Pruning.prune(graph, names.map((name) => ({ name, directory: "" })))
  )

const version3 = (packages: Record<string, unknown>): string =>
  JSON.stringify({ lockfileVersion: 3, packages }, undefined, 1)

const version1 = (dependencies: Record<string, unknown>): string =>
  JSON.stringify({ lockfileVersion: 1, requires: true, dependencies }, undefined, 1)

const at = (version: string, more: Record<string, unknown> = {}) => ({ version, integrity: "sha512-AA==", ...more })

const paths = (pruned: Pruning.Pruned) => pruned.packages.map(({ path, version }) => `${path} ${version}`)

const codes = (pruned: Pruning.Pruned) => pruned.diagnostics.map(({ code }) => code)

const entries = (pruned: Pruning.Pruned) => JSON.parse(pruned.lockfile).packages

describe("names", () => {
  const inherited = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"]

  it.effect("what every object has, as package and as requirement", () =>
    Effect.gen(function*() {
      // Written as text: an object literal would set its prototype.
      const requirements = `{ ${inherited.map((name) => `"${name}": "1"`).join(", ")} }`
      const entry = `{ "version": "1.0.0", "integrity": "sha512-AA==", "dependencies": ${requirements} }`
      const packages = inherited.map((name) => `"node_modules/${name}": ${entry}`)
      const text = `{ "lockfileVersion": 3, "packages": { "": { "dependencies": ${requirements} }, ${packages} } }`
      const pruned = yield* prune(text, ...inherited)
      const names: Array<[string, unknown]> = inherited.map((name) => [name, "1.0.0"])
      assert.deepStrictEqual(codes(pruned), [])
      assert.deepStrictEqual(Object.entries(JSON.parse(pruned.packageJson).dependencies), names)
      for (const name of inherited) {
        assert.deepStrictEqual(Object.entries(entries(pruned)[`node_modules/${name}`].dependencies), names)
      }
    }))

  it.effect("the same in version 1, nested, and as peers", () =>
    Effect.gen(function*() {
      const old = yield* prune(
        `{ "lockfileVersion": 1, "requires": true, "dependencies": { "a": { "version": "1.0.0",
          "requires": { "__proto__": "1" }, "dependencies": { "__proto__": { "version": "1.0.0" } } } } }`,
        "a"
      )
      assert.deepStrictEqual(paths(old), ["node_modules/__proto__ 1.0.0", "node_modules/a 1.0.0"])
      const peers = yield* prune(
        `{ "lockfileVersion": 3, "packages": {
          "node_modules/a": { "version": "1.0.0", "peerDependencies": { "__proto__": "1", "constructor": "1" },
            "peerDependenciesMeta": { "constructor": { "optional": true } } },
          "node_modules/__proto__": { "version": "1.0.0" } } }`,
        "a"
      )
      assert.deepStrictEqual(paths(peers), ["node_modules/__proto__ 1.0.0", "node_modules/a 1.0.0"])
    }))

  it.effect("one that nothing is locked under is missing, whatever objects have", () =>
    Effect.gen(function*() {
      for (const name of inherited) {
        for (const text of [version3({ "": {} }), version1({})]) {
          const error = yield* Effect.flip(prune(text, name))
          assert.strictEqual(error.reason, "PackageMissing")
          assert.include(error.message, `npm install ${name}`)
        }
      }
    }))

  it.effect("scoped ones, in several versions and nested", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        version3({
          "": { dependencies: { "@s/a": "1", b: "1" } },
          "node_modules/@s/a": at("1.0.0"),
          "node_modules/@s/c": at("1.0.0"),
          "node_modules/b": at("1.0.0", { dependencies: { "@s/a": "2" } }),
          "node_modules/b/node_modules/@s/a": at("2.0.0", { dependencies: { "@s/c": "1", "@t/alias": "npm:@s/a@1" } }),
          "node_modules/@t/alias": at("1.0.0", { name: "@s/a" })
        }),
        "@s/a",
        "b"
      )
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/@s/a 1.0.0",
        "node_modules/@s/c 1.0.0",
        "node_modules/@t/alias 1.0.0",
        "node_modules/b 1.0.0",
        "node_modules/b/node_modules/@s/a 2.0.0"
      ])
      assert.strictEqual(entries(pruned)["node_modules/@t/alias"].name, "@s/a")
    }))

  it.effect("one that leads out of node_modules is refused", () =>
    Effect.gen(function*() {
      for (
        const text of [
          version3({ "node_modules/../../evil": at("1.0.0") }),
          version3({ "node_modules/a/node_modules/..\\evil": at("1.0.0") }),
          version3({ "node_modules/": at("1.0.0") }),
          version1({ "../../evil": at("1.0.0") }),
          version1({ a: at("1.0.0", { dependencies: { "..": at("1.0.0") } }) })
        ]
      ) {
        const error = yield* Effect.flip(prune(text, "a"))
        assert.strictEqual(error.reason, "InvalidEntry")
        assert.match(error.message, /^package-lock\.json:\d+:\d+: /)
        assert.isString(error.remedy)
      }
    }))
})

describe("trees", () => {
  it.effect("cycles: of two, of one with itself, and of two versions", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        version3({
          "": { dependencies: { a: "2" } },
          "node_modules/a": at("2.0.0", { dependencies: { a: "1", b: "1" } }),
          "node_modules/a/node_modules/a": at("1.0.0", { dependencies: { a: "1" } }),
          "node_modules/b": at("1.0.0", { dependencies: { a: "2", c: "1" } }),
          "node_modules/c": at("1.0.0", { dependencies: { b: "2" } }),
          "node_modules/c/node_modules/b": at("2.0.0", { dependencies: { c: "1" } })
        }),
        "a"
      )
      assert.deepStrictEqual(codes(pruned), [])
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/a 2.0.0",
        "node_modules/a/node_modules/a 1.0.0",
        "node_modules/b 1.0.0",
        "node_modules/b/node_modules/b 2.0.0",
        "node_modules/b/node_modules/c 1.0.0"
      ])
    }))

  it.effect("a package at several places is one where all of its names mean the same", () =>
    Effect.gen(function*() {
      const copy = at("1.0.0", { dependencies: { leaf: "1" } })
      const users = ["u", "v", "w"]
      const tree = (leaf: string, nested: Record<string, unknown>) => ({
        "": { dependencies: Object.fromEntries(users.map((name) => [name, "1"])) },
        ...Object.fromEntries(users.flatMap((name) => [
          [`node_modules/${name}`, at("1.0.0", { dependencies: { copy: "1" } })],
          [`node_modules/${name}/node_modules/copy`, copy]
        ])),
        "node_modules/leaf": at(leaf),
        ...nested
      })
      const same = yield* prune(version3(tree("1.0.0", {})), ...users)
      assert.deepStrictEqual(paths(same), ["copy", "leaf", ...users].map((name) => `node_modules/${name} 1.0.0`))
      const one = yield* prune(version3(tree("1.0.0", { "node_modules/v/node_modules/leaf": at("1.1.0") })), ...users)
      assert.deepStrictEqual(paths(one).filter((path) => !/\/[uvw] /.test(path)), [
        "node_modules/copy 1.0.0",
        "node_modules/leaf 1.0.0",
        "node_modules/v/node_modules/copy 1.0.0",
        "node_modules/v/node_modules/leaf 1.1.0"
      ])
    }))

  it.effect("what overrides put in place of a range is written as it is", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        version3({
          "": { dependencies: { a: "^1.0.0" }, overrides: { b: "3.0.0", c: "npm:d@5.0.0" } },
          "node_modules/a": at("1.0.0", { dependencies: { b: "^1.0.0", c: "^1.0.0" }, peerDependencies: { e: "^9" } }),
          "node_modules/b": at("3.0.0"),
          "node_modules/c": at("5.0.0", { name: "d" }),
          "node_modules/e": at("1.0.0")
        }),
        "a"
      )
      assert.deepStrictEqual(JSON.parse(pruned.packageJson), { dependencies: { a: "1.0.0" }, private: true })
      assert.deepStrictEqual(entries(pruned)["node_modules/a"].dependencies, {
        b: "3.0.0",
        c: "npm:d@5.0.0",
        e: "1.0.0"
      })
      assert.deepStrictEqual(codes(pruned), [])
    }))
})

describe("bundles", () => {
  const bundling = (more: Record<string, unknown>, needs: Record<string, string> = { inner: "1" }) =>
    version3({
      "": { dependencies: { p: "1", x: "2" } },
      "node_modules/x": at("2.0.0"),
      "node_modules/p": at("1.0.0", { dependencies: needs, bundleDependencies: ["inner"] }),
      "node_modules/p/node_modules/inner": { version: "1.0.0", inBundle: true, dependencies: { x: "1" } },
      ...more
    })

  it.effect("what lies beside a bundled package, and not in the bundle, goes along", () =>
    Effect.gen(function*() {
      for (const place of ["node_modules/p/node_modules/x", "node_modules/p/node_modules/inner/node_modules/x"]) {
        const pruned = yield* prune(bundling({ [place]: at("1.0.0") }), "p", "x")
        assert.deepStrictEqual(paths(pruned), [
          "node_modules/p 1.0.0",
          "node_modules/p/node_modules/x 1.0.0",
          "node_modules/x 2.0.0"
        ])
        assert.deepStrictEqual(codes(pruned), [])
      }
    }))

  it.effect("a bundled package finds the one that brings it, and nothing hides that", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        version3({
          "": { dependencies: { host: "1" } },
          "node_modules/host": at("1.0.0", {
            dependencies: { plugin: "1" },
            peerDependencies: { user: "1" },
            bundleDependencies: ["plugin"]
          }),
          "node_modules/host/node_modules/plugin": {
            version: "1.0.0",
            inBundle: true,
            peerDependencies: { host: "1" }
          },
          "node_modules/user": at("1.0.0", { dependencies: { host: "2" } }),
          "node_modules/user/node_modules/host": at("2.0.0")
        }),
        "host"
      )
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/host 1.0.0",
        "node_modules/user 1.0.0",
        "node_modules/user/node_modules/host 2.0.0"
      ])
      assert.deepStrictEqual(entries(pruned)["node_modules/host"].dependencies, { host: "1.0.0", user: "1.0.0" })
    }))

  it.effect("one that cannot have what it needs beside what its bundler needs is told, when it goes along", () =>
    Effect.gen(function*() {
      const text = bundling(
        { "node_modules/p/node_modules/inner/node_modules/x": at("1.0.0") },
        { inner: "1", x: "2" }
      )
      const pruned = yield* prune(text, "p")
      assert.deepStrictEqual(codes(pruned), ["bundle-incomplete"])
      assert.match(`${pruned.diagnostics[0]?.location}`, /^package-lock\.json:\d+/)
      assert.deepStrictEqual(codes(yield* prune(text, "x")), [])
    }))
})

describe("directories and addresses", () => {
  const commit = "0123456789012345678901234567890123456789"

  it.effect("what a workspace, a link, or a `file:` brings cannot be installed elsewhere, at any depth", () =>
    Effect.gen(function*() {
      const needing = (entries: Record<string, unknown>) =>
        version3({
          "": { dependencies: { a: "1" } },
          "node_modules/a": at("1.0.0", { dependencies: { w: "1" } }),
          ...entries
        })
      const texts = [
        needing({ w: { version: "1.0.0" }, "node_modules/w": { resolved: "w", link: true } }),
        needing({ "../w": { version: "1.0.0" }, "node_modules/w": { resolved: "file:../w", link: true } }),
        needing({ "node_modules/w": { resolved: "gone", link: true } }),
        needing({ "node_modules/w": at("1.0.0", { resolved: "file:w-1.0.0.tgz" }) }),
        // A package of the registry with a `file:` dependency of its own.
        needing({
          "node_modules/a/vendor/w": { version: "1.0.0" },
          "node_modules/a/node_modules/w": { resolved: "node_modules/a/vendor/w", link: true }
        }),
        version1({ a: at("1.0.0", { requires: { w: "1" } }), w: { version: "file:../w" } }),
        version1({ a: at("1.0.0", { requires: { w: "1" } }), w: { version: "file:w.tgz", integrity: "sha512-AA==" } }),
        needing({ "node_modules/w": { version: "1.0.0", resolved: `git+file:///home/w.git#${commit}` } })
      ]
      for (const text of texts) {
        const error = yield* Effect.flip(prune(text, "a"))
        assert.strictEqual(error.reason, "NotInstallable", text)
        assert.match(error.message, /^package-lock\.json:\d+:\d+: .*"w"/)
        assert.include(error.remedy ?? "", "vendor")
      }
    }))

  it.effect("what a workspace depends on is found from there, linked or not", () =>
    Effect.gen(function*() {
      const text = version3({
        "": { workspaces: ["packages/*"] },
        "packages/app": { name: "@my/app", version: "1.0.0", dependencies: { "@my/lib": "*", ms: "^2.0.0" } },
        "packages/lib": { name: "@my/lib", version: "1.0.0", dependencies: { ms: "1" }, devDependencies: { t: "1" } },
        "packages/lib/node_modules/ms": at("1.0.0"),
        "node_modules/@my/app": { resolved: "packages/app", link: true },
        "node_modules/@my/lib": { resolved: "packages/lib", link: true },
        "node_modules/ms": at("2.1.3")
      })
      const graph = yield* NpmLockfile.read("package-lock.json", text)
      const pruned = yield* Pruning.prune(graph, [
        { name: "ms", directory: "packages/app/src" },
        { name: "ms", directory: "packages/lib" }
      ])
      assert.deepStrictEqual(paths(pruned), ["node_modules/ms 2.1.3", "node_modules/ms-1.0.0 1.0.0"])
      assert.deepStrictEqual(codes(pruned), ["package-renamed"])
    }))

  it.effect("a package from git keeps its commit and what it needs, in every version of lockfile", () =>
    Effect.gen(function*() {
      const address = `git+ssh://git@example.com/u/g.git#${commit}`
      const now = yield* prune(
        version3({
          "": { dependencies: { a: "1" } },
          "node_modules/a": at("1.0.0", { dependencies: { g: "u/g" } }),
          "node_modules/g": { version: "1.0.0", resolved: address, dependencies: { h: "1" } },
          "node_modules/h": at("1.0.0")
        }),
        "a"
      )
      const old = yield* prune(
        version1({
          a: at("1.0.0", { requires: { g: "u/g" } }),
          g: { version: address, from: "u/g", requires: { h: "1" } },
          h: at("1.0.0")
        }),
        "a"
      )
      for (const pruned of [now, old]) {
        assert.deepStrictEqual(entries(pruned)["node_modules/a"].dependencies, { g: address })
        assert.deepInclude(entries(pruned)["node_modules/g"], { resolved: address, dependencies: { h: "1.0.0" } })
        assert.include(codes(pruned), "package-by-address")
      }
    }))
})

describe("formats", () => {
  const packages = {
    "": { dependencies: { a: "1" } },
    "node_modules/a": at("1.0.0", { dependencies: { b: "1" } }),
    "node_modules/b": at("1.0.0")
  }
  const dependencies = { a: at("1.0.0", { requires: { b: "1" } }), b: at("1.0.0") }

  it.effect("versions 1, 2 and 3 give one text; of version 2 the new half counts", () =>
    Effect.gen(function*() {
      const stale = { a: at("0.0.1") }
      const texts = yield* Effect.forEach(
        [
          version3(packages),
          JSON.stringify({ lockfileVersion: 2, requires: true, packages, dependencies: stale }),
          version1(dependencies),
          `\uFEFF${version3(packages).replaceAll("\n", "\r\n")}`
        ],
        (text) => Effect.map(prune(text, "a"), ({ lockfile, packageJson }) => packageJson + lockfile)
      )
      for (const text of texts) assert.strictEqual(text, texts[0])
    }))

  it.effect("what no npm since version 5 writes is named", () =>
    Effect.gen(function*() {
      const texts = [
        // npm 4's npm-shrinkwrap.json.
        JSON.stringify({ name: "x", version: "1.0.0", dependencies: { a: { version: "1.0.0", from: "a@1" } } }),
        JSON.stringify({ lockfileVersion: 1, dependencies }),
        JSON.stringify({ lockfileVersion: 2, requires: true, dependencies }),
        JSON.stringify({ lockfileVersion: 3, packages: [] }),
        JSON.stringify({ lockfileVersion: "3", packages }),
        JSON.stringify({ lockfileVersion: 99, packages })
      ]
      for (const text of texts) {
        const error = yield* Effect.flip(prune(text, "a"))
        assert.strictEqual(error.reason, "UnsupportedVersion", text)
        assert.match(error.message, /^package-lock\.json:1:\d+: /)
        assert.include(error.remedy ?? "", "--lockfile-version 3")
      }
    }))

  it.effect("text that breaks off, and JSON of another kind, by file, line and column", () =>
    Effect.gen(function*() {
      const cases = [
        ["{\n \"lockfileVersion\": 3,\n \"packages\": {\n  \"node_modules/a\": {", "4:22"],
        ["{\n \"lockfileVersion\": 3,\n \"packages\": {},\n}", "4:1"],
        ["{\n \"lockfileVersion\": 3,\n=======\n \"packages\": {} }", "3:1"],
        ["\u0000", "1:1"],
        ["{} {}", "1:4"]
      ] as const
      for (const [text, place] of cases) {
        const error = yield* Effect.flip(prune(text, "a"))
        assert.strictEqual(error.reason, "InvalidSyntax")
        assert.isTrue(error.message.startsWith(`package-lock.json:${place}: `), error.message)
        assert.isString(error.remedy)
      }
    }))

  it.effect("members of another kind than npm's count as missing", () =>
    Effect.gen(function*() {
      const pruned = yield* prune(
        version3({
          "node_modules/a": {
            version: "1.0.0",
            integrity: 5,
            dependencies: ["b"],
            peerDependencies: { c: 1 },
            peerDependenciesMeta: null,
            os: "!win32",
            bin: null
          }
        }),
        "a"
      )
      assert.deepStrictEqual(entries(pruned)["node_modules/a"], { os: ["!win32"], version: "1.0.0" })
      assert.deepStrictEqual(codes(pruned), ["no-integrity"])
    }))

  it.effect("hashes that are missing are one warning, with the first few names", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 8 }, (_, n) => `p${n}`)
      const pruned = yield* prune(
        version3({
          "": { dependencies: Object.fromEntries(names.map((name) => [name, "1"])) },
          ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: "1.0.0" }]))
        }),
        ...names
      )
      assert.deepStrictEqual(codes(pruned), ["no-integrity"])
      assert.include(pruned.diagnostics[0]?.what ?? "", "p4@1.0.0 and 3 more")
    }))
})
