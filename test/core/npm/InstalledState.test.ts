/**
 * Installed packages against what other machines install.
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as InstalledState from "../../../core/npm/InstalledState.ts"
import type { PackageManager } from "../../../core/npm/LockfileLocation.ts"
import { packageOf } from "../../../core/npm/Patches.ts"
import type { PrunedPackage } from "../../../core/npm/Pruning.ts"
import * as NodeFileTimes from "../../../platform-node/NodeFileTimes.ts"

/** Seconds after the packages were installed. */
type Later = number

interface File {
  readonly text?: string
  /** 0: with the installation. */
  readonly later?: Later
  /** The target of a symbolic link, instead of a text. */
  readonly link?: string
}

const installed = new Date("2024-01-01T00:00:00Z").getTime() / 1000
/** When the package manager had installed everything. */
const marked: Later = 60

const json = (value: object, later: Later = 0): File => ({ text: JSON.stringify(value), later })
const code = (later: Later = 0): File => ({ text: "module.exports = 1", later })

const project = (files: Readonly<Record<string, File>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-installed-"))), "project")
      for (const [file, { later = 0, link, text = "" }] of Object.entries(files)) {
        const at = path.join(root, file)
        mkdirSync(path.dirname(at), { recursive: true })
        if (link !== undefined) symlinkSync(link, at)
        else {
          writeFileSync(at, text)
          utimesSync(at, installed + later, installed + later)
        }
      }
      return root
    }),
    (root) => Effect.sync(() => rmSync(path.dirname(root), { recursive: true, force: true }))
  )

const locked = (name: string, version = "1.0.0", options: Partial<PrunedPackage> = {}): PrunedPackage => ({
  path: `node_modules/${name}`,
  name,
  version,
  integrity: "sha512-AA==",
  optional: false,
  requiredBy: "",
  directory: `node_modules/${name}`,
  ...options
})

const inspect = (
  root: string,
  packages: ReadonlyArray<PrunedPackage>,
  manager: PackageManager | undefined = "npm",
  times: Layer.Layer<never> = NodeFileTimes.layer as unknown as Layer.Layer<never>
) =>
  InstalledState.inspect({ base: root, packages, manager, projectDirectory: root }).pipe(
    Effect.provide(Layer.mergeAll(NodeContext.layer, times)),
    Effect.map(({ diagnostics }) => diagnostics)
  )

const one = {
  "package.json": json({ name: "project" }),
  "node_modules/.package-lock.json": json({}, marked),
  "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
  "node_modules/ms/index.js": code()
}

interface Case {
  readonly title: string
  readonly files: Readonly<Record<string, File>>
  readonly packages?: ReadonlyArray<PrunedPackage>
  readonly manager?: PackageManager | undefined
  readonly said: ReadonlyArray<string>
}

const patched = (file: string) => [`ms 1.0.0 is patched here by ${file}`]
const changed = (files: string) => [`node_modules/ms was changed after the installation: ${files}`]

