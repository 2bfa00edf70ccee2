/**
 * Which edits of a project change the identity of a package, and which do not.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import { createExecutionContext } from "../../core/packaging/ExecutionContext.ts"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import { PackageStore } from "../../core/archive/PackageStore.ts"
import * as MemoryProject from "../core/slicing/MemoryProject.ts"

type Files = Readonly<Record<string, string>>

interface Project {
  readonly files: Files
  readonly fn: string
  readonly options: PackageOptionsInput
  readonly args: ReadonlyArray<unknown>
  readonly config: ClusterConfig.ClusterConfig
}

const base: Project = {
  files: {
    "src/main.ts": `import { readFileSync } from "node:fs"
import { helper, type Options } from "./helper.js"
import { registry } from "./registry.js"
import defaults from "./defaults.json" with { type: "json" }
import "./plugins/a.js"

const factor = 2
const unreached = 1

/** Doc. */
export function main(options: Options = {}): number[] {
  const table = { "key": factor, other: defaults.a }
  if (options.verbose) console.log('verbose')
  for (const name of registry.names()) table.other += name.length
  return [helper(table.key), table.other, readFileSync("input/a.txt", "utf8").length]
}

export const alone = () => unreached
`,
    "src/helper.ts": `export interface Options { readonly verbose?: boolean }
