import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as PnpmLockfile from "../../../core/npm/PnpmLockfile.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"

const file = "pnpm-lock.yaml"

const prune = (text: string, ...imports: ReadonlyArray<string | readonly [name: string, directory: string]>) =>
  Effect.flatMap(
    PnpmLockfile.read(file, text),
    (graph) =>
      Pruning.prune(
        graph,
        imports.map((one) =>
          typeof one === "string" ? { name: one, directory: "" } : { name: one[0], directory: one[1] }
        )
      )
  )

const paths = (pruned: Pruning.Pruned) => pruned.packages.map(({ path, version }) => `${path} ${version}`)

const codes = (pruned: Pruning.Pruned) =>
  pruned.diagnostics.map(({ code }) => code).filter((code) => code !== "lockfile-without-scripts")

const entries = (pruned: Pruning.Pruned) => JSON.parse(pruned.lockfile).packages

const commit = "0123456789012345678901234567890123456789"

/** The same project in three versions of the format. */
const versions = {
  "5.4": `
lockfileVersion: 5.4
importers:
  .:
    specifiers: { old: npm:@s/a@1, a: ^2.0.0, b: '1', lib: workspace:* }
    dependencies:
      a: 2.0.0_@s+peer@3.0.0
      old: /@s/a/1.0.0
      lib: link:packages/lib
    devDependencies:
      b: 1.0.0
  packages/lib:
    specifiers: { a: '2', '@s/peer': '3' }
    dependencies:
      a: 2.0.0_@s+peer@3.1.0
      '@s/peer': 3.1.0
packages:
  /@s/a/1.0.0:
    resolution: {integrity: sha512-old==}
    dev: false
  /@s/peer/3.0.0:
    resolution: {integrity: sha512-p0==}
  /@s/peer/3.1.0:
    resolution: {integrity: sha512-p1==}
  /a/2.0.0_@s+peer@3.0.0:
    resolution: {integrity: sha512-a==}
    requiresBuild: true
    peerDependencies: { '@s/peer': '>=3', none: '*' }
    peerDependenciesMeta: { none: { optional: true } }
    dependencies:
      '@s/peer': 3.0.0
      c: /@s/a/1.0.0
    optionalDependencies:
      d: 1.0.0
  /a/2.0.0_@s+peer@3.1.0:
    resolution: {integrity: sha512-a==}
    requiresBuild: true
    peerDependencies: { '@s/peer': '>=3', none: '*' }
    peerDependenciesMeta: { none: { optional: true } }
    dependencies:
      '@s/peer': 3.1.0
      c: /@s/a/1.0.0
    optionalDependencies:
      d: 1.0.0
  /b/1.0.0:
    resolution: {integrity: sha512-b==}
    dev: true
  /d/1.0.0:
    resolution: {integrity: sha512-d==}
    engines: {node: '>=18'}
    cpu: [x64]
    os: [linux, '!win32']
    libc: [musl]
    optional: true
`,
  "6.0": `
lockfileVersion: '6.0'
importers:
  .:
    dependencies:
      a: { specifier: ^2.0.0, version: 2.0.0(@s/peer@3.0.0) }
      old: { specifier: 'npm:@s/a@1', version: /@s/a@1.0.0 }
      lib: { specifier: 'workspace:*', version: 'link:packages/lib' }
    devDependencies:
      b: { specifier: '1', version: 1.0.0 }
  packages/lib:
    dependencies:
      a: { specifier: '2', version: 2.0.0(@s/peer@3.1.0) }
      '@s/peer': { specifier: '3', version: 3.1.0 }
packages:
  /@s/a@1.0.0:
    resolution: {integrity: sha512-old==}
  /@s/peer@3.0.0:
    resolution: {integrity: sha512-p0==}
  /@s/peer@3.1.0:
    resolution: {integrity: sha512-p1==}
  /a@2.0.0(@s/peer@3.0.0):
    resolution: {integrity: sha512-a==}
    requiresBuild: true
    peerDependencies: { '@s/peer': '>=3', none: '*' }
    peerDependenciesMeta: { none: { optional: true } }
    dependencies:
      '@s/peer': 3.0.0
      c: /@s/a@1.0.0
    optionalDependencies:
      d: 1.0.0
  /a@2.0.0(@s/peer@3.1.0):
    resolution: {integrity: sha512-a==}
    requiresBuild: true
    peerDependencies: { '@s/peer': '>=3', none: '*' }
    peerDependenciesMeta: { none: { optional: true } }
    dependencies:
      '@s/peer': 3.1.0
      c: /@s/a@1.0.0
    optionalDependencies:
      d: 1.0.0
  /b@1.0.0:
    resolution: {integrity: sha512-b==}
    dev: true
  /d@1.0.0:
    resolution: {integrity: sha512-d==}
    engines: {node: '>=18'}
    cpu: [x64]
    os: [linux, '!win32']
    libc: [musl]
    optional: true
`,
  "9.0": `
lockfileVersion: '9.0'
settings: { autoInstallPeers: true }
importers:
  .:
    dependencies:
      a: { specifier: ^2.0.0, version: 2.0.0(@s/peer@3.0.0) }
      old: { specifier: 'npm:@s/a@1', version: '@s/a@1.0.0' }
      lib: { specifier: 'workspace:*', version: 'link:packages/lib' }
    devDependencies:
      b: { specifier: '1', version: 1.0.0 }
  packages/lib:
    dependencies:
      a: { specifier: '2', version: 2.0.0(@s/peer@3.1.0) }
      '@s/peer': { specifier: '3', version: 3.1.0 }
packages:
  '@s/a@1.0.0':
    resolution: {integrity: sha512-old==}
  '@s/peer@3.0.0':
    resolution: {integrity: sha512-p0==}
  '@s/peer@3.1.0':
    resolution: {integrity: sha512-p1==}
  a@2.0.0:
    resolution: {integrity: sha512-a==}
    requiresBuild: true
    peerDependencies: { '@s/peer': '>=3', none: '*' }
    peerDependenciesMeta: { none: { optional: true } }
  b@1.0.0:
    resolution: {integrity: sha512-b==}
  d@1.0.0:
    resolution: {integrity: sha512-d==}
    engines: {node: '>=18'}
    cpu: [x64]
    os: [linux, '!win32']
    libc: [musl]
snapshots:
  '@s/a@1.0.0': {}
  '@s/peer@3.0.0': {}
  '@s/peer@3.1.0': {}
  a@2.0.0(@s/peer@3.0.0):
    dependencies:
      '@s/peer': 3.0.0
      c: '@s/a@1.0.0'
    optionalDependencies:
      d: 1.0.0
  a@2.0.0(@s/peer@3.1.0):
    dependencies:
      '@s/peer': 3.1.0
      c: '@s/a@1.0.0'
    optionalDependencies:
      d: 1.0.0
  b@1.0.0: {}
  d@1.0.0:
    optional: true
`
}