const cases: ReadonlyArray<Case> = [
  { title: "as it was installed", files: one, said: [] },
  {
    title: "another version",
    files: { ...one, "node_modules/ms/package.json": json({ name: "ms", version: "1.0.1" }) },
    said: ["node_modules/ms is installed at version 1.0.1, and locked at 1.0.0"]
  },
  {
    title: "a patch of patch-package",
    files: { ...one, "patches/ms+1.0.0.patch": code() },
    said: patched("patches/ms+1.0.0.patch")
  },
  {
    title: "a patch of patch-package in a directory that a script names",
    files: {
      ...one,
      "package.json": json({ scripts: { postinstall: "patch-package --patch-dir tools/fixes && echo" } }),
      "tools/fixes/ms+1.0.0.patch": code()
    },
    said: patched("tools/fixes/ms+1.0.0.patch")
  },
  {
    title: "a patch of patch-package in a directory that a script names with =",
    files: {
      ...one,
      "package.json": json({ scripts: { prepare: "patch-package --patch-dir=fixes" } }),
      "fixes/ms+1.0.0+001+first.patch": code()
    },
    said: patched("fixes/ms+1.0.0+001+first.patch")
  },
  {
    title: "a patch of Bun",
    manager: undefined,
    files: { ...one, "package.json": json({ patchedDependencies: { "ms@1.0.0": "own/ms.patch" } }) },
    said: patched("own/ms.patch")
  },
  { title: "a patch of another package", files: { ...one, "patches/other+1.0.0.patch": code() }, said: [] },
  { title: "patches of something else", files: { ...one, "patches/0001-fix-ms.patch": code() }, said: [] },
  {
    title: "a link into another directory",
    files: {
      "package.json": json({}),
      "../fork/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules/ms": { link: "../../fork" }
    },
    said: ["node_modules/ms is a link to "]
  },
  {
    title: "a link of a scoped package",
    packages: [locked("@a/ms")],
    files: {
      "package.json": json({}),
      "packages/ms/package.json": json({ name: "@a/ms", version: "1.0.0" }),
      "node_modules/@a/ms": { link: "../../packages/ms" }
    },
    said: ["node_modules/@a/ms is a link to "]
  },
  {
    title: "all of node_modules is a link",
    files: {
      "package.json": json({}),
      "../elsewhere/node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules": { link: "../elsewhere/node_modules" }
    },
    said: []
  },
  {
    title: "a checkout of a repository",
    files: { ...one, "node_modules/ms/.git/HEAD": code() },
    said: ["node_modules/ms is a checkout of a git repository"]
  },
  {
    title: "a file that was edited",
    files: { ...one, "node_modules/ms/index.js": code(marked + 1) },
    said: changed("index.js")
  },
  {
    title: "a file that was added",
    files: { ...one, "node_modules/ms/lib/deep/extra.js": code(marked + 1) },
    said: changed("lib/deep/extra.js")
  },
  {
    title: "a file that was edited before something else was installed",
    files: { ...one, "node_modules/.package-lock.json": json({}, 9000), "node_modules/ms/index.js": code(1000) },
    said: changed("index.js")
  },
  {
    title: "what an install script made",
    files: {
      ...one,
      "node_modules/.package-lock.json": json({}, 9000),
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0", scripts: { install: "node-gyp rebuild" } }),
      "node_modules/ms/build/ms.node": code(1000)
    },
    said: []
  },
  {
    title: "the package's own node_modules, types and source maps",
    files: {
      ...one,
      "node_modules/ms/node_modules/x/index.js": code(marked + 1),
      "node_modules/ms/index.d.ts": code(marked + 1),
      "node_modules/ms/index.js.map": code(marked + 1)
    },
    said: []
  },
  {
    title: "another one in its place",
    files: {
      ...one,
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }, marked + 5),
      "node_modules/ms/index.js": code(marked + 5)
    },
    said: ["node_modules/ms was replaced after the installation"]
  },
  {
    title: "node_modules was copied, with new times",
    files: {
      ...one,
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }, marked + 5),
      "node_modules/ms/index.js": code(marked + 5),
      "node_modules/b/package.json": json({ name: "b", version: "1.0.0" }, marked + 6)
    },
    packages: [locked("ms"), locked("b")],
    said: []
  },
  {
    title: "yarn 1",
    files: {
      "package.json": json({}),
      "node_modules/.yarn-integrity": json({}, marked),
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules/ms/index.js": code(marked + 1)
    },
    manager: "yarn",
    said: changed("index.js")
  },
  {
    title: "yarn 4",
    files: {
      "package.json": json({}),
      "node_modules/.yarn-state.yml": json({}, 9000),
      // Shared with another package, which brought the file later
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules/ms/index.js": code(1000)
    },
    manager: "yarn",
    said: []
  },
  {
    title: "pnpm: a package behind another one, found as Node finds it",
    files: {
      "package.json": json({}),
      "node_modules/.modules.yaml": json({}, marked),
      "node_modules/a": { link: ".pnpm/a@1.0.0/node_modules/a" },
      "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json": json({ name: "a", version: "1.0.0" }),
      "node_modules/.pnpm/a@1.0.0/node_modules/ms": { link: "../../ms@1.0.0/node_modules/ms" },
      "node_modules/.pnpm/ms@1.0.0/node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules/.pnpm/ms@1.0.0/node_modules/ms/index.js": code(marked + 1)
    },
    packages: [locked("a"), locked("ms", "1.0.0", { directory: undefined, requiredBy: "node_modules/a" })],
    manager: "pnpm",
    said: ["node_modules/.pnpm/a@1.0.0/node_modules/ms was changed after the installation: index.js"]
  },
  {
    title: "nothing says when it was installed",
    files: {
      "package.json": json({}),
      "node_modules/ms/package.json": json({ name: "ms", version: "1.0.0" }),
      "node_modules/ms/index.js": code(marked + 1)
    },
    said: []
  },
  {
    title: "a package that is not installed",
    files: { "package.json": json({}) },
    said: ["node_modules/ms is not installed"]
  },
  {
    title: "an optional one that is not installed",
    files: { "package.json": json({}) },
    packages: [locked("ms", "1.0.0", { optional: true })],
    said: []
  },
  {
    title: "many that are not installed, in one line",
    files: { "package.json": json({}) },
    packages: ["a", "b", "c", "d", "e"].map((name) => locked(name)),
    said: ["5 npm packages are not installed: node_modules/a, node_modules/b, node_modules/c and 2 more"]
  },
  {
    title: "many that differ, in one line",
    files: Object.fromEntries(["a", "b", "c", "d"].map((name) => [
      `node_modules/${name}/package.json`,
      json({ name, version: "2.0.0" })
    ])),
    packages: ["a", "b", "c", "d"].map((name) => locked(name)),
    said: ["4 npm packages are not installed as other machines install them"]
  }
]

