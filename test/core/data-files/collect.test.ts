/**
 * Data files on a real disk: what goes along, what stays out, and what is said about it.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import * as path from "node:path"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { collect, main, nothing, prepare, project, reasonOf } from "./Collecting.ts"

layer(SourceParser.layer)("data files", (it) => {
  it.scoped("named by `include`: files, directories, patterns, and what they leave out", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": nothing,
        ".gitignore": "*.log\nbuild/\n",
        "notes.txt": "",
        "kept.log": "",
        "data/a.csv": "",
        "data/b.csv": "",
        "data/c.log": "",
        "build/out.js": "",
        "odd [1].txt": ""
      })
      const included = (...include: ReadonlyArray<string>) =>
        Effect.map(collect(root, { include }), ({ files }) => files)
      assert.deepStrictEqual(yield* included("notes.txt"), ["data/notes.txt"])
      assert.deepStrictEqual(yield* included("./notes.txt"), ["data/notes.txt"])
      assert.deepStrictEqual(yield* included("kept.log"), ["data/kept.log"])
      assert.deepStrictEqual(yield* included("*.log"), [])
      assert.deepStrictEqual(yield* included("data/*"), ["data/data/a.csv", "data/data/b.csv"])
      assert.deepStrictEqual(yield* included("data"), ["data/data/a.csv", "data/data/b.csv", "data/data/c.log"])
      assert.deepStrictEqual(yield* included("build/"), ["data/build/out.js"])
      assert.deepStrictEqual(yield* included("build/*"), [])
      assert.deepStrictEqual(yield* included("data", "!**/*.csv"), ["data/data/c.log"])
      assert.deepStrictEqual(yield* included("!data/a.csv", "data/*.csv"), ["data/data/b.csv"])
      assert.deepStrictEqual(yield* included("build", "data", "!data"), ["data/build/out.js"])
      assert.deepStrictEqual(yield* included("data/**", "!**/b.*"), ["data/data/a.csv"])
      assert.deepStrictEqual(yield* included("data", "!data/a.csv"), ["data/data/b.csv", "data/data/c.log"])
      assert.deepStrictEqual(yield* included("odd [1].txt"), ["data/odd [1].txt"])
      assert.deepStrictEqual(yield* included("src/main.ts"), ["data/src/main.ts"])
      assert.deepStrictEqual((yield* collect(root, { include: ["data", "!data/nowhere"] })).said, [
        "empty-glob: The pattern !data/nowhere matches no file"
      ])
      assert.deepStrictEqual((yield* collect(root, { include: ["nowhere/*.x"] })).said, [
        "empty-glob: The pattern nowhere/*.x matches no file"
      ])
      const error = yield* Effect.flip(collect(root, { include: ["../outside"] }))
      assert.strictEqual(error._tag, "DataFileError")
    }))

  it.scoped("in a directory: ignored ones and links out of the root stay out, with a warning", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`fs.readdirSync("data")`),
        ".clustrixignore": "*.tmp\n",
        "data/a.csv": "",
        "data/b.tmp": "",
        "data/deep/.gitignore": "!*.tmp\n*.csv\n",
        "data/deep/c.csv": "",
        "data/deep/d.tmp": "",
        "data/node_modules/x/index.js": "",
        "other/e.csv": ""
      })
      const outside = path.join(path.dirname(root), "outside")
      mkdirSync(outside)
      writeFileSync(path.join(outside, "secret"), "")
      symlinkSync(outside, path.join(root, "data/link"))
      symlinkSync("../other", path.join(root, "data/inner"))
      symlinkSync("nowhere", path.join(root, "data/dangling"))
      symlinkSync(".", path.join(root, "data/circle"))
      const { files, said } = yield* collect(root)
      assert.deepStrictEqual(files, [
        "data/data/a.csv",
        "data/data/deep/.gitignore",
        "data/data/deep/d.tmp",
        "data/data/inner/e.csv"
      ])
      assert.deepStrictEqual(said, [
        "ignored-files: 2 files in data are ignored and not in the package: data/b.tmp, data/deep/c.csv",
        "skipped-file: data/dangling does not go along",
        "skipped-file: data/link does not go along",
        "skipped-file: data/node_modules does not go along"
      ])
    }))

  it.scoped("that are no files are never opened", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main(`fs.readdirSync("data")`), "data/a.csv": "" })
      assert.strictEqual(spawnSync("mkfifo", [path.join(root, "data/pipe")]).status, 0)
      const server = createServer()
      yield* Effect.acquireRelease(
        Effect.async<void>((resume) => {
          server.listen(path.join(root, "data/s"), () => resume(Effect.void))
        }),
        () => Effect.async<void>((resume) => void server.close(() => resume(Effect.void)))
      )
      const { files, said } = yield* collect(root)
      assert.deepStrictEqual(files, ["data/data/a.csv"])
      assert.deepStrictEqual(said, [
        "skipped-file: data/pipe does not go along",
        "skipped-file: data/s does not go along"
      ])
      writeFileSync(path.join(root, "src/main.ts"), main(`fs.readFileSync("data/pipe")`))
      const error = yield* Effect.flip(collect(root))
      assert.strictEqual(reasonOf(error), "NotARegularFile")
    }))

  it.scoped("in a directory that cannot be listed are told", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main(`fs.readdirSync("data")`), "data/shut/a.csv": "" })
      const shut = path.join(root, "data/shut")
      // What a user who is not root meets
      const refusing = Layer.map(
        NodeFileSystem.layer,
        (context) => {
          const fs = Context.get(context, FileSystem.FileSystem)
          const denied = new SystemError({ reason: "PermissionDenied", module: "FileSystem", method: "readDirectory" })
          return Context.make(FileSystem.FileSystem, {
            ...fs,
            readDirectory: (directory, options) =>
              directory === shut ? Effect.fail(denied) : fs.readDirectory(directory, options)
          })
        }
      )
      const { files, said } = yield* collect(root, {}, refusing)
      assert.deepStrictEqual([files, said], [[], ["skipped-file: data/shut does not go along"]])
    }))

  it.scoped("above the limit, or outside of the root, are refused", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main(`fs.readFileSync("big.bin")`), "big.bin": "x".repeat(1000) })
      const large = yield* Effect.flip(collect(root, { maxFileSizeBytes: 999 }))
      assert.strictEqual(reasonOf(large), "TooLarge")
      assert.deepStrictEqual((yield* collect(root, { maxFileSizeBytes: 1000 })).files, ["data/big.bin"])
      writeFileSync(path.join(path.dirname(root), "secret"), "")
      writeFileSync(path.join(root, "src/main.ts"), main(`fs.readFileSync("../secret")`))
      const outside = yield* Effect.flip(collect(root))
      assert.strictEqual(reasonOf(outside), "OutsidePackageRoot")
      symlinkSync("../secret", path.join(root, "link"))
      writeFileSync(path.join(root, "src/main.ts"), main(`fs.readFileSync("link")`))
      const linked = yield* Effect.flip(collect(root))
      assert.strictEqual(reasonOf(linked), "OutsidePackageRoot")
    }))

  it.scoped("above the working directory are refused, not given a path that leads out of the package", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`fs.readFileSync("../shared/a.txt")`),
        "shared/a.txt": "",
        "run/b.txt": ""
      })
      const error = yield* Effect.flip(collect(root, { workingDirectory: "run" }))
      assert.match(error.message, /shared\/a\.txt lies outside the working directory/)
      assert.match(error.message, /workingDirectory to a directory above it/)
    }))

  it.scoped("that are modules, too, go along as text for who reads them", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts":
          `import * as fs from "node:fs"\nimport { fileURLToPath } from "node:url"\nimport { helper } from "./helper.mjs"\nexport function main() { return helper() + fs.readFileSync(fileURLToPath(import.meta.url), "utf8") }\n`,
        "src/helper.mjs":
          `import { readFileSync } from "node:fs"\nexport const helper = () => readFileSync(new URL(import.meta.url), "utf8")\n`
      })
      const { files, said } = yield* collect(root)
      assert.deepStrictEqual(files, ["modules/src/main.ts"])
      assert.deepStrictEqual(said, ["module-text: The code reads the text of its own module src/helper.mjs"])
      writeFileSync(path.join(root, "src/main.ts"), `export const main = () => new URL(import.meta.url).href\n`)
      assert.deepStrictEqual(yield* collect(root), { files: [], said: [] })
    }))

  it.scoped("that are JSON modules, too, keep their bytes", () =>
    Effect.gen(function*() {
      const reads = (...expressions: ReadonlyArray<string>): string =>
        `const fs = require("node:fs")\nconst path = require("node:path")\nexports.read = () => [${
          expressions.join(", ")
        }]\n`
      const packageJson = `fs.readFileSync(path.join(__dirname, "../package.json"))`
      const root = yield* project({
        "package.json": `{ "name": "data" }`,
        "src/main.mjs": `import read from "./read.js"\nexport const main = () => read.read()\n`,
        "src/read.js": reads(`require("./a.json")`, `fs.readFileSync(path.join(__dirname, "a.json"))`, packageJson),
        "src/a.json": "\uFEFF{}"
      })
      const about = () => collect(root, {}, NodeFileSystem.layer, "src/main.mjs#main")
      assert.deepStrictEqual(yield* about(), { files: ["modules/package.json", "modules/src/a.json"], said: [] })
      // A CommonJS package of the workspace, asked for by an ES module that reads the package.json
      writeFileSync(path.join(root, "package.json"), `{ "name": "data", "type": "module" }`)
      writeFileSync(
        path.join(root, "src/main.mjs"),
        `import { readFileSync } from "node:fs"\nimport { b } from "../b/b.js"\nexport const main = () => [b, readFileSync(new URL("../package.json", import.meta.url))]\n`
      )
      mkdirSync(path.join(root, "b"))
      writeFileSync(path.join(root, "b/package.json"), `{ "name": "b", "type": "commonjs" }`)
      writeFileSync(path.join(root, "b/b.js"), "exports.b = 1\n")
      assert.deepStrictEqual(yield* collect(root, {}, NodeFileSystem.layer, "src/main.mjs#main"), {
        files: [],
        said: ["package-type: The code reads package.json, and the package has another file in its place"]
      })
    }))

  it.scoped("are not the names of commands", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts":
          `import { execFileSync, spawn } from "node:child_process"\nexport const main = () => [spawn("python", ["tool.py"]), execFileSync("./tool")]\n`,
        "python": "",
        "tool": "",
        "tool.py": ""
      })
      assert.deepStrictEqual((yield* collect(root)).files, ["data/tool", "data/tool.py"])
    }))

  it.scoped("of a directory that is ignored as a whole are missed by name", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`fs.readdirSync("data")`),
        ".gitignore": "data/\n",
        "data/a": ""
      })
      assert.deepStrictEqual(yield* collect(root), {
        files: [],
        said: ["ignored-files: 1 file in data is ignored and not in the package: data/a"]
      })
    }))
  it.scoped("directories without files are there, where the code lists what is above them", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(
          `[fs.readdirSync("data"), fs.readdirSync(new URL("./beside/", import.meta.url)), fs.existsSync("other")]`
        ),
        "data/a": "",
        "src/beside/a": ""
      })
      for (const each of ["data/empty", "data/deep/empty", "src/beside/empty", "other"]) {
        mkdirSync(path.join(root, each), { recursive: true })
      }
      const { options } = yield* prepare(root)
      assert.deepStrictEqual(options["directories"], ["data/data/deep/empty", "data/data/empty",
        "modules/src/beside/empty"])
      rmSync(path.join(root, "data/empty"), { recursive: true })
      assert.deepStrictEqual((yield* prepare(root)).options["directories"], [
        "data/data/deep/empty",
        "modules/src/beside/empty"
      ])
    }))

  it.scoped("a directory that is empty itself is there", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main(`fs.readdirSync("data")`) })
      mkdirSync(path.join(root, "data"))
      const { diagnostics, options } = yield* prepare(root)
      assert.deepStrictEqual([options["directories"], diagnostics.map(({ code }) => code)], [["data/data"], []])
    }))
})