describe("a project in every version of the format", () => {
  it.effect("peer dependencies, aliases, platforms and workspaces give one package", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(
        Object.values(versions),
        (text) => prune(text, "a", "old", ["a", "packages/lib/src"])
      )
      for (const pruned of all) assert.strictEqual(pruned.lockfile, all[0]?.lockfile)
      const [pruned] = all
      if (pruned === undefined) return
      assert.deepStrictEqual(paths(pruned), [
        "node_modules/@s/peer 3.0.0",
        "node_modules/a 2.0.0",
        "node_modules/a-2.0.0 2.0.0",
        "node_modules/a-2.0.0/node_modules/@s/peer 3.1.0",
        "node_modules/c 1.0.0",
        "node_modules/d 1.0.0",
        "node_modules/old 1.0.0"
      ])
      assert.deepStrictEqual(codes(pruned), ["package-renamed"])
      assert.deepStrictEqual(entries(pruned)["node_modules/a"], {
        dependencies: { "@s/peer": "3.0.0", c: "npm:@s/a@1.0.0" },
        hasInstallScript: true,
        integrity: "sha512-a==",
        optionalDependencies: { d: "1.0.0" },
        peerDependencies: { "@s/peer": "3.0.0" },
        version: "2.0.0"
      })
      assert.deepStrictEqual(entries(pruned)["node_modules/d"], {
        cpu: ["x64"],
        engines: { node: ">=18" },
        integrity: "sha512-d==",
        libc: ["musl"],
        optional: true,
        os: ["linux", "!win32"],
        version: "1.0.0"
      })
      assert.deepStrictEqual(entries(pruned)["node_modules/old"], {
        integrity: "sha512-old==",
        name: "@s/a",
        version: "1.0.0"
      })
    }))

  it.effect("what the project declares, where it lies, and where the lockfile has it", () =>
    Effect.gen(function*() {
      for (const [version, text] of Object.entries(versions)) {
        const graph = yield* PnpmLockfile.read(file, text)
        assert.deepStrictEqual([...graph.importers.keys()], ["", "packages/lib"])
        assert.deepStrictEqual(graph.importers.get("")?.declared.get("b"), { kind: "dev", range: "1" })
        assert.strictEqual(graph.importers.get("")?.declared.get("a")?.range, "^2.0.0")
        const id = graph.resolve("", "b") ?? ""
        assert.strictEqual(graph.nodes.get(id)?.directory, "node_modules/b")
        // What only one package of the project has is found by the others where everything is hoisted.
        assert.strictEqual(graph.nodes.get(graph.resolve("packages/other", "old") ?? "")?.name, "@s/a")
        assert.isUndefined(graph.resolve("packages/other", "@s/peer"))
        const error = yield* Effect.flip(prune(text, "lib"))
        assert.strictEqual(error.reason, "NotInstallable")
        assert.include(error.message, "packages/lib")
        const place = `${graph.locate(graph.resolve("packages/lib", "a") ?? "")}`
        const line = text.split("\n")[Number(place.split(":")[1]) - 1] ?? ""
        assert.match(line, /^ {2}\/?a[@/]2\.0\.0.*3\.1\.0/, `${version} ${place}`)
      }
    }))

  it.effect("a project without workspaces stands at the top", () =>
    Effect.gen(function*() {
      const old = yield* prune(
        "lockfileVersion: 5.3\nspecifiers: {a: ^1.0.0}\ndependencies: {a: 1.0.0}\npackages:\n" +
          "  /a/1.0.0: {resolution: {integrity: sha512-a==}, dev: false}\n",
        "a"
      )
      const now = yield* prune(
        "lockfileVersion: '6.1'\ndependencies:\n  a: {specifier: ^1.0.0, version: 1.0.0}\npackages:\n" +
          "  /a@1.0.0: {resolution: {integrity: sha512-a==}, dev: false}\n",
        "a"
      )
      assert.deepStrictEqual(paths(old), ["node_modules/a 1.0.0"])
      assert.strictEqual(old.lockfile, now.lockfile)
      assert.deepStrictEqual(codes(old), [])
    }))

  it.effect("of two documents the last one is the project's", () =>
    Effect.gen(function*() {
      const own = "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    packageManagerDependencies: {}\n"
      const pruned = yield* prune(`${own}---${versions["9.0"]}`, "old")
      assert.deepStrictEqual(paths(pruned), ["node_modules/old 1.0.0"])
    }))
})

