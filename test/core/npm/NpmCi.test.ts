/**
 * The real `npm ci` on what is pruned, against the real `npm ci` on the project.
 */
import * as CommandExecutor from "@effect/platform/CommandExecutor"
import * as Command from "@effect/platform/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { fileURLToPath } from "node:url"
import * as NpmLockfile from "../../../core/npm/NpmLockfile.ts"
import * as Pruning from "../../../core/npm/Pruning.ts"

const fixture = fileURLToPath(new URL("fixtures/many-small-packages/", import.meta.url))

const Names = Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String }))
const Manifest = Schema.parseJson(Schema.Struct({
  name: Schema.optional(Schema.String),
  version: Schema.optional(Schema.String),
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names
}))

const lockfile = (name: string) =>
  Effect.gen(function*() {
    const text = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${fixture}${name}.json`))
    return yield* NpmLockfile.read("package-lock.json", text)
  })

const imports = (...names: ReadonlyArray<string>) => names.map((name) => ({ name, directory: "" }))

const ci = (directory: string) =>
  Effect.gen(function*() {
    const executor = yield* CommandExecutor.CommandExecutor
    const command = Command.make(
      "npm",
      "ci",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      "--loglevel=error"
    ).pipe(
      Command.workingDirectory(directory),
      Command.stderr("inherit")
    )
    assert.strictEqual(yield* executor.exitCode(command), 0, `npm ci in ${directory}`)
  })

const write = (packageJson: string, lock: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(`${directory}/package.json`, packageJson)
    yield* fs.writeFileString(`${directory}/package-lock.json`, lock)
    return directory
  })

/** What Node finds for `name` from `directory`. */
const find = (root: string, directory: string, name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (let at = directory;; at = path.dirname(at)) {
      const candidate = `${at}/node_modules/${name}`
      if (yield* fs.exists(`${candidate}/package.json`)) return candidate
      if (at === root) return undefined
    }
  })

const manifest = (directory: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.flatMap(fs.readFileString(`${directory}/package.json`), Schema.decode(Manifest))
  )

/** Follows every name from `names` through both trees, and says what differs. */
const compare = (project: string, copy: string, names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const differences: Array<string> = []
    const seen = new Set<string>()
    const pending = names.map((name) => ({ from: [project, copy] as const, name }))
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const here = yield* find(project, at.from[0], at.name)
      const there = yield* find(copy, at.from[1], at.name)
      const [expected, actual] = [
        here === undefined ? undefined : yield* manifest(here),
        there === undefined ? undefined : yield* manifest(there)
      ]
      if (expected?.name !== actual?.name || expected?.version !== actual?.version) {
        differences.push(`${at.name} from ${at.from[1]}: ${expected?.version} became ${actual?.version}`)
      }
      const key = `${here} ${there}`
      if (here === undefined || there === undefined || expected === undefined || seen.has(key)) continue
      seen.add(key)
      const needed = { ...expected.dependencies, ...expected.optionalDependencies, ...expected.peerDependencies }
      // An optional peer dependency that the project has for development only.
      for (const name of Object.keys(needed)) if (name !== "bufferutil") pending.push({ from: [here, there], name })
    }
    return { differences, count: seen.size }
  })

describe("npm ci", () => {
  it.scoped("installs from the pruned lockfile what the project has", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const names = [
        "chalk",
        "dayjs",
        "debug",
        "esbuild",
        "lodash",
        "ms",
        "old-ms",
        "semver",
        "slice-ansi",
        "strip-ansi",
        "use-sync-external-store",
        "ws"
      ]
      const pruned = yield* Pruning.prune(yield* lockfile("version-3"), imports(...names))
      const project = yield* write(
        yield* fs.readFileString(`${fixture}package.json`),
        yield* fs.readFileString(`${fixture}version-3.json`)
      )
      const copy = yield* write(pruned.packageJson, pruned.lockfile)
      yield* ci(project)
      yield* ci(copy)
      const { count, differences } = yield* compare(project, copy, names)
      assert.deepStrictEqual(differences, [])
      assert.isAtLeast(count, 18)
      assert.strictEqual((yield* manifest(`${copy}/node_modules/ms`)).version, "2.1.3")
      assert.strictEqual((yield* manifest(`${copy}/node_modules/debug/node_modules/ms`)).version, "2.0.0")
      assert.deepInclude(yield* manifest(`${copy}/node_modules/old-ms`), { name: "ms", version: "2.0.0" })
      assert.isTrue(yield* fs.exists(`${copy}/node_modules/react/package.json`), "the peer dependency")
      assert.isFalse(yield* fs.exists(`${copy}/node_modules/eslint-visitor-keys`), "nothing unreached")
      assert.isFalse(yield* fs.exists(`${copy}/node_modules/bufferutil`), "no optional peer of development")
      const variants = yield* fs.readDirectory(`${copy}/node_modules/@esbuild`)
      assert.deepStrictEqual(variants.length, 1, "one platform's variant")
      assert.strictEqual(yield* fs.readFileString(`${copy}/package-lock.json`), pruned.lockfile, "npm leaves it alone")
    }).pipe(Effect.provide(NodeContext.layer)), 120_000)

  it.scoped("finds two versions of what is imported under one name", () =>
    Effect.gen(function*() {
      const text = JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { workspaces: ["one", "two"], dependencies: { ms: "^2.1.0" } },
          one: { name: "one", version: "1.0.0", dependencies: { ms: "2.0.0" } },
          two: { name: "two", version: "1.0.0", dependencies: { ms: "^2.1.0" } },
          "node_modules/one": { resolved: "one", link: true },
          "node_modules/two": { resolved: "two", link: true },
          "node_modules/ms": { version: "2.1.3" },
          "one/node_modules/ms": { version: "2.0.0" }
        }
      })
      const graph = yield* NpmLockfile.read("package-lock.json", text)
      const pruned = yield* Pruning.prune(graph, [
        { name: "ms", directory: "one/src" },
        { name: "ms", directory: "two/src/deep" }
      ])
      assert.deepStrictEqual(
        pruned.roots.map(({ installedAs, root, version }) => [root.directory, installedAs, version]),
        [["two/src/deep", "ms", "2.1.3"], ["one/src", "ms-2.0.0", "2.0.0"]]
      )
      const copy = yield* write(pruned.packageJson, pruned.lockfile)
      yield* ci(copy)
      assert.strictEqual((yield* manifest(`${copy}/node_modules/ms`)).version, "2.1.3")
      assert.strictEqual((yield* manifest(`${copy}/node_modules/ms-2.0.0`)).version, "2.0.0")
    }).pipe(Effect.provide(NodeContext.layer)), 120_000)
})

describe("what real npm writes", () => {
  const names = ["chalk", "debug", "old-ms", "esbuild", "use-sync-external-store", "semver"]

  it.effect("versions 2 and 3, hoisted and nested, give one text", () =>
    Effect.gen(function*() {
      const texts = yield* Effect.forEach(["version-2", "version-3", "version-3-nested"], (name) =>
        Effect.flatMap(lockfile(name), (graph) =>
          Effect.map(Pruning.prune(graph, imports(...names)), (pruned) =>
            pruned.packageJson + pruned.lockfile)))
      assert.strictEqual(texts[1], texts[0])
      assert.strictEqual(texts[2], texts[0])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.effect("version 1 gives the same where it says all, and a warning", () =>
    Effect.gen(function*() {
      const roots = imports("chalk", "debug", "old-ms", "slice-ansi", "lodash")
      const old = yield* Pruning.prune(yield* lockfile("version-1"), roots)
      const now = yield* Pruning.prune(yield* lockfile("version-3"), roots)
      assert.strictEqual(old.lockfile, now.lockfile)
      assert.strictEqual(old.packageJson, now.packageJson)
      assert.deepStrictEqual(old.diagnostics.map(({ code }) => code), ["lockfile-version-1"])
      assert.deepStrictEqual(now.diagnostics, [])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.effect("all platform variants stay", () =>
    Effect.gen(function*() {
      const pruned = yield* Pruning.prune(yield* lockfile("version-3"), imports("esbuild"))
      assert.strictEqual(pruned.packages.filter(({ name }) => name.startsWith("@esbuild/")).length, 25)
      assert.isTrue(pruned.packages.every(({ name, optional }) => optional === name.startsWith("@esbuild/")))
    }).pipe(Effect.provide(NodeContext.layer)))
})
