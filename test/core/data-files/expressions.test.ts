import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { paths, type Sources } from "./Paths.ts"

type Rows = ReadonlyArray<readonly [string, Sources, ReadonlyArray<string>]>

const fs =
  `import fs from "node:fs"\nimport path from "node:path"\nimport { fileURLToPath, pathToFileURL } from "node:url"\n`
const cjs = (text: string): Sources => ({ "src/main.js": `const fs = require("fs"), path = require("path")\n${text}` })
const env = "`process.env` is read when the function runs"

const places: Rows = [
  ["__dirname and +", cjs(`fs.readFileSync(__dirname + "/a.txt")`), ["src/a.txt"]],
  ["__dirname in a template", cjs("fs.readFileSync(`${__dirname}/a.txt`)"), ["src/a.txt"]],
  ["__dirname between two literals", cjs(`fs.readFileSync("" + __dirname + "/data" + "/a.txt")`), ["src/data/a.txt"]],
  ["a declared __dirname", `declare const __dirname: string\n${fs}fs.readFileSync(__dirname + "/a.txt")`, [
    "src/a.txt"
  ]],
  ["a __dirname of one's own",
    `${fs}const __filename = fileURLToPath(import.meta.url)\nconst __dirname = path.dirname(__filename)\nfs.readFileSync(path.join(__dirname, "a.txt"))`,
    ["src/a.txt"]],
  ["__dirname or one's own",
    `${fs}const here = typeof __dirname !== "undefined" ? __dirname : path.dirname(fileURLToPath(import.meta.url))\nfs.readFileSync(path.join(here, "a.txt"))`,
    ["src/a.txt"]],
  ["__filename", cjs(`fs.readFileSync(path.join(__filename, "../a.txt"))`), ["src/a.txt"]],
  ["__filename with another extension", cjs(`fs.readFileSync(__filename.replace(/\\.js$/, ".sql"))`), ["src/main.sql"]],
  ["module.filename", cjs(`fs.readFileSync(path.join(path.dirname(module.filename), "a.txt"))`), ["src/a.txt"]],
  ["import.meta.dirname", `${fs}fs.readFileSync(import.meta.dirname + "/a.txt")`, ["src/a.txt"]],
  ["import.meta.filename", `${fs}fs.readFileSync(path.resolve(import.meta.filename, "..", "a.txt"))`, ["src/a.txt"]],
  ["import.meta.dir", `await Bun.file(import.meta.dir + "/a.txt").text()`, ["src/a.txt"]],
  ["new URL", `${fs}fs.readFileSync(new URL("./a.txt", import.meta.url))`, ["src/a.txt"]],
  ["new URL without ./", `${fs}fs.readFileSync(new URL("a.txt", import.meta.url))`, ["src/a.txt"]],
  ["new URL upwards", `${fs}fs.readFileSync(new URL("../data/a.txt", import.meta.url))`, ["data/a.txt"]],
  ["new URL of a template", `${fs}const name = "a"\nfs.readFileSync(new URL(\`./\${name}.txt\`, import.meta.url))`, [
    "src/a.txt"
  ]],
  ["new URL with escapes and a query", `${fs}fs.readFileSync(new URL("./a%20b.txt?raw#x", import.meta.url))`, [
    "src/a b.txt"
  ]],
  ["new URL over new URL",
    `${fs}const base = new URL("../data/", import.meta.url)\nfs.readFileSync(new URL("a.txt", base))`, ["data/a.txt"]],
  ["new URL over its href", `${fs}fs.readFileSync(new URL("a.txt", new URL("../data/", import.meta.url).href))`, [
    "data/a.txt"
  ]],
  ["pathname of a URL", `${fs}fs.readFileSync(new URL("./a.txt", import.meta.url).pathname)`, ["src/a.txt"]],
  ["a URL as text", `${fs}fs.readFileSync(fileURLToPath(new URL("./a.txt", import.meta.url).toString()))`, [
    "src/a.txt"
  ]],
  ["a URL in a template", `${fs}fs.readFileSync(fileURLToPath(\`\${new URL(".", import.meta.url)}a.txt\`))`, [
    "src/a.txt"
  ]],
  ["a URL's text without its scheme", `${fs}fs.readFileSync(import.meta.url.replace("file://", "") + "/../a.txt")`, [
    "src/a.txt"
  ]],
  ["fileURLToPath of a file: text", `${fs}fs.readFileSync(fileURLToPath("file://" + __dirname + "/a.txt"))`, [
    "src/a.txt"
  ]],
  ["pathToFileURL and back",
    `${fs}fs.readFileSync(fileURLToPath(pathToFileURL(path.join(import.meta.dirname, "a.txt"))))`, ["src/a.txt"]],
  ["import.meta.resolve", `${fs}fs.readFileSync(new URL(import.meta.resolve("./a.txt")))`, ["src/a.txt",
    "tree src/a.txt"]],
  ["process.cwd()", `${fs}fs.readFileSync(path.join(process.cwd(), "data", "a.txt"))`, ["cwd:data/a.txt"]],
  ["process.cwd() of node:process", `${fs}import { cwd } from "node:process"\nfs.readFileSync(cwd() + "/a.txt")`, [
    "cwd:a.txt"
  ]],
  ["a relative path", `${fs}fs.readFileSync("./data/../data/a.txt")`, ["cwd:data/a.txt"]],
  ["path.resolve of relative parts", `${fs}fs.readFileSync(path.resolve("data", "a.txt"))`, ["cwd:data/a.txt"]],
  ["require.resolve", cjs(`fs.readFileSync(require.resolve("./a.txt"))`), ["src/a.txt", "tree src/a.txt"]],
  ["a made require's resolve",
    `${fs}import { createRequire } from "module"\nconst require = createRequire(import.meta.url)\nfs.readFileSync(require.resolve("../a.json"))`,
    ["a.json", "tree a.json"]],
  ["a made require",
    `import { createRequire } from "node:module"\nconst data = createRequire(import.meta.url)("./data.json")`, [
    "module src/data.json"
  ]]
]

