/**
 * Files that ignore rules keep out of what the code reads: the program sees them, the job does not.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DirectoryListing from "../../../core/data-files/DirectoryListing.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { collect, type Files, main, prepare, project } from "./Collecting.ts"

const reading = (body: string, files: Files) => ({ "src/main.ts": main(body), ...files })

interface Case {
  readonly title: string
  readonly body: string
  readonly files: Files
  readonly options?: PackageOptionsInput
  readonly said: ReadonlyArray<string>
}

const data = { "data/README": "", "data/a.csv": "" }
const one = "ignored-files: 1 file in data is ignored and not in the package: data/a.csv"

const cases: ReadonlyArray<Case> = [
  {
    title: "a directory that is read",
    body: `fs.readdirSync("data")`,
    files: { ...data, ".gitignore": "data/*.csv\n" },
    said: [one]
  },
  {
    title: "an ignore file in the directory itself",
    body: `fs.readdirSync("data")`,
    files: { ...data, "data/.gitignore": "*.csv\n" },
    said: [one]
  },
  {
    title: "an ignore file of Clustrix",
    body: `fs.promises.readdir("data")`,
    files: { ...data, ".clustrixignore": "*.csv\n" },
    said: [one]
  },
  {
    title: "negated rules bring back what they name",
    body: `fs.readdirSync("data")`,
    files: { ...data, "data/b.csv": "", ".gitignore": "*.csv\n!b.csv\n" },
    said: [one]
  },
  {
    title: "the files of an ignored directory, at any depth, are counted",
    body: `fs.readdirSync("data", { recursive: true })`,
    files: { ...data, "data/raw/b": "", "data/raw/deep/c": "", "data/raw/node_modules/x": "", ".gitignore": "raw/\n" },
    said: ["ignored-files: 2 files in data are ignored and not in the package: data/raw/b, data/raw/deep/c"]
  },
  {
    title: "many are named in part",
    body: `fs.readdirSync("data")`,
    files: {
      ...data,
      "data/b.csv": "",
      "data/c.csv": "",
      "data/d.csv": "",
      "data/e.csv": "",
      ".gitignore": "*.csv\n"
    },
    said: [
      "ignored-files: 5 files in data are ignored and not in the package: data/a.csv, data/b.csv, data/c.csv and 2 more"
    ]
  },
  {
    title: "of a pattern, only files that it matches count",
    body: `fs.globSync("data/*.csv")`,
    files: { ...data, "data/b.csv": "", "data/c.log": "", ".gitignore": "a.csv\n*.log\n" },
    said: ["ignored-files: 1 file that matches data/*.csv is ignored and not in the package: data/a.csv"]
  },
  {
    title: "a pattern that matches ignored files alone",
    body: `fs.globSync("data/**/*.csv")`,
    files: { ...data, "data/deep/b.csv": "", ".gitignore": "*.csv\ndeep/\n" },
    said: [
      "ignored-files: 2 files that match data/**/*.csv are ignored and not in the package: data/a.csv, data/deep/b.csv"
    ]
  },
  {
    title: "a pattern that matches nothing, ignored or not, is a note",
    body: `fs.globSync("data/*.tsv")`,
    files: { ...data, ".gitignore": "*.csv\n" },
    said: ["(info) empty-glob: The pattern data/*.tsv matches no file"]
  },
  {
    title: "what the option include names is not ignored",
    body: `fs.readdirSync("data")`,
    files: { ...data, ".gitignore": "data/*.csv\n" },
    options: { include: ["data"] },
    said: []
  },
  {
    title: "what the option include takes away is left out on purpose",
    body: `fs.readdirSync("data")`,
    files: { ...data, ".gitignore": "data/*.csv\n" },
    options: { include: ["!data/a.csv"] },
    said: []
  },
  {
    title: "a pattern of the option include is subject to the rules",
    body: `1`,
    files: { ...data, "data/b.csv": "", ".gitignore": "a.csv\n" },
    options: { include: ["data/*.csv"] },
    said: ["ignored-files: 1 file that matches data/*.csv is ignored and not in the package: data/a.csv"]
  },
  {
    title: "rules that match nothing of the directory are silent",
    body: `fs.readdirSync("data")`,
    files: { ...data, "other/b.csv": "", ".gitignore": "other/\n*.log\n" },
    said: []
  },
  {
    title: "a single file that is read by its name is not ignored",
    body: `fs.readFileSync("data/a.csv")`,
    files: { ...data, ".gitignore": "*.csv\n" },
    said: []
  }
]

layer(SourceParser.layer)("ignored files", (it) => {
  for (const { body, files, options, said, title } of cases) {
    it.scoped(title, () =>
      Effect.gen(function*() {
        const root = yield* project(reading(body, files))
        assert.deepStrictEqual((yield* collect(root, options)).said, said)
      }))
  }

  it.scoped("the remedy that the warning names brings them in", () =>
    Effect.gen(function*() {
      const root = yield* project(reading(`fs.readdirSync("data")`, { ...data, ".gitignore": "data/*.csv\n" }))
      const [said] = (yield* prepare(root)).diagnostics
      assert.include(said?.remedy, "Name data in the option include")
      assert.deepStrictEqual((yield* collect(root, { include: ["data"] })).files, [
        "data/data/README",
        "data/data/a.csv"
      ])
    }))

  it.scoped("the remedy holds where the directory is read relative to the module", () =>
    Effect.gen(function*() {
      const root = yield* project(
        reading(`fs.readdirSync(path.join(import.meta.dirname, "../data"))`, { ...data, ".gitignore": "data/*.csv\n" })
      )
      assert.deepStrictEqual((yield* collect(root)).said, [one])
      const { files, said } = yield* collect(root, { include: ["data"] })
      assert.include(files, "modules/data/a.csv")
      assert.deepStrictEqual(said, [])
    }))

  it.scoped("a directory of build results is not counted to its end", () =>
    Effect.gen(function*() {
      const many = Object.fromEntries(
        Array.from({ length: DirectoryListing.maxIgnored + 20 }, (_, index) => [`data/build/${index}`, ""])
      )
      const root = yield* project(reading(`fs.readdirSync("data")`, { ...data, ...many, ".gitignore": "build/\n" }))
      const { said } = yield* collect(root, {}, NodeFileSystem.layer)
      assert.match(said.join("\n"), /^ignored-files: At least 1000 files in data are ignored/)
    }))
})
