import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

const files = {
  "a.js": "",
  "b.mjs": "",
  "c.cjs": "",
  "lib/x.js": "",
  "lib/y.json": "{}",
  "lib/deep/z.js": "",
  "src/x.ts": ""
}

const withExports = (exports: unknown, extra: Project.Files = {}) =>
  Project.make({ "main.ts": "", ...Project.installed("node_modules/p", { exports }, files), ...extra })

const p = (file: string) => `p@1.0.0 node_modules/p/${file}`

describe("exports of a package", () => {
  Project.onEveryFileSystem((test) => {
    test("sugar forms: a string, conditions, a list", () =>
      Effect.gen(function*() {
        const text = yield* withExports("./a.js")
        assert.strictEqual(yield* text.where("p", "main.ts"), p("a.js"))
        assert.strictEqual(yield* text.where("p/a.js", "main.ts"), "NotExported")
        const conditions = yield* withExports({ import: "./b.mjs", require: "./c.cjs" })
        assert.strictEqual(yield* conditions.where("p", "main.ts"), p("b.mjs"))
        assert.strictEqual(yield* conditions.where("p", "main.ts", "require"), p("c.cjs"))
        const list = yield* withExports(["not-a-path", { browser: "./c.cjs" }, "./a.js", "./b.mjs"])
        assert.strictEqual(yield* list.where("p", "main.ts"), p("a.js"))
      }))

    test("conditions hold in the order in which they are written, nested ones fall through", () =>
      Effect.gen(function*() {
        const project = yield* withExports({
          ".": { default: "./a.js", import: "./b.mjs" },
          "./nested": { node: { browser: "./a.js", require: "./c.cjs" }, import: "./b.mjs" },
          "./closed": { node: null, default: "./a.js" },
          "./sync": { "module-sync": "./a.js", default: "./c.cjs" },
          "./addons": { "node-addons": "./b.mjs", default: "./c.cjs" }
        })
        assert.strictEqual(yield* project.where("p", "main.ts"), p("a.js"))
        assert.strictEqual(yield* project.where("p/nested", "main.ts"), p("b.mjs"))
        assert.strictEqual(yield* project.where("p/nested", "main.ts", "require"), p("c.cjs"))
        assert.strictEqual(yield* project.where("p/closed", "main.ts"), "NotExported")
        // Those of Node 20.19 and newer
        assert.strictEqual(yield* project.where("p/sync", "main.ts"), p("a.js"))
        assert.strictEqual(yield* project.where("p/sync", "main.ts", "require"), p("a.js"))
        assert.strictEqual(yield* project.where("p/addons", "main.ts"), p("b.mjs"))
      }))

    test("patterns: the longest base wins, trailers count, null closes", () =>
      Effect.gen(function*() {
        const project = yield* withExports({
          "./*": "./lib/*.js",
          "./lib/*.json": "./lib/*.json",
          "./lib/deep/*": null,
          "./lib/*": "./lib/*",
          "./twice/*": "./lib/*/../*.js",
          "./exact/x": "./a.js",
          "./exact/*": "./b.mjs"
        })
        assert.strictEqual(yield* project.where("p/x", "main.ts"), p("lib/x.js"))
        assert.strictEqual(yield* project.where("p/lib/y.json", "main.ts"), p("lib/y.json"))
        assert.strictEqual(yield* project.where("p/lib/x.js", "main.ts"), p("lib/x.js"))
        assert.strictEqual(yield* project.where("p/lib/deep/z.js", "main.ts"), "NotExported")
        assert.strictEqual(yield* project.where("p/deep/z", "main.ts"), p("lib/deep/z.js"))
        assert.strictEqual(yield* project.where("p/exact/x", "main.ts"), p("a.js"))
        assert.strictEqual(yield* project.where("p/exact/other", "main.ts"), p("b.mjs"))
        assert.strictEqual(yield* project.where("p/twice/x", "main.ts"), "InvalidConfiguration")
        assert.strictEqual(yield* project.where("p/a/../x", "main.ts"), "InvalidSpecifier")
        assert.strictEqual(yield* project.where("p/x/", "main.ts"), "NotExported")
        assert.strictEqual(yield* project.where("p/missing", "main.ts"), "NotFound")
      }))

    test("what is not exported is refused with what is", () =>
      Effect.gen(function*() {
        const project = yield* withExports({
          ".": "./a.js",
          "./x": { import: "./lib/x.js" },
          "./cjs": { require: "./c.cjs" },
          "./types": { types: "./types.d.ts" },
          "./features/*": "./lib/*.js",
          "./hidden": null
        })
        const error = yield* project.refused("p/y", "main.ts")
        assert.strictEqual(error.reason, "NotExported")
        assert.deepStrictEqual(error.available, ["p", "p/features/*", "p/x"])
        assert.match(error.message, /node_modules\/p\/package\.json:1:\d+: The package p does not export "\.\/y"/)
        assert.match(error.message, /Import one of: p, p\/features\/\*, p\/x/)
        assert.match((yield* project.refused("p/types", "main.ts")).why ?? "", /type declarations only/)
        assert.match((yield* project.refused("p/hidden", "main.ts")).why ?? "", /closes/)
        assert.match(
          (yield* project.refused("p/cjs", "main.ts")).why ?? "",
          /conditions node, node-addons, module-sync, import, default/
        )
      }))

    test("a wrong package.json is refused with the place in it", () =>
      Effect.gen(function*() {
        const manifest = (exports: unknown) => JSON.stringify({ name: "p", version: "1.0.0", exports }, null, 2)
        const mixed = yield* Project.make({
          "main.ts": "",
          "node_modules/p/package.json": manifest({ ".": "./a.js", import: "./a.js" })
        })
        const error = yield* mixed.refused("p", "main.ts")
        assert.strictEqual(error.reason, "InvalidConfiguration")
        assert.strictEqual(String(error.location), "node_modules/p/package.json:4:14")
        const target = yield* Project.make({
          "main.ts": "",
          "node_modules/p/package.json": manifest({ ".": { import: "../x.js" } })
        })
        assert.match(
          (yield* target.refused("p", "main.ts")).message,
          /package\.json:6:17: .*\n.*"\.\.\/x\.js" does not begin with "\.\/"/
        )
        const index = yield* Project.make({
          "main.ts": "",
          "node_modules/p/package.json": manifest({ ".": { 0: "./a.js" } })
        })
        assert.strictEqual((yield* index.refused("p", "main.ts")).reason, "InvalidConfiguration")
        const broken = yield* Project.make({
          "main.ts": "",
          "node_modules/p/package.json": "{\n  \"name\": \"p\",\n  oops\n}"
        })
        assert.strictEqual(String((yield* broken.refused("p", "main.ts")).location), "node_modules/p/package.json:3:3")
      }))

    test("conditions of the tsconfig hold too", () =>
      Effect.gen(function*() {
        const project = yield* withExports({ source: "./src/x.ts", default: "./a.js" }, {
          "tsconfig.json": { compilerOptions: { customConditions: ["source"] } }
        })
        assert.strictEqual(yield* project.where("p", "main.ts"), p("src/x.ts"))
      }))

    test("a package refers to itself by name, when it has exports", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "@me/app", exports: { ".": "./src/index.ts", "./util/*": "./src/util/*.js" } },
          "src/index.ts": "",
          "src/util/x.ts": "",
          ...Project.installed("node_modules/@me/app", { exports: "./other.js" }, { "other.js": "" })
        })
        assert.strictEqual(yield* project.where("@me/app", "src/util/x.ts"), "src/index.ts")
        assert.strictEqual(yield* project.where("@me/app/util/x", "src/index.ts"), "src/util/x.ts")
        assert.strictEqual(yield* project.where("@me/app/none", "src/index.ts"), "NotExported")
        const without = yield* Project.make({
          "package.json": { name: "app", main: "index.ts" },
          "index.ts": ""
        })
        assert.strictEqual(yield* without.where("app", "index.ts"), "NotFound")
      }))
  })
})