/** A project that depends on `a` at `reference`, which is locked under `key`. */
const having = (reference: string, key: string, entry: string, more = "") => `
lockfileVersion: '9.0'
${more}
importers:
  .:
    dependencies:
      a: { specifier: x, version: '${reference}' }
packages:
  '${key}': ${entry}
snapshots:
  '${key}': {}
`

describe("where packages come from", () => {
  it.effect("git and tarballs are what the package is; a registry's tarball is not", () =>
    Effect.gen(function*() {
      const cases = [
        [
          `https://codeload.github.com/u/r/tar.gz/${commit}`,
          `{resolution: {tarball: https://codeload.github.com/u/r/tar.gz/${commit}}, version: 1.2.3}`,
          `git+ssh://git@github.com/u/r.git#${commit}`
        ],
        [
          `https://codeload.github.com/u/r/tar.gz/${commit}`,
          "{resolution: {gitHosted: true, integrity: sha512-x==}, version: 1.2.3}",
          `git+ssh://git@github.com/u/r.git#${commit}`
        ],
        [
          `git+https://git.example/r.git#${commit}`,
          `{resolution: {type: git, repo: 'https://git.example/r.git', commit: '${commit}'}, version: 1.2.3}`,
          `git+https://git.example/r.git#${commit}`
        ],
        [
          "https://files.example/a.tgz",
          "{resolution: {integrity: sha512-x==, tarball: 'https://files.example/a.tgz'}, version: 1.2.3}",
          "https://files.example/a.tgz"
        ],
        [
          "1.2.3",
          "{resolution: {integrity: sha512-x==, tarball: 'https://registry.example/download/a/1.2.3'}}",
          undefined
        ]
      ] as const
      for (const [reference, entry, address] of cases) {
        const pruned = yield* prune(having(reference, `a@${reference}`, entry), "a")
        assert.deepStrictEqual(JSON.parse(pruned.packageJson).dependencies, { a: address ?? "1.2.3" })
        const { integrity, resolved, version } = entries(pruned)["node_modules/a"]
        assert.deepStrictEqual([resolved, version], [address, "1.2.3"])
        assert.strictEqual(integrity, address?.startsWith("git") === true ? undefined : "sha512-x==")
        assert.deepStrictEqual(codes(pruned), address === undefined ? [] : ["package-by-address"])
      }
    }))

  it.effect("before 9.0, under keys that do not say the name", () =>
    Effect.gen(function*() {
      const text = (version: string, registryKey: string) => `
lockfileVersion: ${version}
dependencies:
  g: ${version === "5.4" ? `github.com/u/r/${commit}` : `{specifier: u/r, version: github.com/u/r/${commit}}`}
  t: ${version === "5.4" ? "'@files.example/t.tgz'" : "{specifier: x, version: '@files.example/t.tgz'}"}
  r: ${version === "5.4" ? registryKey : `{specifier: 1, version: ${registryKey}}`}
packages:
  github.com/u/r/${commit}:
    resolution: {tarball: https://codeload.github.com/u/r/tar.gz/${commit}}
    name: g
    version: 1.0.0
  '@files.example/t.tgz':
    resolution: {integrity: sha512-t==, tarball: 'https://files.example/t.tgz'}
    name: t
    version: 2.0.0
  ${registryKey}:
    resolution: {integrity: sha512-r==, registry: 'https://npm.example/', tarball: 'https://npm.example/r/-/r-3.0.0.tgz'}
    name: r
    version: 3.0.0
`
      for (const [version, key] of [["5.4", "npm.example/r/3.0.0"], ["'6.0'", "npm.example/r@3.0.0"]] as const) {
        const pruned = yield* prune(text(version, key), "g", "t", "r")
        assert.deepStrictEqual(JSON.parse(pruned.packageJson).dependencies, {
          g: `git+ssh://git@github.com/u/r.git#${commit}`,
          r: "3.0.0",
          t: "https://files.example/t.tgz"
        })
      }
    }))

  it.effect("what lies on this machine only, or is changed here, is refused with its place", () =>
    Effect.gen(function*() {
      const patched = "patchedDependencies:\n  a@1.0.0: {hash: abc, path: patches/a.patch}\n"
      const cases = [
        [having("file:../a", "a@file:../a", "{resolution: {directory: ../a, type: directory}}"), "../a"],
        [having("file:a.tgz", "a@file:a.tgz", "{resolution: {integrity: sha512-x==, tarball: file:a.tgz}}"), "a.tgz"],
        [having("link:../a", "b@1.0.0", "{resolution: {integrity: sha512-x==}}"), "../a"],
        [
          having("1.0.0(patch_hash=abc)", "a@1.0.0(patch_hash=abc)", "{}", patched)
            .replace("'a@1.0.0(patch_hash=abc)': {}", "a@1.0.0: {resolution: {integrity: sha512-x==}}"),
          "patches/a.patch"
        ]
      ] as const
      for (const [text, word] of cases) {
        const error = yield* Effect.flip(prune(text, "a"))
        assert.strictEqual(error.reason, "NotInstallable", text)
        assert.include(error.message, word)
        assert.include(error.remedy ?? "", "vendor")
        assert.match(`${error.location}`, /^pnpm-lock\.yaml:\d+:\d+$/)
      }
    }))

  it.effect("a secret in an address is refused", () =>
    Effect.gen(function*() {
      const text = having(
        "x",
        "a@x",
        `{resolution: {type: git, repo: 'https://me:hunter2@github.com/u/r.git', commit: '${commit}'}}`
      )
      const error = yield* Effect.flip(prune(text, "a"))
      assert.strictEqual(error.reason, "SecretInAddress")
      assert.notInclude(error.message, "hunter2")
    }))

  it.effect("what a tarball brings along is not locked, and nothing hides it", () =>
    Effect.gen(function*() {
      const graph = yield* PnpmLockfile.read(
        file,
        having("1.0.0", "a@1.0.0", "{resolution: {integrity: sha512-x==}, bundledDependencies: [y, x]}")
      )
      assert.deepStrictEqual(graph.nodes.get("a@1.0.0")?.bundled, ["x", "y"])
    }))

  it.effect("a runtime is no package", () =>
    Effect.gen(function*() {
      const text = having("1.0.0", "a@1.0.0", "{resolution: {type: variations, variants: []}}")
      const error = yield* Effect.flip(prune(text, "a"))
      assert.strictEqual(error.reason, "PackageMissing")
      assert.include(error.remedy ?? "", "pnpm add a")
    }))
})

