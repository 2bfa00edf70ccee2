/**
 * npm packages whose files go along, and those that are taken to be there.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as PackageDeployer from "../../../core/cluster/deploy/PackageDeployer.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as clustrix from "../../../platform-node/index.ts"
import * as LocalHost from "../../../platform-node/LocalHost.ts"
import * as sample from "../../platform-node/runner/package.ts"
import * as Vendored from "./vendorProject.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-vendor-")))
const at = (...names: ReadonlyArray<string>): string => path.join(scratch, ...names)
const project = at("project")
const vendor: PackageOptionsInput = { dependencies: "vendor" }

beforeAll(() => {
  process.env["CLUSTRIX_PACKAGE_DIR"] = at("packages")
  process.env["CLUSTRIX_STATE_DIR"] = at("state")
  process.env["XDG_CACHE_HOME"] = at("cache")
  Vendored.make(project, Vendored.packBundler(scratch))
})

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const main = (directory: string, name = "main"): string => `${path.join(directory, "src/main.ts")}#${name}`
const pack = (directory: string, options = vendor, name = "main") =>
  clustrix.packageFunctionForExecution(main(directory, name), { clusterType: "local" }, ["2 days"], {}, options)
const prepare = (directory: string, options = vendor, name = "main") =>
  Effect.runPromise(
    Effect.flatMap(FilePackager, (packager) => packager.prepare(main(directory, name), options)).pipe(
      Effect.provide(clustrix.NodeHost.layer)
    )
  )
/** A copy of the project that a test may spoil. */
let copies = 0
const copy = (): string => {
  const directory = at(`copy-${copies += 1}`)
  fs.cpSync(project, directory, { recursive: true, verbatimSymlinks: true })
  return directory
}
const failure = async (running: Promise<unknown>): Promise<Record<string, unknown> & { readonly message: string }> => {
  try {
    await running
  } catch (error) {
    return error as Record<string, unknown> & { readonly message: string }
  }
  return assert.fail("it succeeded")
}
const unpack = (zip: string, name: string): string => {
  const directory = at(name)
  assert.strictEqual(spawnSync("unzip", ["-q", zip, "-d", directory]).status, 0)
  return directory
}

