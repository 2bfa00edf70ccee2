/**
 * One project, locked by the real npm, pnpm and yarn: the package is the same wherever their lockfiles say the same.
 *
 * They cannot where one of them does not know what another does:
 * - pnpm names no commands (`bin`), and from 9.0 on no install scripts; before, it says of packages for other platforms
 *   than the locking one's that they have some;
 * - yarn 1 knows no peer dependencies, platforms, engines, commands and install scripts;
 * - yarn 2 to 4 have no hashes that npm can check, no engines, and install scripts only where these mention node-gyp;
 * - npm does not know the optional peer dependencies that are declared in peerDependenciesMeta only (those of debug).
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import type { LockfileError } from "../../../core/npm/LockfileError.ts"
import type { LockGraph } from "../../../core/npm/LockGraph.ts"
import * as NpmLockfile from "../../../core/npm/NpmLockfile.ts"
import * as PnpmLockfile from "../../../core/npm/PnpmLockfile.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"
import type { Root } from "../../../core/npm/Reach.ts"
import * as YarnLockfile from "../../../core/npm/YarnLockfile.ts"

const text = (file: string): string => readFileSync(new URL(`fixtures/three-managers/${file}`, import.meta.url), "utf8")

const manifests = new Map(
  ["", "packages/app", "packages/lib"].map((directory) => [directory, text(`${directory}/package.json`)])
)

const read = (file: string): Effect.Effect<LockGraph, LockfileError> =>
  file.startsWith("npm")
    ? NpmLockfile.read(file, text(file))
    : file.startsWith("pnpm")
    ? PnpmLockfile.read(file, text(file))
    : YarnLockfile.read(file, text(file), manifests)

const prune = (file: string, roots: ReadonlyArray<Root>) =>
  Effect.flatMap(read(file), (graph) => Pruning.prune(graph, roots))

/** What a package gets. */
const texts = ({ lockfile, packageJson }: Pruning.Pruned): string => packageJson + lockfile

const imports = (directory: string, ...names: ReadonlyArray<string>): ReadonlyArray<Root> =>
  names.map((name) => ({ name, directory }))

const plain = [
  ...imports("src", "chalk", "debug", "ms", "old-ms", "slice-ansi", "strip-ansi"),
  ...imports("packages/lib/src", "supports-color")
]

const withPeers = [...plain, ...imports("src", "react", "use-sync-external-store", "ws")]

describe("the package is the same", () => {
  it.effect("by npm and by pnpm: peer dependencies, platforms, engines, hashes", () =>
    Effect.gen(function*() {
      const native = [...withPeers, ...imports("", "@esbuild/linux-x64")]
      const npm = yield* prune("npm-3.json", native)
      const { packages } = JSON.parse(npm.lockfile)
      assert.strictEqual(packages["node_modules/use-sync-external-store"].peerDependencies.react, "19.1.0")
      assert.deepStrictEqual(packages["node_modules/@esbuild/linux-x64"].os, ["linux"])
      assert.include(npm.lockfile, "sha512-")
      assert.strictEqual(texts(yield* prune("pnpm-9.0.yaml", native)), texts(npm))
      const portable = texts(yield* prune("npm-3.json", withPeers))
      for (const file of ["pnpm-9.0.yaml", "pnpm-6.0.yaml", "pnpm-5.4.yaml"]) {
        assert.strictEqual(texts(yield* prune(file, withPeers)), portable, file)
      }
    }))

  it.effect("by npm and by yarn 1: what has no peer dependencies", () =>
    Effect.gen(function*() {
      assert.strictEqual(texts(yield* prune("yarn-1.lock", plain)), texts(yield* prune("npm-3.json", plain)))
    }))

  it.effect("by npm and by yarn 2 to 4: all but the hashes", () =>
    Effect.gen(function*() {
      const npm = yield* NpmLockfile.read(
        "package-lock.json",
        JSON.stringify(JSON.parse(text("npm-3.json")), (key, value) => key === "integrity" ? undefined : value)
      )
      const expected = yield* Pruning.prune(npm, withPeers)
      for (const file of ["yarn-3.lock", "yarn-4.lock"]) {
        assert.strictEqual(texts(yield* prune(file, withPeers)), texts(expected), file)
      }
    }))

  it.effect("by all of them, but for the hashes, whatever is imported where", () =>
    Effect.gen(function*() {
      const files = ["npm-3.json", "pnpm-5.4.yaml", "pnpm-6.0.yaml", "pnpm-9.0.yaml", "yarn-1.lock", "yarn-3.lock",
        "yarn-4.lock"]
      const all = yield* Effect.forEach(files, (file) =>
        Effect.gen(function*() {
          const roots = [...imports("", "ms", "react"), ...imports("packages/app", "ms", "react")]
          const pruned = yield* prune(file, roots)
          return pruned.packages.map(({ name, path, version }) => [path, name, version])
        }))
      assert.deepStrictEqual(all[0], [
        ["node_modules/ms", "ms", "2.1.3"],
        ["node_modules/ms-2.0.0", "ms", "2.0.0"],
        ["node_modules/react", "react", "19.1.0"],
        ["node_modules/react-19.0.0", "react", "19.0.0"]
      ])
      for (const [index, packages] of all.entries()) assert.deepStrictEqual(packages, all[0], files[index])
    }))
})

describe("a peer dependency", () => {
  it.effect("is what the manager has for it", () =>
    Effect.gen(function*() {
      // packages/app has react 19.0.0. npm puts its react-dom into the root's node_modules, beside the root's react.
      const expected = [
        ["npm-3.json", "19.1.0"],
        ["pnpm-5.4.yaml", "19.0.0"],
        ["pnpm-6.0.yaml", "19.0.0"],
        ["pnpm-9.0.yaml", "19.0.0"],
        ["yarn-3.lock", "19.0.0"],
        ["yarn-4.lock", "19.0.0"]
      ] as const
      for (const [file, version] of expected) {
        const { lockfile } = yield* prune(file, imports("packages/app", "react-dom"))
        const { packages } = JSON.parse(lockfile)
        assert.deepStrictEqual(packages["node_modules/react-dom"].peerDependencies, { react: version }, file)
        assert.strictEqual(packages["node_modules/react"].version, version, file)
      }
    }))
})

describe("what a lockfile lacks is told", () => {
  it.effect("once for each of them", () =>
    Effect.gen(function*() {
      const codes = (file: string) =>
        Effect.map(prune(file, plain), ({ diagnostics }) =>
          diagnostics.map(({ code, severity }) => `${severity} ${code}`))
      assert.deepStrictEqual(yield* codes("npm-3.json"), [])
      assert.deepStrictEqual(yield* codes("pnpm-9.0.yaml"), ["info lockfile-without-scripts"])
      assert.deepStrictEqual(yield* codes("yarn-1.lock"), ["warning lockfile-incomplete"])
      assert.deepStrictEqual(yield* codes("yarn-4.lock"), [
        "info lockfile-without-scripts",
        "info lockfile-without-integrity"
      ])
    }))

  it.effect("the missing hashes by the lockfile's name, and with a way out", () =>
    Effect.gen(function*() {
      const { diagnostics } = yield* prune("yarn-4.lock", plain)
      const found = diagnostics.find(({ code }) => code === "lockfile-without-integrity")
      assert.include(found?.what ?? "", "yarn-4.lock")
      assert.include(found?.remedy ?? "", "dependencies \"vendor\"")
    }))
})