const functions: Rows = [
  ["path.join", `${fs}fs.readFileSync(path.join(__dirname, "..", "data", "./a.txt"))`, ["data/a.txt"]],
  ["join by name",
    `import { readFileSync } from "fs"\nimport { join as j } from "path"\nreadFileSync(j(__dirname, "a.txt"))`, [
    "src/a.txt"
  ]],
  ["join destructured from require", {
    "src/main.js": `const { join } = require("path"), fs = require("fs")\nfs.readFileSync(join(__dirname, "a.txt"))`
  }, ["src/a.txt"]],
  ["path.posix", `${fs}fs.readFileSync(path.posix.join(__dirname, "a.txt"))`, ["src/a.txt"]],
  ["path/posix", `${fs}import { join } from "path/posix"\nfs.readFileSync(join(__dirname, "a.txt"))`, ["src/a.txt"]],
  ["namespace of path", `${fs}import * as p from "node:path"\nfs.readFileSync(p.join(__dirname, "a.txt"))`, [
    "src/a.txt"
  ]],
  ["path.resolve restarts at an absolute part", `${fs}fs.readFileSync(path.resolve("/ignored", __dirname, "a.txt"))`, [
    "src/a.txt"
  ]],
  ["path.dirname", `${fs}fs.readFileSync(path.dirname(__dirname) + "/a.txt")`, ["a.txt"]],
  ["path.basename", `${fs}fs.readFileSync(path.join(__dirname, path.basename(__filename, ".ts") + ".txt"))`, [
    "src/main.txt"
  ]],
  ["path.extname", `${fs}fs.readFileSync(path.join(__dirname, "a" + path.extname(__filename)))`, ["src/a.ts"]],
  ["path.normalize", `${fs}fs.readFileSync(path.normalize(__dirname + "/x/../a.txt"))`, ["src/a.txt"]],
  ["path.relative", `${fs}fs.readFileSync(path.relative(process.cwd(), path.join(process.cwd(), "data/a.txt")))`, [
    "cwd:data/a.txt"
  ]],
  ["path.parse", `${fs}const { dir, name } = path.parse(__filename)\nfs.readFileSync(path.join(dir, name + ".txt"))`, [
    "src/main.txt"
  ]],
  ["path.format", `${fs}fs.readFileSync(path.format({ dir: __dirname, base: "a.txt" }))`, ["src/a.txt"]],
  ["path.sep", `${fs}fs.readFileSync([__dirname, "data", "a.txt"].join(path.sep))`, ["src/data/a.txt"]],
  ["spread arguments", `${fs}const parts = ["data", "a.txt"]\nfs.readFileSync(path.join(__dirname, ...parts))`, [
    "src/data/a.txt"
  ]],
  ["String.raw", "import fs from 'fs'\nfs.readFileSync(String.raw`data/a.txt`)", ["cwd:data/a.txt"]],
  ["methods of texts", `${fs}fs.readFileSync(" Data/A.TXT ".trim().toLowerCase())`, ["cwd:data/a.txt"]],
  ["concat", `${fs}fs.readFileSync("data".concat("/", "a.txt"))`, ["cwd:data/a.txt"]],
  ["a number in a name", "import fs from 'fs'\nconst n = 3\nfs.readFileSync(`data/part-${n}.txt`)", [
    "cwd:data/part-3.txt"
  ]],
  ["realpath", `${fs}fs.readFileSync(path.join(fs.realpathSync(__dirname), "a.txt"))`, ["exists src", "src/a.txt"]]
]