describe("an installed package", () => {
  for (const { files, packages = [locked("ms")], said, title, ...rest } of cases) {
    it.scoped(title, () =>
      Effect.gen(function*() {
        const root = yield* project(files)
        const found = yield* inspect(root, packages, "manager" in rest ? rest.manager : "npm")
        assert.lengthOf(found, said.length, found.map(({ what }) => what).join("\n"))
        found.forEach(({ severity, what }, index) => {
          assert.strictEqual(severity, "warning")
          assert.include(what, said[index] ?? "nothing")
        })
      }))
  }

  it.scoped("the warning names what takes the files along", () =>
    Effect.gen(function*() {
      const root = yield* project({ ...one, "patches/ms+1.0.0.patch": code() })
      const [found] = yield* inspect(root, [locked("ms")])
      assert.strictEqual(
        found?.remedy,
        "Package with dependencies \"vendor\", which takes the installed files, or install what the lockfile says (`npm ci`)."
      )
    }))

  it.scoped("on a file system without times, no times are compared", () =>
    Effect.gen(function*() {
      const root = yield* project({ ...one, "node_modules/ms/index.js": code(marked + 1) })
      assert.deepStrictEqual(yield* inspect(root, [locked("ms")], "npm", Layer.empty), [])
    }))
})

describe("the package of a patch", () => {
  const names: Readonly<Record<string, string | undefined>> = {
    "ms+2.1.3.patch": "ms",
    "@scope+name+1.0.0.patch": "@scope/name",
    "outer++inner+1.0.0.patch": "inner",
    "outer++@scope+inner+1.0.0.patch": "@scope/inner",
    "ms+2.1.3+001+first.patch": "ms",
    "ms+2.1.3.dev.patch": "ms",
    "ms@2.1.3.patch": "ms",
    "@scope__name@1.0.0.patch": "@scope/name",
    "ms.patch": "ms",
    "README.md": undefined
  }
  for (const [file, name] of Object.entries(names)) {
    it(file, () => {
      assert.strictEqual(packageOf(file), name)
    })
  }
})
