/**
 * A packaging is taken again only where packaging anew gives the same.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync,
  truncateSync, unlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as AnalysisCache from "../../../core/modules/AnalysisCache.ts"
import { layerOf } from "../../../core/config/Cluster.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import { ExecutionHost } from "../../../core/packaging/ExecutionContext.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as PackageMemory from "../../../core/packaging/memory/PackageMemory.ts"
import { layer as layerFilePackager } from "../../../core/packaging/makeFilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import { SourceParser } from "../../../core/language/SourceParser.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"
import * as NodeDirectoryEntries from "../../../platform-node/NodeDirectoryEntries.ts"
import * as NodeFileAnswers from "../../../platform-node/NodeFileAnswers.ts"
import * as NodeFileTimes from "../../../platform-node/NodeFileTimes.ts"
import * as PackageStore from "../../../platform-node/PackageStore.ts"
import * as NodeSourceParser from "../../../platform-node/SourceParser.ts"

const files: Readonly<Record<string, string>> = {
  "package.json": `{ "name": "remembered", "type": "module" }`,
  "tsconfig.json": `{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }`,
  ".gitignore": "*.log\n",
  "src/main.ts":
    `import { readFileSync, readdirSync } from "node:fs"\nimport { helper } from "./helper"\nimport { other } from "~/other"\nexport function main() { return [helper(), other, readFileSync("data/table.csv", "utf8"), readdirSync("data")] }\n`,
  "src/helper.ts": `export const helper = () => 1\nexport const unreached = 2\n`,
  "src/other.ts": `export const other = 3\n`,
  "data/table.csv": "a,b\n",
  "data/more.csv": "c\n",
  "notes.txt": "nothing\n"
}

interface Project {
  readonly root: string
  readonly at: (file: string) => string
  readonly packages: string
}

const project = Effect.acquireRelease(
  Effect.sync((): Project => {
    const above = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-remembered-")))
    const root = path.join(above, "project")
    const at = (file: string): string => path.join(root, file)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(at(file)), { recursive: true })
      writeFileSync(at(file), text)
    }
    return { root, at, packages: path.join(above, "packages") }
  }),
  ({ root }) => Effect.sync(() => rmSync(path.dirname(root), { recursive: true, force: true }))
)

/** A packager in the project; `parsed` counts the modules that it has parsed. */
const packagerIn = ({ packages, root }: Project, memory: Layer.Layer<PackageMemory.PackageMemory>) => {
  const parsed = { count: 0 }
  const counting = Layer.effect(
    SourceParser,
    Effect.map(SourceParser, (parser) => ({
      ...parser,
      parse: (source) => {
        parsed.count += 1
        return parser.parse(source)
      }
    }))
  ).pipe(Layer.provide(NodeSourceParser.layer))
  const layer = layerFilePackager.pipe(Layer.provide(Layer.mergeAll(
    Layer.provide(PackageStore.layer(packages), NodeFileSystem.layer),
    NodeFileSystem.layer,
    NodePath.layer,
    NodeDirectoryEntries.layer,
    NodeFileAnswers.layer,
    NodeFileTimes.layer,
    Hasher.layer,
    counting,
    AnalysisCache.layerNone,
    memory,
    Layer.succeed(ExecutionHost, { workingDirectory: root, runtimeVersion: "v20.0.0" })
  )))
  return Effect.map(Layer.build(layer), (context) => ({
    parsed,
    run: (options: PackageOptionsInput = {}, fn = "src/main.ts#main") =>
      FilePackager.pipe(
        Effect.flatMap((packager) => packager.packageFunctionForExecution(fn, [], {}, options)),
        Effect.map(({ info, report }) => ({
          info: { ...info, createdAt: undefined },
          zip: readFileSync(info.packagePath),
          sourceMap: readFileSync(info.sourceMapPath ?? ""),
          // A member that is not there means the same as one that is `undefined`
          report: JSON.parse(JSON.stringify({ ...report, reasons: [...report.reasons] })) as unknown
        })),
        Effect.either,
        Effect.provide(context),
        Effect.provide(layerOf(ClusterConfig.local))
      )
  }))
}

const both = Effect.gen(function*() {
  const made = yield* project
  return {
    ...made,
    remembering: yield* packagerIn(made, PackageMemory.layerMemory("test")),
    anew: yield* packagerIn(made, PackageMemory.layerNone)
  }
})