const values: Rows = [
  ["a constant", `${fs}const name = "a.txt"\nfs.readFileSync(name)`, ["cwd:a.txt"]],
  ["constants over constants",
    `${fs}const dir = "data", name = "a.txt"\nconst file = dir + "/" + name\nfs.readFileSync(file)`, [
    "cwd:data/a.txt"
  ]],
  ["a constant that is declared later", `${fs}export const f = () => fs.readFileSync(file)\nconst file = "a.txt"`, [
    "cwd:a.txt"
  ]],
  ["a constant inside the function",
    `${fs}export function f() { const dir = "data"; const file = path.join(dir, "a.txt"); return fs.readFileSync(file) }`,
    ["cwd:data/a.txt"]],
  ["a member of a constant object",
    `${fs}const files = { a: "a.txt", b: { c: "c.txt" } } as const\nfs.readFileSync(files.a)\nfs.readFileSync(files["b"].c)`,
    ["cwd:a.txt", "cwd:c.txt"]],
  ["an element of a constant array", `${fs}const files = ["a.txt", "b.txt"]\nfs.readFileSync(files[1])`, ["cwd:b.txt"]],
  ["a member by an unknown key",
    `${fs}const files: Record<string, string> = { a: "a.txt", b: "b.txt" }\nexport const f = (k: string) => fs.readFileSync(files[k])`,
    ["cwd:a.txt", "cwd:b.txt"]],
  ["destructured", `${fs}const { a, b: [c] } = { a: "a.txt", b: ["c.txt"] }\nfs.readFileSync(a)\nfs.readFileSync(c)`, [
    "cwd:a.txt",
    "cwd:c.txt"
  ]],
  ["a default in destructuring",
    `${fs}export const f = ({ file = "a.txt" }: { file?: string } = {}) => fs.readFileSync(file)\nf()`, ["cwd:a.txt"]],
  ["a spread object",
    `${fs}const base = { dir: "data" }\nconst all = { ...base, name: "a.txt" }\nfs.readFileSync(path.join(all.dir, all.name))`,
    ["cwd:data/a.txt"]],
  ["an enum", `${fs}enum Files { A = "a.txt", B = "b.txt" }\nfs.readFileSync(Files.A)`, ["cwd:a.txt"]],
  ["a namespace", `${fs}namespace Paths { export const a = "a.txt" }\nfs.readFileSync(Paths.a)`, ["cwd:a.txt"]],
  ["a frozen object", `${fs}const files = Object.freeze({ a: "a.txt" })\nfs.readFileSync(files.a)`, ["cwd:a.txt"]],
  ["a static member",
    `${fs}class Store { static dir = path.join(__dirname, "store"); static load() { return fs.readFileSync(path.join(Store.dir, "a.txt")) } }`,
    ["src/store/a.txt"]],
  ["this in a static method",
    `${fs}class Store { static dir = "store"; static load() { return fs.readFileSync(this.dir + "/a.txt") } }`, [
    "cwd:store/a.txt"
  ]],
  ["a field",
    `${fs}class Store { private dir = "store"; load() { return fs.readFileSync(path.join(this.dir, "a.txt")) } }`, [
    "cwd:store/a.txt"
  ]],
  ["a private field",
    `${fs}class Store { #dir = "store"; load() { return fs.readFileSync(path.join(this.#dir, "a.txt")) } }`, [
    "cwd:store/a.txt"
  ]],
  ["a field of the class above",
    `${fs}class A { dir = "store" }\nclass B extends A { load() { return fs.readFileSync(path.join(this.dir, "a.txt")) } }`,
    ["cwd:store/a.txt"]],
  ["a getter",
    `${fs}class Store { get dir() { return path.join(__dirname, "store") } load() { return fs.readFileSync(this.dir + "/a.txt") } }`,
    ["src/store/a.txt"]],
  ["this in an object's method",
    `${fs}export const store = { dir: "store", load() { return fs.readFileSync(this.dir + "/a.txt") } }`, [
    "cwd:store/a.txt"
  ]],
  ["a member assigned later",
    `${fs}const files: Record<string, string> = {}\nfiles.a = "a.txt"\nfs.readFileSync(files.a)`, ["cwd:a.txt"]],
  ["elements pushed later",
    `${fs}const files: string[] = []\nfiles.push("a.txt", "b.txt")\nfor (const f of files) fs.readFileSync(f)`, [
    "cwd:a.txt",
    "cwd:b.txt"
  ]]
]

