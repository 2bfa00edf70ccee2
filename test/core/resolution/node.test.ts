import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ChildProcess from "node:child_process"
import type * as ModuleResolver from "../../../core/resolution/ModuleResolver.ts"
import * as Project from "./Project.ts"

/** Values of `exports` of all forms that the specification knows, right and wrong ones. */
const forms: ReadonlyArray<unknown> = [
  undefined,
  null,
  "./a.js",
  "./b.mjs",
  "./missing.js",
  "./lib",
  "a.js",
  "../a.js",
  "./x/../a.js",
  "./node_modules/x.js",
  "./%61.js",
  [],
  ["./a.js", "./b.mjs"],
  ["a.js", "./b.mjs"],
  [null, "./b.mjs"],
  ["./missing.js", "./a.js"],
  [{ browser: "./c.cjs" }, { import: "./b.mjs" }, "./a.js"],
  {},
  { default: "./a.js" },
  { import: "./b.mjs", require: "./c.cjs" },
  { require: "./c.cjs", default: "./a.js" },
  { default: "./a.js", import: "./b.mjs" },
  { browser: "./c.cjs" },
  { node: { import: "./b.mjs" }, default: "./a.js" },
  { node: { browser: "./c.cjs" }, default: "./a.js" },
  { node: null, default: "./a.js" },
  { node: [], default: "./a.js" },
  { 0: "./a.js" },
  { import: 1, default: "./a.js" },
  { ".": "./a.js" },
  { ".": "./a.js", import: "./b.mjs" },
  { ".": { import: "./b.mjs", require: "./c.cjs" }, "./sub": "./lib/x.js" },
  { ".": null, "./sub": "./a.js" },
  { "./sub": { node: "./lib/x.js" } },
  { "./*": "./lib/*.js" },
  { "./*": "./lib/*.js", "./deep/*": null },
  { "./lib/*": "./lib/*", "./lib/*.json": "./a.js" },
  { "./*": "./*", "./lib/*": "./lib/deep/*" },
  { "./*.js": "./*.js", "./sub.js": "./b.mjs" },
  { "./sub/": "./lib/" },
  { "./*": "./lib/*/*.js" },
  { "./*/z": "./lib/*/z.js" },
  { "./**": "./lib/*.js" },
  { "./*": ["./lib/*.json", "./lib/*.js"] },
  { "./s*b": "./lib/x.js", "./su*": "./b.mjs" },
  { "./package.json": "./package.json", "./a": "./a.js" }
]

const subpaths = [
  "",
  "/",
  "/a.js",
  "/a",
  "/sub",
  "/sub.js",
  "/sub/x.js",
  "/x",
  "/x/",
  "/lib/x.js",
  "/lib/y.json",
  "/lib/deep/z.js",
  "/deep/z",
  "/deep/deep",
  "/package.json",
  "/../p0/a.js",
  "/lib/../a.js",
  "/lib%2fx.js",
  "/%61.js"
]

const imports = {
  "#a": "./lib/x.js",
  "#dep": "p2",
  "#sub/*": "p34/*",
  "#cond": { import: "./lib/x.js", require: "p2" },
  "#fs": "node:fs",
  "#plain": "fs",
  "#null": null,
  "#up": "../x.js",
  "#abs": "/x.js",
  "#url": "https://example.org/x.js",
  "#list": ["./lib/none.js", "./lib/x.js"],
  "#self": "app/x",
  "#fallback": ["../bad.js", "./lib/x.js"],
  "#*": "./lib/*.js",
  "#gone": "nopackage"
}

/** What Node makes of each question, in a process of its own: the path, a built-in's name, or `undefined` for a refusal. */
const script = `
import { createRequire, isBuiltin } from "node:module"
import { existsSync, realpathSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
let text = ""
for await (const chunk of process.stdin) text += chunk
const require = createRequire(import.meta.url)
const name = (found) => isBuiltin(found) ? "node:" + found.replace(/^node:/, "") : found
const answers = JSON.parse(text).map(([specifier, kind]) => {
  try {
    if (kind === "require") return name(require.resolve(specifier))
    const url = import.meta.resolve(specifier)
    if (!url.startsWith("file:")) return url.startsWith("node:") ? url : null
    const path = fileURLToPath(url)
    // import.meta.resolve does not ask whether the file is there; import does.
    return existsSync(path) && statSync(path).isFile() ? realpathSync(path) : null
  } catch {
    return null
  }
})
console.log(JSON.stringify(answers))
`

describe("resolution is Node's", () => {
  it.scoped("for packages with exports and imports of every form", () =>
    Effect.gen(function*() {
      const files = {
        "a.js": "",
        "b.mjs": "",
        "c.cjs": "",
        "index.js": "",
        "sub/x.js": "",
        "lib/x.js": "",
        "lib/y.json": "{}",
        "lib/deep/z.js": "",
        "lib/deep/x.js": ""
      }
      const project = yield* Project.make({
        "package.json": { name: "app", imports, exports: { "./x": "./lib/x.js", "./gone": "./gone.js" } },
        "lib/x.js": "",
        "main.mjs": script,
        ...Object.assign(
          {},
          ...forms.map((exports, index) => Project.installed(`node_modules/p${index}`, { exports }, files)),
          Project.installed("node_modules/main-file", { main: "lib/x.js" }, files),
          Project.installed("node_modules/main-bare", { main: "lib/x" }, files),
          Project.installed("node_modules/main-gone", { main: "gone" }, files)
        ),
        "node_modules/linked": new Project.Link("p2")
      })
      const packages = [...forms.map((_, index) => `p${index}`), "main-file", "main-bare", "main-gone", "linked"]
      const specifiers = [
        ...packages.flatMap((name) => subpaths.map((subpath) => name + subpath)),
        ...Object.keys(imports),
        ..."#sub/x #sub/deep/z #x #none/none # #/ app app/x app/gone app/none fs node:fs fs/promises node:nothing node:test"
          .split(" "),
        "not-installed",
        "@scope",
        "./lib/x.js",
        "./lib/none.js",
        "."
      ]
      const kinds: ReadonlyArray<ModuleResolver.RequestKind> = ["import", "require"]
      const questions = specifiers.flatMap((specifier) => kinds.map((kind) => [specifier, kind] as const))
      const output = ChildProcess.execFileSync(process.execPath, [project.path("main.mjs")], {
        input: JSON.stringify(questions),
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"]
      })
      const expected: ReadonlyArray<string | null> = JSON.parse(output)
      const differences: Array<string> = []
      for (const [index, [specifier, kind]] of questions.entries()) {
        // import.meta.resolve takes any name after "node:".
        if (specifier === "node:nothing") continue
        const found = yield* Effect.either(project.resolver.resolve(specifier, project.path("main.mjs"), kind))
        const actual = found._tag === "Left" ? null
          : found.right._tag === "Builtin" ? found.right.name : found.right.path
        // What is wider here on purpose: imports without the extension (see packages.test.ts), and modules of Node as
        // targets of "imports" (Node takes them for imports without "node:" only).
        const wider = expected[index] === null && found._tag === "Right" &&
          (found.right._tag === "Builtin" && specifier.startsWith("#") ||
            kind === "import" && found.right._tag === "Package" && found.right.specifier !== specifier)
        if (actual !== expected[index] && !wider) {
          differences.push(`${kind} ${specifier}: ${actual} here, ${expected[index]} in Node`)
        }
      }
      assert.deepStrictEqual(differences, [])
      assert.isAbove(expected.filter((answer) => answer !== null).length, 100)
    }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))), 30_000)
})