describe("vendored npm packages", () => {
  it("are the installed files, where the pruned tree has them", async () => {
    const info = await pack(project)
    const { manifest, metadata } = await clustrix.inspectPackage(info.packagePath)
    const paths = manifest.entries.map((entry) => entry.path)
    const vendored = paths.filter((each) => each.startsWith("vendor/node_modules/"))
    assert.notInclude(paths, "package.json")
    assert.notInclude(paths, "package-lock.json")
    for (
      const each of [
        "@sindresorhus/is/dist/index.js",
        "bundler/index.js",
        "bundler/node_modules/deeper/index.js",
        "bundler/node_modules/inner/index.js",
        "debug/package.json",
        "ms/index.js",
        "semver/bin/semver.js"
      ]
    ) assert.include(vendored, `vendor/node_modules/${each}`)
    assert.deepStrictEqual(vendored.filter((each) => /node_modules\/\.|bundler-source/.test(each)), [])
    // Both versions, where each of their dependents finds its own
    const versions = vendored.filter((each) => each.endsWith("/ms/package.json"))
    assert.strictEqual(versions.length, 3)
    const mode = (each: string) => manifest.entries.find((entry) => entry.path === `vendor/node_modules/${each}`)?.mode
    assert.deepStrictEqual([mode("bundler/cli.js"), mode("bundler/index.js")], ["0755", "0644"])
    const installed = await clustrix.inspectPackage(
      (await pack(project, {
        ...vendor,
        dependencies: "assume"
      })).packagePath
    )
    assert.deepStrictEqual(metadata, installed.metadata)
  })

  it("run on the local cluster, and after a plain unzip", async () => {
    const info = await pack(project)
    assert.deepStrictEqual(
      await clustrix.run(main(project), { clusterType: "local" }, ["2 days"], {}, vendor),
      Vendored.expected
    )
    const deployed = fs.readdirSync(at("state/packages")).find((name) => name.startsWith(info.digest)) ?? ""
    assert.strictEqual(fs.readlinkSync(at("state/packages", deployed, "node_modules")), "vendor/node_modules")

    const directory = unpack(info.packagePath, "unzipped")
    const execute = () =>
      spawnSync(
        process.execPath,
        [path.join(directory, "execute.mjs"), "--invocation", info.invocationPath ?? ""],
        { cwd: os.tmpdir(), encoding: "utf8" }
      )
    // The second time the link is there
    for (const ran of [execute(), execute()]) {
      assert.strictEqual(ran.status, 0, ran.stderr)
      assert.deepStrictEqual(JSON.parse(ran.stdout), Vendored.expected)
    }
    fs.rmSync(path.join(directory, "node_modules"))
    fs.symlinkSync("nowhere", path.join(directory, "node_modules"))
    assert.match(execute().stderr, /ln -s vendor\/node_modules/)
  })

  it("give the same ID from every checkout, and after npm ci anew", async () => {
    const { digest, packagePath } = await pack(project)
    const zip = fs.readFileSync(packagePath)
    const other = at("elsewhere/another place/ünterwegs")
    Vendored.checkOut(project, other)
    assert.strictEqual((await pack(other)).digest, digest)
    const backwards = at("backwards")
    Vendored.copyBackwards(project, backwards)
    assert.strictEqual((await pack(backwards)).digest, digest)
    fs.chmodSync(path.join(backwards, "node_modules/ms/index.js"), 0o755)
    fs.utimesSync(path.join(backwards, "node_modules/ms/index.js"), 1, 1)
    Vendored.ci(other)
    for (const directory of [backwards, other]) {
      const again = await pack(directory)
      assert.strictEqual(again.digest, digest)
      assert.isTrue(zip.equals(fs.readFileSync(again.packagePath)))
    }
    fs.appendFileSync(path.join(backwards, "node_modules/ms/index.js"), "\n")
    assert.notStrictEqual((await pack(backwards)).digest, digest)
  })

  it("are found in the store of pnpm's layout, with the same ID", async () => {
    const { digest } = await pack(project)
    const linked = copy()
    const modules = path.join(linked, "node_modules")
    const store = path.join(modules, ".pnpm")
    const moved = (name: string, version: string, needs: ReadonlyArray<readonly [string, string]> = []) => {
      const home = path.join(store, `${name}@${version}`, "node_modules")
      fs.mkdirSync(home, { recursive: true })
      return {
        from: (place: string) => fs.renameSync(path.join(modules, place), path.join(home, name)),
        link: () => {
          for (const [need, its] of needs) {
            fs.symlinkSync(path.join("../..", `${need}@${its}`, "node_modules", need), path.join(home, need))
          }
        }
      }
    }
    const bundler = moved("bundler", "1.2.3", [["ms", "2.0.0"]])
    const debug = moved("debug", "2.6.9", [["ms", "2.0.0"]])
    const old = moved("ms", "2.0.0")
    old.from("debug/node_modules/ms")
    fs.rmSync(path.join(modules, "bundler/node_modules/ms"), { recursive: true })
    fs.rmdirSync(path.join(modules, "debug/node_modules"))
    bundler.from("bundler")
    debug.from("debug")
    for (const each of [bundler, debug]) each.link()
    for (const [name, version] of [["bundler", "1.2.3"], ["debug", "2.6.9"]] as const) {
      fs.symlinkSync(path.join(".pnpm", `${name}@${version}`, "node_modules", name), path.join(modules, name))
    }
    assert.strictEqual((await pack(linked)).digest, digest)
  })

  it("have reasons, and are named by their packages", async () => {
    const prepared = await prepare(project)
    const file = prepared.files.find((each) => each.path === "vendor/node_modules/debug/src/index.js")
    assert.strictEqual(file?.source, "node_modules/debug/src/index.js")
    const entry = prepared.entries.find((each) => each.path === "vendor/node_modules/debug/src/index.js")
    assert.deepStrictEqual(entry?.reason?.slice(-2), [
      `npm:debug: src/main.ts imports "debug"`,
      "vendor/node_modules/debug/src/index.js: it belongs to debug 2.6.9"
    ])
    const lines = await clustrix.explain(main(project), "debug", vendor)
    assert.include(JSON.stringify(lines), "imports")
    assert.deepStrictEqual(prepared.diagnostics, [])
    assert.isUndefined(prepared.nodeModules)
  })

  it("follow links that stay inside, and say which do not", async () => {
    const directory = copy()
    const ms = path.join(directory, "node_modules/ms")
    fs.symlinkSync("index.js", path.join(ms, "alias.js"))
    fs.mkdirSync(path.join(ms, "lib"))
    fs.writeFileSync(path.join(ms, "lib/a.js"), "1\n")
    fs.symlinkSync("lib", path.join(ms, "more"))
    fs.symlinkSync("..", path.join(ms, "lib/round"))
    fs.symlinkSync("../../package.json", path.join(ms, "out.json"))
    fs.symlinkSync("nowhere", path.join(ms, "dangling"))
    fs.mkdirSync(path.join(ms, ".git"))
    fs.writeFileSync(path.join(ms, ".git/HEAD"), "x")
    const prepared = await prepare(directory)
    const paths = prepared.files.map((each) => each.path).filter((each) => each.startsWith("vendor/node_modules/ms/"))
    assert.deepStrictEqual(
      paths.map((each) => each.slice("vendor/node_modules/ms/".length)),
      ["alias.js", "index.js", "lib/a.js", "license.md", "more/a.js", "package.json", "readme.md"]
    )
    assert.deepStrictEqual(
      prepared.diagnostics.map(({ code, what }) => [code, what]),
      ["dangling", "out.json"].map((name) => ["link-left-out", `The link ${name} in ms 2.1.3 does not go along`])
    )
  })

  it("refuse what cannot be a file of a package", async () => {
    const cases: ReadonlyArray<readonly [(ms: string) => void, RegExp]> = [
      [(ms) => assert.strictEqual(spawnSync("mkfifo", [path.join(ms, "pipe")]).status, 0),
        /pipe is not a regular file/],
      [(ms) => fs.writeFileSync(path.join(ms, "INDEX.js"), ""), /upper and lower case/],
      [(ms) => {
        fs.writeFileSync(path.join(ms, "\u00e9.js"), "")
        fs.writeFileSync(path.join(ms, "e\u0301.js"), "")
      }, /normalisation only/],
      [(ms) => fs.writeFileSync(path.join(ms, "a\\b.js"), ""), /backslash/]
    ]
    for (const [spoil, expected] of cases) {
      const directory = copy()
      spoil(path.join(directory, "node_modules/ms"))
      assert.match((await failure(pack(directory))).message, expected)
    }
    const large = await failure(pack(project, { ...vendor, maxFileSizeBytes: 1000 }))
    assert.strictEqual(large["_tag"], "VendorError")
    assert.strictEqual(large["reason"], "TooLarge")
  })

  it("must be installed, at the versions of the lockfile", async () => {
    const missing = copy()
    fs.rmSync(path.join(missing, "node_modules/debug/node_modules/ms"), { recursive: true })
    const other = await failure(pack(missing))
    assert.deepStrictEqual([other["_tag"], other["reason"]], ["VendorError", "OtherVersion"])
    assert.match(
      other.message,
      /src\/main\.ts:3:\d+: ms is installed at version 2\.1\.3, and locked at 2\.0\.0[^]*npm ci/
    )
    fs.rmSync(path.join(missing, "node_modules/ms"), { recursive: true })
    fs.writeFileSync(path.join(missing, "src/main.ts"), "import d from \"debug\"\nexport const main = () => d(\"x\")\n")
    const none = await failure(pack(missing))
    assert.deepStrictEqual([none["_tag"], none["reason"]], ["VendorError", "NotInstalled"])
    assert.match(none.message, /ms 2\.0\.0 is not installed[^]*npm ci/)
    fs.writeFileSync(path.join(missing, ".pnp.cjs"), "")
    assert.strictEqual((await failure(pack(missing)))["reason"], "PlugAndPlay")
  })

  it("are those of this platform only, which is said", async () => {
    const directory = copy()
    const lock = JSON.parse(fs.readFileSync(path.join(directory, "package-lock.json"), "utf8"))
    const absent = { version: "9.9.9", optional: true, os: ["aix"], integrity: "sha512-x" }
    lock.packages["node_modules/elsewhere"] = absent
    lock.packages["node_modules/ms"].optionalDependencies = { elsewhere: "9.9.9", native: "1.0.0" }
    lock.packages["node_modules/native"] = { ...absent, version: "1.0.0" }
    fs.writeFileSync(path.join(directory, "package-lock.json"), JSON.stringify(lock))
    Vendored.write(path.join(directory, "node_modules/native"), {
      "package.json": JSON.stringify({ name: "native", version: "1.0.0", os: ["aix"] }),
      "build/Release/native.node": "\u007fELF"
    })
    const { dependencies, diagnostics, files } = await prepare(directory)
    assert.deepStrictEqual(diagnostics.map(({ code, severity }) => [code, severity]), [
      ["optional-package-left-out", "info"],
      ["native-addon", "warning"]
    ])
    assert.include(diagnostics.map(({ what }) => what).join("\n"), "elsewhere 9.9.9")
    assert.notInclude(dependencies.map(({ name }) => name), "elsewhere")
    assert.include(files.map((each) => each.path), "vendor/node_modules/native/build/Release/native.node")
  })

  it("may come from where others cannot install them, but for directories of the project", async () => {
    const directory = copy()
    const lock = JSON.parse(fs.readFileSync(path.join(directory, "package-lock.json"), "utf8"))
    lock.packages["node_modules/semver"].resolved = "git+ssh://git@example.com/semver.git#0123456789"
    delete lock.packages["node_modules/semver"].integrity
    lock.packages["node_modules/ms"].resolved = "https://user:secret@example.com/ms.tgz"
    lock.packages[""].dependencies.ms = "https://user:secret@example.com/ms.tgz"
    fs.writeFileSync(path.join(directory, "package-lock.json"), JSON.stringify(lock))
    assert.match((await failure(pack(directory, {}))).message, /holds a secret|this machine only/)
    assert.deepStrictEqual((await prepare(directory)).diagnostics, [])
    lock.packages["node_modules/ms"].dependencies = { ours: "1.0.0" }
    lock.packages["node_modules/ours"] = { resolved: "ours", link: true }
    fs.writeFileSync(path.join(directory, "package-lock.json"), JSON.stringify(lock))
    const error = await failure(pack(directory))
    assert.deepStrictEqual([error["_tag"], error["reason"]], ["LockfileError", "NotInstallable"])
    assert.match(error.message, /→ Publish the package/)
  })

  it("leave a function alone that needs none", async () => {
    const info = await pack(project, vendor, "plain")
    const { manifest } = await clustrix.inspectPackage(info.packagePath)
    assert.deepStrictEqual(manifest.entries.map((entry) => entry.path), [
      "execute.mjs",
      "metadata.json",
      "modules/src/main.ts.mjs"
    ])
  })

  it("work for methods, default exports and CommonJS", async () => {
    const directory = copy()
    Vendored.write(directory, {
      "src/default.ts": "import ms from \"ms\"\nexport default (text: string) => ms(text)\n",
      "src/method.ts":
        "import ms from \"ms\"\nexport class Scale { static by = 2; static of(text: string) { return ms(text) * this.by } }\n",
      "src/common.cjs": "const ms = require(\"ms\")\nmodule.exports = { scale: (text) => ms(text) }\n"
    })
    const cases = [["src/default.ts#default", 1000], ["src/method.ts#Scale.of", 2000], ["src/common.cjs#scale", 1000]]
    for (const [name, value] of cases) {
      const reference = path.join(directory, String(name))
      assert.strictEqual(await clustrix.run(reference, { clusterType: "local" }, ["1 s"], {}, vendor), value)
    }
  })
})

