/**
 * What is said of paths: nothing where all is well, once where something is not.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync, renameSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { collect, main, prepare, project, reasonOf } from "./Collecting.ts"

/** Bodies of a function that reads what it has listed. */
const walks: ReadonlyArray<readonly [name: string, body: string]> = [
  ["a loop", `(() => { for (const f of fs.readdirSync("data")) fs.readFileSync(path.join("data", f)) })()`],
  ["a template", "(() => { for (const f of fs.readdirSync(`data`)) fs.readFileSync(`data/${f}`) })()"],
  ["map", `fs.readdirSync("data").map((f) => fs.readFileSync(path.join("data", f)))`],
  ["filter, sort and map",
    `fs.readdirSync("data").filter((f) => f.endsWith(".csv")).sort().map((f) => fs.readFileSync("data/" + f))`],
  ["a variable", `(() => { const dir = "data"; const names = fs.readdirSync(dir);
    return names.map((name) => { const file = path.join(dir, name); return fs.readFileSync(file) }) })()`],
  ["promises", `(async () => { for (const f of await fs.promises.readdir("data")) {
    await fs.promises.readFile(path.join("data", f)) } })()`],
  ["Promise.all", `fs.promises.readdir("data").then((names) =>
    Promise.all(names.map((f) => fs.promises.readFile(path.join("data", f)))))`],
  ["a callback", `fs.readdir("data", (error, names) => names.map((f) => fs.readFileSync(path.join("data", f))))`],
  ["entries", `fs.readdirSync("data", { withFileTypes: true }).filter((e) => e.isFile())
    .map((e) => fs.readFileSync(path.join("data", e.name)))`],
  ["entries' own place", `fs.readdirSync("data", { withFileTypes: true, recursive: true })
    .map((e) => fs.readFileSync(path.join(e.parentPath, e.name)))`],
  ["opendir", `(async () => { for await (const e of await fs.promises.opendir("data")) {
    fs.readFileSync(path.join("data", e.name)) } })()`],
  ["a pattern", `fs.globSync("data/*.csv").map((f) => fs.readFileSync(f))`],
  ["a pattern in a directory",
    `fs.globSync("*.csv", { cwd: "data" }).map((f) => fs.readFileSync(path.join("data", f)))`],
  ["an asynchronous pattern",
    `(async () => { for await (const f of fs.promises.glob("data/*.csv")) fs.readFileSync(f) })()`],
  ["a file that the listing may have", `(fs.readdirSync("data"), (name: string) => fs.readFileSync("data/" + name))`]
]

/** A disk that finds a file under any case and normal form. */
const insensitive = Layer.map(NodeFileSystem.layer, (context) => {
  const fs = Context.get(context, FileSystem.FileSystem)
  const fold = (name: string): string => name.normalize("NFC").toLowerCase()
  const actual = (file: string): string =>
    file.split("/").slice(1).reduce((directory, name) => {
      let names: ReadonlyArray<string> = []
      try {
        names = readdirSync(directory === "" ? "/" : directory)
      } catch {
        // No directory: what is below it is not there either
      }
      const found = names.includes(name) ? name : names.find((each) => fold(each) === fold(name)) ?? name
      return `${directory}/${found}`
    }, "")
  return Context.make(FileSystem.FileSystem, {
    ...fs,
    stat: (file) => fs.stat(actual(file)),
    exists: (file) => fs.exists(actual(file)),
    // As Node's on such a disk: names are kept as they were given
    realPath: (file) => actual(file) === file ? fs.realPath(file) : Effect.as(fs.realPath(actual(file)), file),
    open: (file, options) => fs.open(actual(file), options),
    readFile: (file) => fs.readFile(actual(file))
  })
})

const composed = "caf\u00e9.txt"
const decomposed = "cafe\u0301.txt"

