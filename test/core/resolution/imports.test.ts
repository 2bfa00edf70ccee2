import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

describe("imports of a package", () => {
  Project.onEveryFileSystem((test) => {
    test("#x leads to sources, to packages, to modules of Node", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": {
            name: "app",
            imports: {
              "#lib": "./src/lib.ts",
              "#js": "./src/lib.js",
              "#both": "./src/both.js",
              "#util/*": "./src/util/*.ts",
              "#util/internal/*": null,
              "#dep": { node: "dep/sub", default: "./src/lib.ts" },
              "#dep/*": "dep/*",
              "#fs": "node:fs",
              "#path": "path",
              "#either": { require: "./src/util/x.ts", import: "./src/lib.ts" },
              "#/*": "./src/*",
              "#out": "../out.js",
              "#missing": "./src/missing.js"
            }
          },
          "src/lib.ts": "",
          "src/both.ts": "",
          "src/both.js": "",
          "src/util/x.ts": "",
          "src/util/internal/y.ts": "",
          "src/nested/package.json": { type: "module" },
          "src/nested/main.ts": "",
          ...Project.installed("node_modules/dep", { exports: { "./*": "./*.js" } }, { "sub.js": "", "a/b.js": "" })
        })
        const main = "src/main.ts"
        assert.strictEqual(yield* project.where("#lib", main), "src/lib.ts")
        assert.strictEqual(yield* project.where("#js", main), "src/lib.ts")
        assert.strictEqual(yield* project.where("#both", main), "src/both.js")
        assert.strictEqual(yield* project.where("#util/x", main), "src/util/x.ts")
        assert.strictEqual(yield* project.where("#util/internal/y", main), "NotExported")
        assert.strictEqual(yield* project.where("#fs", main), "node:fs")
        assert.strictEqual(yield* project.where("#path", main), "node:path")
        assert.strictEqual(yield* project.where("#either", main), "src/lib.ts")
        assert.strictEqual(yield* project.where("#either", main, "require"), "src/util/x.ts")
        assert.strictEqual(yield* project.where("#/util/x.ts", main), "src/util/x.ts")
        assert.strictEqual(yield* project.where("#out", main), "InvalidConfiguration")
        assert.strictEqual(yield* project.where("#missing", main), "NotFound")
        assert.strictEqual(yield* project.where("#", main), "NotExported")
        assert.strictEqual(yield* project.where("#lib", "src/nested/main.ts"), "NotExported")
        assert.deepStrictEqual(yield* project.ask("#dep", main), {
          _tag: "Package",
          name: "dep",
          specifier: "dep/sub",
          directory: project.path("node_modules/dep"),
          version: "1.0.0",
          path: project.path("node_modules/dep/sub.js")
        })
        assert.strictEqual(yield* project.where("#dep/a/b", main), "dep@1.0.0 node_modules/dep/a/b.js")
      }))

    test("an undefined one is refused with those that are defined", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "app", imports: { "#b": "./b.ts", "#a": "./a.ts" } },
          "main.ts": ""
        })
        const error = yield* project.refused("#c", "main.ts")
        assert.strictEqual(error.reason, "NotExported")
        assert.deepStrictEqual(error.available, ["#a", "#b"])
        assert.match(error.message, /^package\.json:1:\d+: "#c" is not defined by "imports"/)
      }))
  })
})