describe("bad lockfiles", () => {
  it.effect("are named by file, line and column", () =>
    Effect.gen(function*() {
      const cases = [
        ["lockfileVersion: '9.0'\n<<<<<<< HEAD\nimporters: {}\n=======\n", "InvalidSyntax", "2:1"],
        ["lockfileVersion: '9.0'\npackages: {a: [}\n", "InvalidSyntax", "2:16"],
        ["a: *b\n", "InvalidSyntax", "1:1"],
        ["- 1\n", "InvalidEntry", "1:1"],
        ["", "UnsupportedVersion", "1:1"],
        ["importers: {}\n", "UnsupportedVersion", "1:1"],
        ["\nlockfileVersion: 5.1\n", "UnsupportedVersion", "2:1"],
        ["lockfileVersion: '10.0'\n", "UnsupportedVersion", "1:1"],
        ["lockfileVersion: '9.0'\npackages: {}\nsnapshots:\n  a@1.0.0: {}\n", "InvalidEntry", "4:3"],
        ["lockfileVersion: '9.0'\npackages: {a@1.0.0: {}}\nsnapshots:\n  a@1.0.0: {}\n", "InvalidEntry", "4:3"],
        ["lockfileVersion: '6.0'\npackages:\n  /a@1.0.0: 1\n", "InvalidEntry", "3:3"],
        ["lockfileVersion: '6.0'\npackages:\n  a: {resolution: {}}\n", "InvalidEntry", "3:3"]
      ] as const
      for (const [text, reason, place] of cases) {
        const error = yield* Effect.flip(PnpmLockfile.read(file, text))
        assert.deepStrictEqual([error.reason, `${error.location}`], [reason, `${file}:${place}`], text)
        assert.include(error.remedy ?? "", "pnpm install")
      }
    }))

  it.effect("a requirement that is not locked", () =>
    Effect.gen(function*() {
      const text = having("1.0.0", "a@1.0.0", "{resolution: {integrity: sha512-x==}}")
        .replace("'a@1.0.0': {}", "'a@1.0.0': {dependencies: {b: 1.0.0}}")
      const error = yield* Effect.flip(prune(text, "a"))
      assert.strictEqual(error.reason, "DependencyMissing")
      assert.include(error.remedy ?? "", "pnpm install")
    }))
})