const alternatives: Rows = [
  ["a ternary", `${fs}export const f = (x: boolean) => fs.readFileSync(x ? "a.txt" : "b.txt")`, ["cwd:a.txt",
    "cwd:b.txt"]],
  ["a ternary in a template",
    "import fs from 'fs'\nexport const f = (x: boolean) => fs.readFileSync(`data/${x ? 'a' : 'b'}.txt`)", [
    "cwd:data/a.txt",
    "cwd:data/b.txt"
  ]],
  ["two ternaries",
    "import fs from 'fs'\nexport const f = (x: boolean) => fs.readFileSync(`${x ? 'a' : 'b'}.${x ? 'c' : 'd'}`)", [
    "cwd:a.c",
    "cwd:a.d",
    "cwd:b.c",
    "cwd:b.d"
  ]],
  ["a fallback of something unknown", `${fs}fs.readFileSync(process.env.FILE || "a.txt")`, [`?${env}`, "cwd:a.txt"]],
  ["a fallback that is never taken", `${fs}const file = "a.txt"\nfs.readFileSync(file ?? "b.txt")`, ["cwd:a.txt"]],
  ["and", `${fs}export const f = (x: boolean) => fs.readFileSync(x && "a.txt")`, ["cwd:a.txt"]],
  ["several assignments",
    `${fs}export function f(x: boolean) { let file; if (x) file = "a.txt"; else file = "b.txt"; return fs.readFileSync(file) }`,
    ["cwd:a.txt", "cwd:b.txt"]],
  ["a switch",
    `${fs}export function f(x: string) { let file = "a.txt"; switch (x) { case "b": file = "b.txt" } return fs.readFileSync(file) }`,
    ["cwd:a.txt", "cwd:b.txt"]],
  ["a loop over a list", `${fs}for (const name of ["a", "b"]) fs.readFileSync(path.join(__dirname, name + ".txt"))`, [
    "src/a.txt",
    "src/b.txt"
  ]],
  ["a loop over the keys of a table",
    `${fs}const table = { a: 1, b: 2 }\nfor (const name in table) fs.readFileSync(name + ".txt")`, ["cwd:a.txt",
    "cwd:b.txt"]],
  ["a loop over entries",
    `${fs}const table = { a: "x.txt", b: "y.txt" }\nfor (const [, file] of Object.entries(table)) fs.readFileSync(file)`,
    ["cwd:x.txt", "cwd:y.txt"]],
  ["forEach", `${fs}["a.txt", "b.txt"].forEach((f) => fs.readFileSync(f))`, ["cwd:a.txt", "cwd:b.txt"]],
  ["map over a constant",
    `${fs}const names = ["a", "b"] as const\nexport const all = () => names.map((n) => fs.readFileSync(\`data/\${n}.txt\`))`,
    ["cwd:data/a.txt", "cwd:data/b.txt"]],
  ["a reading function given to map",
    `${fs}export const all = () => ["a.txt", "b.txt"].map(load)\nfunction load(f: string) { return fs.readFileSync(f) }`,
    ["cwd:a.txt", "cwd:b.txt"]],
  ["a mapped list",
    `${fs}const files = ["a", "b"].map((n) => path.join(__dirname, n + ".txt"))\nfor (const f of files) fs.readFileSync(f)`,
    ["src/a.txt", "src/b.txt"]],
  ["elements of an array literal that are reads",
    cjs(`const js = [\n  fs.readFileSync(__dirname + "/a.js"),\n  fs.readFileSync(__dirname + "/b.js"),\n].join(";")`),
    ["src/a.js", "src/b.js"]],
  ["Promise.all over a map",
    `import { readFile } from "fs/promises"\nexport const f = () => Promise.all(["a.txt", "b.txt"].map((x) => readFile(x, "utf8")))`,
    ["cwd:a.txt", "cwd:b.txt"]],
  ["an array with holes", cjs(`const [, second] = ["a.txt", , "c.txt"]\nfs.readFileSync(["x", , "b.txt"][2])`), [
    "cwd:b.txt"
  ]]
]