describe("npm packages that are taken to be there", () => {
  const assume: PackageOptionsInput = { dependencies: "assume" }

  it("are those of the project, which each has its own of", async () => {
    const other = copy()
    const index = path.join(other, "node_modules/ms/index.js")
    fs.writeFileSync(index, `${fs.readFileSync(index, "utf8")}\nmodule.exports = () => 5\n`)
    const run = (directory: string) => clustrix.run(main(directory), { clusterType: "local" }, ["2 days"], {}, assume)
    assert.strictEqual((await pack(project, assume)).digest, (await pack(other, assume)).digest)
    assert.deepStrictEqual(await run(project), Vendored.expected)
    assert.deepStrictEqual(await run(other), [5, ...Vendored.expected.slice(1)])
    assert.deepStrictEqual(await run(project), Vendored.expected)
  })

  it("must be there, each in its version", async () => {
    const info = await pack(project, assume)
    const deploy = (nodeModules: string | undefined) =>
      Effect.runPromise(
        Effect.scoped(Effect.gen(function*() {
          const deployer = yield* PackageDeployer.PackageDeployer
          const access = yield* RandomAccess.fromFile(info.packagePath)
          const request = { package: access, digest: info.digest, stateDirectory: at("assumed"), nodeModules }
          return yield* Effect.flip(deployer.deploy(request))
        })).pipe(
          Effect.provide(Layer.provideMerge(PackageDeployer.layerFileSystem(LocalHost.current()), sample.platform))
        )
      )
    const directory = copy()
    const modules = path.join(directory, "node_modules")
    fs.rmSync(path.join(modules, "@sindresorhus/is"), { recursive: true })
    fs.writeFileSync(path.join(modules, "ms/package.json"), "{ \"version\": \"9.0.0\" }")
    fs.writeFileSync(path.join(modules, "semver/package.json"), "no JSON")
    const wrong = await deploy(modules)
    assert.strictEqual(wrong._tag, "DependenciesError")
    assert.include(wrong.message, "@sindresorhus/is is missing, ms is 9.0.0, not 2.1.3, semver has a package.json")
    for (const none of [undefined, at("nowhere")]) assert.include((await deploy(none)).message, "npm ci")
  })
})
