/**
 * What cannot be packaged, as the command says it: once, with the place, and without anything left behind.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench

const sources = {
  "package.json": JSON.stringify({ name: "bad-input", type: "module" }),
  "src/broken.ts": "export const main = () => {\n  const a = \n}\n",
  "src/usesBroken.ts": `import { main as other } from "./broken.ts"\nexport const main = () => other()\n`,
  "src/kinds.ts": [
    "export class Model { run() { return 1 } static make() { return 2 } }",
    "export const value = 42",
    "export type Text = string",
    "export interface Shape { side: 1 }",
    "export enum Colour { Red }",
    "export const main = () => 1",
    "declare function ghost(): void",
    "export { ghost }",
    "export default 3"
  ].join("\n"),
  "src/nowhere.ts": [
    `import { x } from "./missing"`,
    `import { y } from "no-such-package"`,
    `import { z } from "./kinds.ts"`,
    "export const file = () => x()",
    "export const npm = () => y()",
    "export const name = () => z()",
    `export const later = () => import("./gone.js")`
  ].join("\n"),
  "src/data.ts": [
    `import { readFileSync } from "node:fs"`,
    `export const outside = () => readFileSync("../outside.txt", "utf8")`,
    `export const large = () => readFileSync("large.bin")`
  ].join("\n"),
  "src/Twice.ts": "export const x = 1\n",
  "src/twice.ts": "export const y = 2\n",
  "src/twins.ts": `import { x } from "./Twice.ts"\nimport { y } from "./twice.ts"\nexport const main = () => x + y\n`,
  "src/empty.ts": ""
}

beforeAll(async () => {
  bench = await makeWorkbench()
  for (const [file, text] of Object.entries(sources)) bench.write(file, text)
  Fs.writeFileSync(Path.join(bench.directory, "src/binary.ts"), Uint8Array.from({ length: 4096 }, (_, at) => at % 256))
  Fs.writeFileSync(Path.join(bench.directory, "large.bin"), "")
  Fs.truncateSync(Path.join(bench.directory, "large.bin"), 3 * 1024 ** 3)
})

afterAll(() => bench.remove())

/** Exit code, and the whole of standard error. */
const cases: ReadonlyArray<readonly [title: string, reference: string, code: number, said: string]> = [
  [
    "a syntax error",
    "src/broken.ts#main",
    3,
    `error: src/broken.ts:3:1: Expression expected
     ,-[3:1]
   1 | export const main = () => {
   2 |   const a =
   3 | }
     : ^
     \`----
  → Correct the syntax at that place.`
  ],
  [
    "a syntax error in a module that is imported",
    "src/usesBroken.ts#main",
    3,
    `error: src/broken.ts:3:1: Expression expected
     ,-[3:1]
   1 | export const main = () => {
   2 |   const a =
   3 | }
     : ^
     \`----
  → Correct the syntax at that place.`
  ],
  [
    "no such file",
    "src/none.ts#main",
    3,
    `error: There is no file src/none.ts
  Looked for HERE/src/none.ts.
  → Check the path; a relative one is read from the current directory.`
  ],
  [
    "no such export",
    "src/kinds.ts#mian",
    3,
    `error: src/kinds.ts has no top-level name \`mian\`
  It exports \`Colour\`, \`Model\`, \`default\`, \`ghost\`, \`main\`, \`value\`.
  → Name one of these.`
  ],
  [
    "a module that exports nothing",
    "src/empty.ts#main",
    3,
    `error: src/empty.ts has no top-level name \`main\`
  It exports nothing.
  → Write the function there, or name another file.`
  ],
  [
    "a class",
    "src/kinds.ts#Model",
    3,
    `error: src/kinds.ts:1:8: \`Model\` is a class, not a function
  A class cannot be called.
  → Name a static method (\`Model.make\`), or a function that uses the class.`
  ],
  [
    "a method of instances",
    "src/kinds.ts#Model.run",
    3,
    `error: src/kinds.ts:1:8: \`Model\` in src/kinds.ts has no function \`run\` of its own
  It has \`make\`.
  → Name one of these, or a function that calls the method on an instance.`
  ],
  ["a value", "src/kinds.ts#value", 3,
    "error: src/kinds.ts:2:14: `value` is a number, not a function\n  → Name a function."],
  [
    "a default export that is a value",
    "src/kinds.ts#default",
    3,
    "error: src/kinds.ts:9:1: The default export is a number, not a function\n  → Name a function."
  ],
  [
    "a type",
    "src/kinds.ts#Text",
    3,
    "error: src/kinds.ts:3:8: `Text` is a type, not a function\n  Types vanish when the code runs.\n  → Name a function."
  ],
  [
    "an interface",
    "src/kinds.ts#Shape",
    3,
    "error: src/kinds.ts:4:8: `Shape` is a type, not a function\n  Types vanish when the code runs.\n  → Name a function."
  ],
  ["an enum", "src/kinds.ts#Colour", 3,
    "error: src/kinds.ts:5:8: `Colour` is an enum, not a function\n  → Name a function."],
  [
    "a declaration without a body",
    "src/kinds.ts#ghost",
    3,
    "error: src/kinds.ts:7:1: `ghost` is only declared, not a function\n  Nothing of `declare` is left when the code runs.\n  → Name a function."
  ],
  [
    "a built-in",
    "node:fs#readFile",
    3,
    `error: Cannot get source of node:fs#readFile
  \`readFile\` is a function of the runtime itself; it has no TypeScript or JavaScript source to package.
  → Wrap the call in a function of your own and package that.`
  ],
  [
    "a directory",
    "src#main",
    3,
    "error: src is a directory, not a module\n  → Name a TypeScript or JavaScript file in it."
  ],
  [
    "a binary file",
    "src/binary.ts#main",
    3,
    "error: src/binary.ts is a binary file, not source code\n  → Name a TypeScript or JavaScript file."
  ],
  [
    "no name at all",
    "src/kinds.ts",
    2,
    `error: "src/kinds.ts" names no function
  A function is named by its file and its name, or by a position in the file.
  → Write FILE#NAME (src/analysis.ts#mainAnalysis, src/a.ts#default, src/a.ts#Class.method) or FILE:LINE:COLUMN.`
  ],
  [
    "a position behind the end",
    "src/kinds.ts:99:1",
    2,
    `error: There is no top-level function at src/kinds.ts:99:1
  src/kinds.ts has 9 lines.
  → Give a position inside a function that the module declares at its top level, or its name.`
  ],
  [
    "an import of a file that is not there",
    "src/nowhere.ts#file",
    3,
    `error: src/nowhere.ts:1:1: Cannot resolve "./missing"
  Looked for src/missing.ts, src/missing.tsx, src/missing, src/missing.js, src/missing.jsx, src/missing.json.
  → Correct the path, or add the file.`
  ],
  [
    "an import of a name that is not there",
    "src/nowhere.ts#name",
    3,
    `error: src/nowhere.ts:3:1: src/kinds.ts has no export named \`z\`
  It exports \`Colour\`, \`Model\`, \`default\`, \`ghost\`, \`main\`, \`value\`.
  → Import a name that it exports, or export this one.`
  ],
  [
    "a dynamic import of a file that is not there",
    "src/nowhere.ts#later",
    3,
    `error: src/nowhere.ts:7:35: Cannot resolve "./gone.js"
  Looked for src/gone.ts, src/gone.tsx, src/gone.js, src/gone.jsx, src/gone.js.ts, src/gone.js.tsx, src/gone.js.js, src/gone.js.jsx, src/gone.js.json.
  → Correct the path, or add the file.`
  ],
  [
    "a data file outside of the package root",
    "src/data.ts#outside",
    3,
    `error: src/data.ts:2:30: The data file ../outside.txt lies outside the package root
  The path leads out of it.
  → Move the file into the package, or pass its contents as an argument.`
  ],
  [
    "a data file that is too large",
    "src/data.ts#large",
    3,
    `error: src/data.ts:3:28: The data file large.bin is too large to package
  It has 3072.0 MiB; the limit is 2048.0 MiB.
  → Raise maxFileSizeBytes, or read the file from the cluster's own file system with clusterFind.`
  ],
  [
    "names that differ in case only",
    "src/twins.ts#main",
    3,
    `error: "modules/src/Twice.ts.mjs" and "modules/src/twice.ts.mjs" cannot be in one package
  They differ in upper and lower case only: Windows and macOS store both under one name.
  → Rename one of the two.`
  ]
]