enum Kind { A = 1, B }
export const helper = (x: number): number => { return x * Kind.B + offset }
const offset = 3
export class Unused { private x = 1; get() { return this.x } }
`,
    "src/registry.ts": `class Registry {
  #names: string[] = []
  add(name: string): void { this.#names.push(name) }
  names() { return this.#names }
}
export const registry = new Registry()
`,
    "src/plugins/a.ts": `import { registry } from "../registry.js"
registry.add("first")
registry.add("second")
`,
    "src/defaults.json": `{ "a": 1, "b": [true, null] }
`,
    "input/a.txt": "data\n",
    "input/b.txt": "more\n"
  },
  fn: "src/main.ts#main",
  options: {},
  args: [],
  config: ClusterConfig.local
}

const pack = (project: Project) =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const store = yield* PackageStore
    const context = yield* createExecutionContext(project.config, project.args)
    const { info } = yield* packager.packageFunction(project.fn, context, project.options)
    const name = info.packagePath.slice(info.packagePath.lastIndexOf("/") + 1)
    const bytes = yield* Effect.scoped(Effect.flatMap(store.open(name), (access) => access.read(0, access.sizeBytes)))
    return { digest: info.digest, bytes: Buffer.from(bytes).toString("base64") }
  }).pipe(Effect.provide(MemoryProject.layer(project.files)))

type Edit = (project: Project) => Project

const text = (file: string, edit: (text: string) => string): Edit => (project) => {
  const before = project.files[file] ?? ""
  const after = edit(before)
  return { ...project, files: { ...project.files, [file]: after } }
}
const replace = (file: string, from: string | RegExp, to: string): Edit =>
  text(file, (before) => before.replace(from, to))
const every = (edit: (text: string) => string): Edit => (project) => ({
  ...project,
  files: Object.fromEntries(
    Object.entries(project.files).map(([file, before]) => [file, file.endsWith(".ts") ? edit(before) : before])
  )
})

const same: Readonly<Record<string, Edit>> = {
  "comments everywhere": every((before) => `// before\n${before.replaceAll("\n\n", "\n/* between */\n")}// after\n`),
  "a changed documentation comment": replace("src/main.ts", "/** Doc. */", "/** Other words. @param options none */"),
  "CRLF": every((before) => before.replaceAll("\n", "\r\n")),
  "a byte order mark": every((before) => `\uFEFF${before}`),
  "semicolons": replace("src/main.ts", "const factor = 2", "const factor = 2;"),
  "other quotes": replace("src/main.ts", "'verbose'", "\"verbose\""),
  "an unquoted key": replace("src/main.ts", "\"key\": factor", "key: factor"),
  "braces of a branch": replace("src/main.ts", /if \(options\.verbose\) (.*)/, "if (options.verbose) {\n    $1\n  }"),
  "braces of a loop": replace(
    "src/main.ts",
    "names()) table.other += name.length",
    "names()) { table.other += name.length }"
  ),
  "type annotations": replace("src/main.ts", "const factor = 2", "const factor: number = 2 as number"),
  "a type of its own": replace("src/helper.ts", "enum Kind", "type Alias = Record<string, Options>\nenum Kind"),
  "an unused import": text("src/main.ts", (before) => `import { sep } from "node:path"\n${before}`),
  "an unused import of a module of the project": text(
    "src/main.ts",
    (before) => `import { Unused } from "./helper.js"\n${before}`
  ),
  "split imports": replace(
    "src/main.ts",
    "import { helper, type Options } from \"./helper.js\"",
    "import { helper } from \"./helper.js\"\nimport type { Options } from \"./helper.js\""
  ),
  "another order of imports": replace("src/main.ts", /(import \{ readFileSync \}.*\n)(import \{ helper.*\n)/, "$2$1"),
  "a built-in without its prefix": replace("src/main.ts", "\"node:fs\"", "\"fs\""),
  "export of a local constant": replace("src/main.ts", "const factor", "export const factor"),
  "no export of the function": replace("src/main.ts", "export function main", "function main"),
  "an export clause": replace("src/helper.ts", "export const helper =", "export { helper }\nconst helper ="),
  "another value of what is not reached": replace("src/main.ts", "unreached = 1", "unreached = 99"),
  "something unreached more": text(
    "src/helper.ts",
    (before) => `export const more = () => { throw new Error("no") }\n${before}`
  ),
  "something unreached less": replace("src/helper.ts", /export class Unused.*\n/, ""),
  "a data file that nothing reads": (project) => ({
    ...project,
    files: { ...project.files, "input/b.txt": "changed", "other.bin": "x" }
  }),
  "layout of a JSON module": replace("src/defaults.json", /[\s\S]*/, "{\"a\":1,\n\"b\":[true,null]}"),
  "the order of the files": (project) => ({
    ...project,
    files: Object.fromEntries(Object.entries(project.files).reverse())
  }),
  "arguments": (project) => ({ ...project, args: [{ verbose: true }] }),
  "the cluster": (project) => ({
    ...project,
    config: { clusterType: "slurm", clusterHost: "cluster.example", cores: 8 }
  }),
  "a script that packages and runs it": text(
    "src/main.ts",
    (before) => `${before}\nconst result = main()\nconsole.log(result)\n`
  ),
  "a position in place of the name": (project) => {
    const before = project.files["src/main.ts"] ?? ""
    const line = before.split(/\r?\n/).findIndex((each) => each.includes("function main"))
    return { ...project, fn: `src/main.ts:${line + 1}` }
  },
  "a name through a re-export": (project) => ({
    ...project,
    files: { ...project.files, "src/index.ts": `export { main as renamed } from "./main.js"` },
    fn: "src/index.ts#renamed"
  })
}

const different: Readonly<Record<string, Edit>> = {
  "the name of a local": (project) => text("src/main.ts", (before) => before.replaceAll("table", "record"))(project),
  "a literal": replace("src/main.ts", "const factor = 2", "const factor = 4"),
  "an operator": replace("src/helper.ts", "x * Kind", "x + Kind"),
  "the order of statements that stay": replace("src/plugins/a.ts", /(.*"first".*\n)(.*"second".*\n)/, "$2$1"),
  "a statement that stays more": text("src/plugins/a.ts", (before) => `${before}registry.add("third")\n`),
  "the order of object keys": replace(
    "src/main.ts",
    "{ \"key\": factor, other: defaults.a }",
    "{ other: defaults.a, \"key\": factor }"
  ),
  "the bytes of a data file": (project) => ({ ...project, files: { ...project.files, "input/a.txt": "data" } }),
  "the presence of a data file": (project) => {
    const { "input/a.txt": _, ...files } = project.files
    return { ...project, files }
  },
  "a value in a JSON module": replace("src/defaults.json", "null", "0"),
  "the path of a reached file": (project) => {
    const { "src/helper.ts": helper = "", ...files } = project.files
    return replace("src/main.ts", "./helper.js", "./lib/helper.js")({
      ...project,
      files: { ...files, "src/lib/helper.ts": helper }
    })
  },
  "the option include": (project) => ({ ...project, options: { include: ["input/b.txt"] } }),
  "the option dependencies": (project) => ({ ...project, options: { dependencies: "assume" } }),
  "another function": (project) => ({ ...project, fn: "src/main.ts#alone" })
}

describe("identity", () => {
  it.effect("is the same twice", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* pack(base), yield* pack(base))
    }))

  for (const [name, edit] of Object.entries(same)) {
    it.effect(`is not changed by ${name}`, () =>
      Effect.gen(function*() {
        const edited = edit(base)
        assert.notStrictEqual(JSON.stringify(edited), JSON.stringify(base), "the edit does nothing")
        assert.deepStrictEqual(yield* pack(edited), yield* pack(base))
      }))
  }

  for (const [name, edit] of Object.entries(different)) {
    it.effect(`is changed by ${name}`, () =>
      Effect.gen(function*() {
        assert.notStrictEqual((yield* pack(edit(base))).digest, (yield* pack(base)).digest)
      }))
  }

  it("is not changed by any combination of such edits", async () => {
    const expected = await Effect.runPromise(pack(base))
    // The position is worked out from the text as it is then, so it comes last
    const names = Object.keys(same).filter((name) => name !== "a position in place of the name")
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(names, { minLength: 2 }), async (chosen) => {
        const edited = chosen.reduce((project, name) => same[name]?.(project) ?? project, base)
        assert.deepStrictEqual(await Effect.runPromise(pack(edited)), expected)
      }),
      { numRuns: 40, ...(process.env["CI"] === undefined ? {} : { seed: 20261123 }) }
    )
  })
})