const zipOf = ({ packages }: Project): string =>
  path.join(packages, readdirSync(packages).find((name) => name.endsWith(".zip")) ?? "")

interface Case {
  readonly edit: (project: Project) => void
  readonly options?: PackageOptionsInput
  /** Whether the remembered packaging must be taken. */
  readonly recalled: boolean
}

const write = (file: string, text: string) => ({ at }: Project): void => {
  mkdirSync(path.dirname(at(file)), { recursive: true })
  writeFileSync(at(file), text)
}

const cases: Readonly<Record<string, Case>> = {
  "nothing": { edit: () => undefined, recalled: true },
  "times of a file": {
    edit: ({ at }) => {
      utimesSync(at("src/main.ts"), 1, 1)
    },
    recalled: true
  },
  "a file that nobody looked at": { edit: write("notes.txt", "something\n"), recalled: true },
  "a new file of a name that nobody asked for": { edit: write("src/unrelated.ts", "export {}\n"), recalled: true },
  "a module": { edit: write("src/helper.ts", "export const helper = () => 2\n"), recalled: false },
  "a module with the same size and times": {
    edit: ({ at }) => {
      writeFileSync(at("src/other.ts"), "export const other = 4\n")
      utimesSync(at("src/other.ts"), 1, 1)
    },
    recalled: false
  },
  "a module that another comes before": { edit: write("src/helper.tsx", "export {}\n"), recalled: true },
  "a module that comes before another": {
    edit: (made) => {
      unlinkSync(made.at("src/helper.ts"))
      write("src/helper/index.ts", "export const helper = () => 5\n")(made)
    },
    recalled: false
  },
  "a module that is gone": { edit: ({ at }) => unlinkSync(at("src/helper.ts")), recalled: false },
  "a link that leads elsewhere": {
    edit: ({ at }) => {
      unlinkSync(at("src/other.ts"))
      symlinkSync(at("src/helper.ts"), at("src/other.ts"))
    },
    recalled: false
  },
  "a package.json between": { edit: write("src/package.json", `{ "name": "inner" }`), recalled: false },
  "the compiler's options": {
    edit: write("tsconfig.json", `{ "compilerOptions": { "paths": { "~/*": ["./elsewhere/*"] } } }`),
    recalled: false
  },
  "a data file": { edit: ({ at }) => appendFileSync(at("data/table.csv"), "1,2\n"), recalled: false },
  "a data file of the same size": { edit: write("data/table.csv", "x,y\n"), recalled: false },
  "one more file in a directory that goes along": { edit: write("data/new.csv", "1\n"), recalled: false },
  "what is ignored": { edit: write(".gitignore", "*.csv\n"), recalled: false },
  "an ignore file in a directory that goes along": { edit: write("data/.gitignore", "more.csv\n"), recalled: false },
  "an option": { edit: () => undefined, options: { include: ["notes.txt"] }, recalled: false },
  "a ZIP that is gone": { edit: (made) => unlinkSync(zipOf(made)), recalled: false },
  "a ZIP that is cut off": { edit: (made) => truncateSync(zipOf(made), 100), recalled: false },
  "a ZIP with another byte": {
    edit: (made) => {
      const bytes = readFileSync(zipOf(made))
      bytes[200] = (bytes[200] ?? 0) ^ 1
      writeFileSync(zipOf(made), bytes)
    },
    recalled: false
  }
}