describe("what cannot be packaged", () => {
  for (const [title, reference, code, said] of cases) {
    it(title, async () => {
      const outcome = await bench.run(["package", reference])
      assert.strictEqual(outcome.stderr.trimEnd().replaceAll(bench.directory, "HERE"), said)
      assert.deepStrictEqual([outcome.code, outcome.stdout], [code, ""])
      assert.isFalse(Fs.existsSync(bench.packages))
    }, 30_000)
  }

  it("an import of a package that is not installed", async () => {
    const { code, stderr } = await bench.run(["package", "src/nowhere.ts#npm"])
    assert.strictEqual(code, 3)
    assert.match(
      stderr,
      /^error: src\/nowhere\.ts:2:1: Cannot resolve "no-such-package": the package no-such-package is not installed\n {2}Looked for src\/node_modules\/no-such-package, node_modules\/no-such-package, .*\.\n {2}→ Run "npm install no-such-package"\.\n$/
    )
    assert.isFalse(Fs.existsSync(bench.packages))
  }, 30_000)

  it("as JSON: tag, reason, place", async () => {
    const { code, stdout } = await bench.run(["package", "src/kinds.ts#Model", "--json"])
    assert.strictEqual(code, 3)
    const { error } = JSON.parse(stdout)
    assert.deepInclude(error, { tag: "FunctionNotPackageableError", reason: "Class" })
    assert.deepInclude(error.location, { file: "src/kinds.ts", line: 1, column: 8 })
  }, 30_000)
})