const unknowns: Rows = [
  ["process.env alone", `${fs}fs.readFileSync(process.env.FILE)`, [`?${env}`]],
  ["process.env in a path", `${fs}fs.readFileSync(path.join(__dirname, process.env.NAME, "a.txt"))`, ["src/*/a.txt"]],
  ["process.env by destructuring", `${fs}const { HOME } = process.env\nfs.readFileSync(HOME + "/a.txt")`, [`?${env}`]],
  ["an argument of the entry", `${fs}export const f = (name: string) => fs.readFileSync(\`data/\${name}.json\`)`, [
    "cwd:data/*.json"
  ]],
  [".. after something unknown",
    `${fs}export const f = (name: string) => fs.readFileSync(path.join(__dirname, name, "..", "a.txt"))`, [
    "src/*/../a.txt"
  ]],
  ["a counter", `${fs}let n = 0\nexport const f = () => fs.readFileSync("data/" + n++)\n`, ["cwd:data/*"]],
  ["a variable that grows", `${fs}export function f() { let p = "data"; p += "/a.txt"; return fs.readFileSync(p) }`, [
    "?it changes by `+=`",
    "cwd:data"
  ]],
  ["a constant over itself", `${fs}const a: string = b + "x", b: string = a + "y"\nfs.readFileSync(a)`, [
    "?`a` is computed from itself"
  ]],
  ["an absolute path", `${fs}fs.readFileSync("/etc/hosts")`, ["absolute:/etc/hosts"]],
  ["a place of the machine", `${fs}import os from "os"\nfs.readFileSync(path.join(os.homedir(), ".npmrc"))`, [
    "absolute:os.homedir()/.npmrc"
  ]],
  ["a URL of the web",
    `${fs}fs.readFileSync(new URL("https://example.org/a.txt"))\nfs.readFileSync("data:text/plain,x")`, []],
  ["a descriptor", `${fs}fs.readFileSync(0)`, []],
  ["a file of a package",
    `${fs}import { createRequire } from "module"\nfs.readFileSync(createRequire(import.meta.url).resolve("effect/package.json"))`,
    []],
  ["too many alternatives",
    `${fs}const d = ["0","1","2","3","4","5","6","7","8","9"]\nfor (const a of d) for (const b of d) for (const c of d) fs.readFileSync(a + b + c)`,
    ["cwd:00*"]]
]

layer(SourceParser.layer)("a path is folded", (it) => {
  const suite = (name: string, rows: Rows): void => {
    describe(name, () => {
      for (const [title, source, expected] of rows) {
        it.effect(title, () => Effect.map(paths(source), (found) => assert.deepStrictEqual(found, [...expected])))
      }
    })
  }
  suite("from the place of the module or the working directory", places)
  suite("through functions", functions)
  suite("through values", values)
  suite("to several alternatives", alternatives)
  suite("as far as it is known", unknowns)
})
