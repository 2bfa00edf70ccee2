/**
 * Project files that are more than anybody writes: nested beyond all bounds, with texts without end. The command says so in few
 * words, and never that it failed where it must not.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"

let bench: Workbench
beforeAll(async () => {
  bench = await makeWorkbench()
})
afterAll(() => bench.remove())

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)
const long = "x".repeat(100_000)
const evil = "\u001b[2J\u202e"
const honest = {
  "main.ts":
    `import d from "dep"\nimport j from "./data.json" with { type: "json" }\nexport const main = () => [d, j]\n`,
  "data.json": "[1]",
  "package.json": `{"name": "q", "type": "module", "dependencies": {"dep": "1.0.0"}}`,
  "tsconfig.json": "{}",
  "node_modules/dep/package.json": `{"name": "dep", "version": "1.0.0", "main": "lib.js", "type": "module"}`,
  "node_modules/dep/lib.js": "export default 1\n",
  "package-lock.json": `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"dep": "1.0.0"}},
    "node_modules/dep": {"version": "1.0.0", "integrity": "sha512-AA=="}}}`
}
type File = keyof typeof honest
const change = (file: File, from: string, to: string): readonly [File, string] => [file, honest[file].replace(from, to)]
const returning = (expression: string): readonly [File, string] => [
  "main.ts",
  `const f: any = 1\nexport const main = () => ${expression}\n`
]

const hostile: Readonly<Record<string, readonly [file: readonly [File, string], said: RegExp]>> = {
  "data nested": [["data.json", nested(5000)], /data\.json holds too much/],
  "a package.json nested": [["package.json", `{"x": ${nested(5000)}}`], /package\.json holds too much/],
  "a tsconfig nested": [["tsconfig.json", `{"x": ${nested(5000)}}`], /tsconfig\.json holds too much/],
  "a lockfile nested": [["package-lock.json", `{"x": ${nested(5000)}}`], /package-lock\.json holds too much/],
  "exports nested": [change("node_modules/dep/package.json", "\"main\"", `"exports": ${nested(5000)}, "main"`),
    /holds too much/],
  "a main module with a long name": [change("node_modules/dep/package.json", "lib.js", long), /has no main module/],
  "a long specifier": [["main.ts", `import "${long}"\nexport const main = () => 1\n`], /Cannot resolve "xxx/],
  "a long relative specifier": [["main.ts", `import "./${long}.ts"\nexport const main = () => 1\n`], /Cannot resolve/],
  "a long name that is not exported": [
    ["main.ts", `import { ${long} } from "./main.ts"\nexport const main = () => ${long}\n`],
    /re-exports|no export named|imports/
  ],
  "a version without end": [change("package-lock.json", "\"version\": \"1.0.0\"", `"version": "${long}"`),
    /No package has the version/],
  "a version that moves the cursor": [
    change("package-lock.json", "\"version\": \"1.0.0\"", `"version": ${JSON.stringify(evil)}`),
    /No package has the version/
  ],
  "a name without end": [change("package-lock.json", "\"version\": \"1.0.0\"", `"version": "1.0.0", "name": "${long}"`),
    /No package has the name/],
  "arrays that it does not": [returning(nested(5000)), /The parser \(SWC\) failed/],
  "calls of calls": [returning("f(".repeat(1000) + ")".repeat(1000)), /nested too deeply/],
  "a chain of calls": [returning(`f${".a()".repeat(600)}`), /nested too deeply/],
  "one of 2,400 conditions": [
    returning(
      `{ ${Array.from({ length: 2400 }, (_, index) => `if (f === ${index}) return 1; else `).join("")} return 1 }`
    ),
    /nested too deeply/
  ]
}

describe("a project", () => {
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(files)) bench.write(file, text)
  }

  it("of ordinary files is packaged", async () => {
    write(honest)
    const { code, stderr } = await bench.run(["package", "main.ts#main"])
    assert.strictEqual(code, 0, stderr)
  })

  it("of arrays as deep as the parser takes is packaged", async () => {
    const [file, text] = returning(nested(500))
    write({ ...honest, [file]: text })
    const { code, stderr } = await bench.run(["package", "main.ts#main"])
    assert.strictEqual(code, 0, stderr)
  })

  for (const [title, [[file, text], said]] of Object.entries(hostile)) {
    it(`with ${title} is refused`, async () => {
      write({ ...honest, [file]: text })
      const { code, stderr, stdout } = await bench.run(["package", "main.ts#main"])
      assert.deepStrictEqual([code, stdout], [3, ""], stderr.slice(0, 1000))
      assert.match(stderr, said)
      assert.include(stderr, "\n  → ")
      assert.isBelow(stderr.length, 4000)
      assert.notMatch(stderr, /[^\P{C}\n]/u, "a character that a terminal obeys")
    })
  }
})
