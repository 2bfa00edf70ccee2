import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import { paths, type Sources } from "./Paths.ts"

/** Each row: what is special about it, the source, the paths. */
const forms: ReadonlyArray<readonly [string, Sources, ReadonlyArray<string>]> = [
  ["named", `import { readFileSync } from "fs"\nreadFileSync("a.txt")`, ["cwd:a.txt"]],
  ["named, with node:", `import { readFileSync } from "node:fs"\nreadFileSync("a.txt", "utf8")`, ["cwd:a.txt"]],
  ["renamed", `import { readFile as load } from "node:fs/promises"\nawait load("a.txt")`, ["cwd:a.txt"]],
  ["default", `import fs from "node:fs"\nfs.readFileSync("a.txt")`, ["cwd:a.txt"]],
  ["default of promises", `import fs from "node:fs/promises"\nawait fs.readFile("a.txt")`, ["cwd:a.txt"]],
  ["namespace", `import * as fs from "fs"\nfs.createReadStream("a.txt")`, ["cwd:a.txt"]],
  ["namespace's default", `import * as fs from "fs"\nfs.default.readFileSync("a.txt")`, ["cwd:a.txt"]],
  ["promises of fs", `import fs from "fs"\nawait fs.promises.readFile("a.txt")`, ["cwd:a.txt"]],
  ["promises by name", `import { promises as fs } from "fs"\nawait fs.readFile("a.txt")`, ["cwd:a.txt"]],
  ["destructured promises", `import fs from "fs"\nconst { readFile } = fs.promises\nawait readFile("a.txt")`, [
    "cwd:a.txt"
  ]],
  ["required", { "src/main.js": `const fs = require("fs")\nfs.readFileSync("a.txt")` }, ["cwd:a.txt"]],
  ["required with node:", { "src/main.js": `const fs = require("node:fs")\nfs.readFileSync("a.txt")` }, ["cwd:a.txt"]],
  ["required in place", { "src/main.js": `require("fs").readFileSync("a.txt")` }, ["cwd:a.txt"]],
  ["destructured from require", { "src/main.js": `const { readFileSync: read } = require("fs")\nread("a.txt")` }, [
    "cwd:a.txt"
  ]],
  ["member of require", { "src/main.js": `const read = require("fs").readFileSync\nread("a.txt")` }, ["cwd:a.txt"]],
  ["import equals", `import fs = require("fs")\nfs.readFileSync("a.txt")`, ["cwd:a.txt"]],
  ["imported when it runs", `const fs = await import("node:fs")\nfs.readFileSync("a.txt")`, ["cwd:a.txt"]],
  ["imported inside the function",
    `export async function f() {\n  const { readFile } = await import("node:fs/promises")\n  return readFile("a.txt")\n}`,
    ["cwd:a.txt"]],
  ["import().then", `export const f = () => import("node:fs").then((fs) => fs.readFileSync("a.txt"))`, ["cwd:a.txt"]],
  ["required inside the function", {
    "src/main.js": `exports.f = () => { const fs = require("fs"); return fs.readFileSync("a.txt") }`
  }, ["cwd:a.txt"]],
  ["made require",
    `import { createRequire } from "node:module"\nconst require = createRequire(import.meta.url)\nconst fs = require("fs")\nfs.readFileSync("a.txt")`,
    ["cwd:a.txt"]],
  ["aliased", `import fs from "fs"\nconst { readFileSync } = fs\nconst read = readFileSync\nread("a.txt")`, [
    "cwd:a.txt"
  ]],
  ["aliased inside", `import fs from "fs"\nexport function f() { const read = fs.readFileSync; return read("a.txt") }`,
    ["cwd:a.txt"]],
  ["bound", `import fs from "fs"\nconst read = fs.readFileSync.bind(fs)\nread("a.txt")`, ["cwd:a.txt"]],
  ["called by call", `import fs from "fs"\nfs.readFileSync.call(fs, "a.txt")`, ["cwd:a.txt"]],
  ["promisified",
    `import fs from "fs"\nimport { promisify } from "util"\nconst read = promisify(fs.readFile)\nawait read("a.txt")`, [
    "cwd:a.txt"
  ]],
  ["promisified in place",
    `import fs from "fs"\nimport util from "node:util"\nawait util.promisify(fs.readFile)("a.txt")`, ["cwd:a.txt"]],
  ["by computed member", `import fs from "fs"\nfs["readFileSync"]("a.txt")`, ["cwd:a.txt"]],
  ["optional call", `import fs from "fs"\nfs?.readFileSync?.("a.txt")`, ["cwd:a.txt"]],
  ["cast", `import fs from "fs"\n;(fs as any).readFileSync!("a.txt" satisfies string)`, ["cwd:a.txt"]],
  ["fs-extra", `import fs from "fs-extra"\nawait fs.readJson("a.json")\nawait fs.readFile("b.txt")`, ["cwd:a.json",
    "cwd:b.txt"]],
  ["graceful-fs", { "src/main.js": `const fs = require("graceful-fs")\nfs.readFileSync("a.txt")` }, ["cwd:a.txt"]],
  ["TypeScript's interop", {
    "src/main.js":
      `"use strict"\nvar __importDefault = (this && this.__importDefault) || function (mod) {\n  return (mod && mod.__esModule) ? mod : { "default": mod }\n}\nconst fs_1 = __importDefault(require("fs"))\nfs_1.default.readFileSync("a.txt")`
  }, ["cwd:a.txt"]],
  ["TypeScript's namespace interop", {
    "src/main.js":
      `var __importStar = (this && this.__importStar) || function (mod) {\n  if (mod && mod.__esModule) return mod\n  var result = {}\n  if (mod != null) for (var k in mod) result[k] = mod[k]\n  result["default"] = mod\n  return result\n}\nconst path = __importStar(require("path"))\nconst fs = __importStar(require("fs"))\nfs.readFileSync(path.join(__dirname, "a.txt"))`
  }, ["src/a.txt"]],
  ["Babel's interop", {
    "src/main.js":
      `var _fs = _interopRequireDefault(require("fs"))\nfunction _interopRequireDefault(obj) { return obj && obj.__esModule ? obj : { default: obj } }\n_fs.default.readFileSync("a.txt")`
  }, ["cwd:a.txt"]],
  ["esbuild's indirect call", { "src/main.js": `var fs = require("fs")\n;(0, fs.readFileSync)("a.txt")` }, [
    "cwd:a.txt"
  ]],
  ["re-exported by a module of the project", {
    "src/main.ts": `import { readFileSync } from "./files"\nreadFileSync("a.txt")`,
    "src/files.ts": `import fs from "fs"\nexport const { readFileSync } = fs`
  }, ["cwd:a.txt"]],
  ["handed on by a module of the project", {
    "src/main.ts": `import * as io from "./io"\nio.files.readFileSync("a.txt")`,
    "src/io.ts": `import fs from "fs"\nexport const files = fs`
  }, ["cwd:a.txt"]],
  ["Bun", `await Bun.file("a.txt").text()`, ["cwd:a.txt"]],
  ["Deno", `await Deno.readTextFile("a.txt")\nDeno.readFileSync("b.bin")`, ["cwd:a.txt", "cwd:b.bin"]],
  ["globalThis", `globalThis.Deno.readTextFileSync("a.txt")`, ["cwd:a.txt"]],
  ["shadowed by a parameter",
    `import { readFileSync } from "fs"\nexport const f = (readFileSync: (x: string) => void) => readFileSync("a.txt")`,
    []],
  ["shadowed by a local",
    `import fs from "fs"\nexport function f() { const fs = { readFileSync: (x: string) => x }; fs.readFileSync("a.txt") }`,
    []],
  ["of a package that only looks alike", `import { readFileSync } from "./mine"\nreadFileSync("a.txt")`, []],
  ["types only", `import type fs from "fs"\ndeclare const x: typeof fs\nx.readFileSync("a.txt")`, []]
]

layer(SourceParser.layer)("a reading function is recognised", (it) => {
  describe("imported in every form", () => {
    for (const [name, source, expected] of forms) {
      it.effect(name, () => Effect.map(paths(source), (found) => assert.deepStrictEqual(found, [...expected])))
    }
  })
})