describe("a remembered packaging", () => {
  for (const [name, { edit, options, recalled }] of Object.entries(cases)) {
    it.scoped(`${recalled ? "is taken again after" : "is not taken after"} a change of ${name}`, () =>
      Effect.gen(function*() {
        const made = yield* both
        const before = yield* made.remembering.run()
        assert.isTrue(before._tag === "Right")
        const parsed = made.remembering.parsed.count
        edit(made)
        const now = yield* made.remembering.run(options)
        assert.strictEqual(made.remembering.parsed.count === parsed, recalled)
        // And it is what packaging anew gives, down to every reason
        assert.deepStrictEqual(now, yield* made.anew.run(options))
        // The new one is remembered in its turn
        const parsedAgain = made.remembering.parsed.count
        assert.deepStrictEqual(yield* made.remembering.run(options), now)
        if (now._tag === "Right") assert.strictEqual(made.remembering.parsed.count, parsedAgain)
      }))
  }

  const changes: Readonly<Record<string, Case>> = {
    "nothing": { edit: () => undefined, recalled: true },
    "an installed file": {
      edit: ({ at }) => {
        const later = Date.now() / 1000 + 60
        utimesSync(at("node_modules/tiny/index.js"), later, later)
      },
      recalled: false
    },
    "patches of installed packages": { edit: write("patches/tiny+1.0.0.patch", ""), recalled: false },
    "the type of an installed package to a checkout": { edit: write("node_modules/tiny/.git", ""), recalled: false }
  }
  for (const [name, { edit, recalled }] of Object.entries(changes)) {
    it.scoped(`with npm packages ${recalled ? "is" : "is not"} taken again after a change of ${name}`, () =>
      Effect.gen(function*() {
        const made = yield* both
        const manifest = `{ "name": "tiny", "version": "1.0.0", "exports": "./index.js", "type": "module" }`
        write("node_modules/tiny/package.json", manifest)(made)
        write("node_modules/tiny/index.js", "export default 1\n")(made)
        write(
          "package-lock.json",
          `{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "tiny": "1" } }, "node_modules/tiny": { "version": "1.0.0", "integrity": "sha512-AA==" } } }`
        )(made)
        write("node_modules/.package-lock.json", "{}")(made)
        write("src/main.ts", `import tiny from "tiny"\nexport const main = () => tiny\n`)(made)
        const before = yield* made.remembering.run()
        assert.deepStrictEqual(before._tag === "Right" ? before.right.info.diagnostics : before.left, [])
        const parsed = made.remembering.parsed.count
        edit(made)
        const now = yield* made.remembering.run()
        assert.strictEqual(made.remembering.parsed.count === parsed, recalled)
        assert.deepStrictEqual(now, yield* made.anew.run())
        const codes = now._tag === "Right" ? now.right.info.diagnostics.map(({ code }) => code) : []
        assert.deepStrictEqual(codes, recalled ? [] : ["installed-differs"])
      }))
  }

  const tiny = (name: string): string => `node_modules/tiny/${name}`
  const vendored: Readonly<Record<string, Case>> = {
    "nothing": { edit: () => undefined, recalled: true },
    "another package": { edit: write("node_modules/other/index.js", "0\n"), recalled: true },
    "a file of a vendored package": { edit: write(tiny("index.js"), "export default 2\n"), recalled: false },
    "a file that nothing imports": { edit: write(tiny("lib/notes.txt"), "0\n"), recalled: false },
    "one more file": { edit: write(tiny("lib/more.txt"), ""), recalled: false },
    "a link to a file": { edit: ({ at }) => symlinkSync("index.js", at(tiny("alias.js"))), recalled: false }
  }
  for (const [name, { edit, recalled }] of Object.entries(vendored)) {
    it.scoped(`with npm packages in it ${recalled ? "is" : "is not"} taken again after a change of ${name}`, () =>
      Effect.gen(function*() {
        const made = yield* both
        write(
          tiny("package.json"),
          `{ "name": "tiny", "version": "1.0.0", "exports": "./index.js", "type": "module" }`
        )(
          made
        )
        write(tiny("index.js"), "export default 1\n")(made)
        write(tiny("lib/notes.txt"), "1\n")(made)
        write("src/main.ts", `import tiny from "tiny"\nexport const main = () => tiny\n`)(made)
        const options = { dependencies: "vendor" } as const
        assert.strictEqual((yield* made.remembering.run(options))._tag, "Right")
        const parsed = made.remembering.parsed.count
        edit(made)
        const now = yield* made.remembering.run(options)
        assert.strictEqual(made.remembering.parsed.count === parsed, recalled)
        assert.deepStrictEqual(now, yield* made.anew.run(options))
      }))
  }

  it.scoped("of another packager is not taken", () =>
    Effect.gen(function*() {
      const made = yield* project
      const memory = yield* Layer.build(PackageMemory.layerMemory("one"))
      const one = Layer.succeedContext(memory)
      const other = Layer.effect(
        PackageMemory.PackageMemory,
        Effect.map(PackageMemory.PackageMemory, (service) => ({ ...service, packager: "other" }))
      ).pipe(Layer.provide(one))
      yield* (yield* packagerIn(made, one)).run()
      const second = yield* packagerIn(made, other)
      yield* second.run()
      assert.isAbove(second.parsed.count, 0)
      const third = yield* packagerIn(made, one)
      yield* third.run()
      assert.strictEqual(third.parsed.count, 0)
    }))
})