layer(SourceParser.layer)("of paths", (it) => {
  for (const [name, body] of walks) {
    it.scoped(`of listed names nothing is said: ${name}`, () =>
      Effect.gen(function*() {
        const root = yield* project({ "src/main.ts": main(body), "data/a.csv": "", "data/b.csv": "" })
        assert.deepStrictEqual(yield* collect(root), { files: ["data/data/a.csv", "data/data/b.csv"], said: [] })
      }))
  }

  it.scoped("a recursive walk is silent", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": `import * as fs from "node:fs"
import { join } from "node:path"
function walk(dir: string, found: string[] = []): string[] {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const file = join(dir, entry.name)
    if (entry.isDirectory()) walk(file, found)
    else found.push(fs.readFileSync(file, "utf8"))
  }
  return found
}
export const main = () => walk(join(import.meta.dirname, "../data"))
`,
        "data/a.csv": "",
        "data/deep/b.csv": ""
      })
      assert.deepStrictEqual(yield* collect(root), {
        files: ["modules/data/a.csv", "modules/data/deep/b.csv"],
        said: []
      })
    }))

  it.scoped("names listed in one directory and read in another are not known there", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`fs.readdirSync("data").map((f) => fs.readFileSync(path.join("other", f)))`),
        "data/a.csv": "",
        "other/a.csv": ""
      })
      assert.deepStrictEqual((yield* collect(root)).said, [
        "unknown-path: A file is read whose path is known in part only: other/*"
      ])
    }))

  it.scoped("climbing out of a listed directory is not covered by it", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(
          `fs.readdirSync("data").map((f) => fs.readFileSync(path.join("data", f, "..", "..", "x")))`
        ),
        "data/a.csv": ""
      })
      assert.deepStrictEqual((yield* collect(root)).said, [
        "unknown-path: A file is read whose path is known in part only: data/*/../../x"
      ])
    }))

  it.scoped("arguments of the packaged function are told of once", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": `import * as fs from "node:fs"
import { load } from "./load.ts"
export function main(name: string, { dir }: { dir: string }) {
  fs.existsSync(name)
  if (name === "") main("a", { dir: "b" })
  return [fs.readFileSync(name), fs.readFileSync(\`data/\${name}.csv\`), load(name), fs.readdirSync(dir)]
}
`,
        "src/load.ts":
          `import * as fs from "node:fs"\nexport const load = (file: string) => fs.readFileSync("data/" + file)\n`
      })
      const { diagnostics } = yield* prepare(root)
      const about = diagnostics.filter(({ code }) => code !== "missing-file")
      assert.deepStrictEqual(about.map(({ code, severity, what }) => [severity, code, what]), [
        ["info", "argument-path", "Which files are read depends on `name`, given to the function when it runs"],
        ["info", "argument-path", "Which files are read depends on `argument`, given to the function when it runs"]
      ])
      assert.strictEqual(about[0]?.why, "4 paths are made of it, as data/*, data/*.csv.")
    }))

  for (
    const [form, text, fn] of [
      ["an arrow function", "export const main = (file: string) => fs.readFileSync(file)", "main"],
      ["a default export", "export default (file: string) => fs.readFileSync(file)", "default"],
      ["a named default export", "export default function f(file: string) { return fs.readFileSync(file) }", "default"],
      ["a wrapped function",
        "import { cluster } from \"clustrix\"\nexport const main = cluster({})((file: string) => fs.readFileSync(file))",
        "main"],
      ["a method", "export class A { static run(file: string) { return fs.readFileSync(file) } }", "A.run"],
      ["a member", "export const table = { run: (file: string) => fs.readFileSync(file) }", "table.run"]
    ] as const
  ) {
    it.scoped(`arguments of the packaged function: ${form}`, () =>
      Effect.gen(function*() {
        const root = yield* project({ "src/main.ts": `import * as fs from "node:fs"\n${text}\n` })
        const { diagnostics } = yield* prepare(root, {}, NodeFileSystem.layer, `src/main.ts#${fn}`)
        assert.deepStrictEqual(diagnostics.filter(({ code }) => code.endsWith("-path")).map(({ code }) => code), [
          "argument-path"
        ])
      }))
  }

  it.scoped("what else is not known is a warning, each", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(
          `[fs.readFileSync(process.env.A!), fs.readFileSync("data/" + process.env.B), fs.readFileSync(name + process.env.C)]`,
          "name: string"
        ),
        "data/b.csv": ""
      })
      assert.deepStrictEqual((yield* collect(root)).said, [
        "unknown-path: A file is read whose path is known in part only: data/*",
        "unknown-path: A file is read whose path is not known",
        "unknown-path: A file is read whose path is not known"
      ])
      // Who has named files is not told again
      assert.deepStrictEqual(yield* collect(root, { include: ["data/b.csv"] }), {
        files: ["data/data/b.csv"],
        said: [
          "(info) unknown-path: A file is read whose path is not known",
          "(info) unknown-path: A file is read whose path is not known"
        ]
      })
      assert.deepStrictEqual((yield* collect(root, { unknownPaths: "directory" })).files, ["data/data/b.csv"])
    }))

  it.scoped("included files lie where the code looks for them", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(
          "[path.join(import.meta.dirname, `../pages/${name}.html`)].map((f) => fs.readFileSync(f))",
          "name: string"
        ),
        "pages/a.html": "",
        "data/b.csv": "",
        "run/c.csv": ""
      })
      assert.deepStrictEqual(yield* collect(root, { include: ["pages", "data"] }), {
        files: ["data/data/b.csv", "data/pages/a.html", "modules/pages/a.html"],
        said: []
      })
      assert.deepStrictEqual(yield* collect(root, { include: ["pages"], workingDirectory: "run" }), {
        files: ["modules/pages/a.html"],
        said: []
      })
      const error = yield* Effect.flip(collect(root, { include: ["data"], workingDirectory: "run" }))
      assert.strictEqual(reasonOf(error), "OutsideWorkingDirectory")
    }))

  it.scoped("a missing file is a warning, but nothing is said of one that the code writes or asks for", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`[
          fs.readFileSync("a"),
          fs.writeFileSync("b", ""), fs.readFileSync("b"),
          fs.existsSync("c") && fs.readFileSync("c"),
          fs.mkdirSync("d"), fs.readdirSync("d"),
          fs.readFileSync("package.json/e")
        ]`)
      })
      assert.deepStrictEqual((yield* collect(root)).said, [
        "missing-file: The data file a is not there",
        "missing-file: The data file package.json/e is not there"
      ])
    }))

  it.scoped("another case on the disk is named", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main(`fs.readFileSync("Data/Table.csv")`), "data/table.CSV": "" })
      const { diagnostics, entries } = yield* prepare(root)
      assert.deepStrictEqual(diagnostics.map(({ code, why }) => [code, why]), [
        ["missing-file",
          "There is data/table.CSV, whose name differs in case only; file systems of clusters tell that apart."]
      ])
      assert.isUndefined(entries.find(({ content }) => content._tag === "File"))
      // Where the disk finds it all the same, it goes along as the code spells it
      const found = yield* prepare(root, {}, insensitive)
      assert.deepStrictEqual(found.diagnostics.map(({ code, why }) => [code, why]), [
        ["path-spelling",
          "The code says Data/Table.csv, the disk data/table.CSV, the package Data/Table.csv; not every file system finds the one under the name of the other."]
      ])
      assert.isDefined(found.entries.find((entry) => entry.path === "data/Data/Table.csv"))
    }))

  it.scoped("another normal form of Unicode on the disk is named", () =>
    Effect.gen(function*() {
      const root = yield* project({
        "src/main.ts": main(`fs.readFileSync("data/${composed}")`),
        [`data/${decomposed}`]: ""
      })
      const about = (fileSystem = NodeFileSystem.layer) =>
        Effect.map(prepare(root, {}, fileSystem), ({ diagnostics, entries }) => ({
          said: diagnostics.map(({ code, why }) => [code, why]),
          files: entries.filter(({ content }) => content._tag === "File").map((entry) => entry.path)
        }))
      const says = (code: string, disk: string, end: string) => [
        ["path-spelling", `The code says data/${code}, the disk data/${disk}, the package data/caf\\u{e9}.txt${end}`]
      ]
      const elsewhere = "; not every file system finds the one under the name of the other."
      const expected = { said: says("caf\\u{e9}.txt", "cafe\\u{301}.txt", elsewhere), files: [`data/data/${composed}`] }
      assert.deepStrictEqual(yield* about(), expected)
      assert.deepStrictEqual(yield* about(insensitive), expected)
      writeFileSync(path.join(root, "src/main.ts"), main(`fs.readFileSync("data/${decomposed}")`))
      assert.deepStrictEqual(yield* about(), {
        said: says("cafe\\u{301}.txt", "cafe\\u{301}.txt", ": the run will not find it."),
        files: [`data/data/${composed}`]
      })
      renameSync(path.join(root, "data", decomposed), path.join(root, "data", composed))
      assert.deepStrictEqual(yield* about(), {
        said: says("cafe\\u{301}.txt", "caf\\u{e9}.txt", ": the run will not find it."),
        files: [`data/data/${composed}`]
      })
      writeFileSync(path.join(root, "src/main.ts"), main(`fs.readFileSync("data/${composed}")`))
      assert.deepStrictEqual(yield* about(), { said: [], files: [`data/data/${composed}`] })
    }))

  it.scoped("the spelling of the directories above is the disk's own affair", () =>
    Effect.gen(function*() {
      const root = yield* project({
        [`${decomposed}/main.ts`]:
          `import * as fs from "node:fs"\nexport const main = () => fs.readFileSync(new URL("./a.csv", import.meta.url))\n`,
        [`${decomposed}/a.csv`]: ""
      })
      assert.deepStrictEqual(yield* collect(root, {}, NodeFileSystem.layer, `${decomposed}/main.ts#main`), {
        files: [`modules/${composed}/a.csv`],
        said: []
      })
    }))

  it.scoped("a working directory must be one", () =>
    Effect.gen(function*() {
      const root = yield* project({ "src/main.ts": main("1") })
      for (const workingDirectory of ["nowhere", "package.json"]) {
        const error = yield* Effect.flip(collect(root, { workingDirectory }))
        assert.strictEqual(error._tag, "PackageOptionsError")
      }
      assert.deepStrictEqual(yield* collect(root, { workingDirectory: "src" }), { files: [], said: [] })
    }))
})
