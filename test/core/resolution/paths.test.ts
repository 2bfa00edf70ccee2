import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

describe("paths, baseUrl and rootDirs of tsconfig.json", () => {
  Project.onEveryFileSystem((test) => {
    test("exact keys, the longest prefix, fallbacks in their order", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": `{
            // comments and trailing commas may stand here
            "compilerOptions": {
              "paths": {
                "config": ["./src/config.ts"],
                "config*": ["./src/wrong.ts"],
                "@/*": ["./src/*"],
                "@/lib/*": ["./generated/*", "./lib/*"],
                "*-suffix": ["./src/*.ts"],
                "#/*": ["./src/*"],
                "~/x": ["./src/x"],
                "missing": ["./src/none.ts"],
                "typed": ["./types/typed.d.ts"],
                "folder": ["./src/folder"],
              },
            },
          }`,
          "main.ts": "",
          "src/config.ts": "",
          "src/x.ts": "",
          "src/folder/index.ts": "",
          "lib/a.ts": "",
          "lib/both.ts": "",
          "generated/both.ts": "",
          "types/typed.d.ts": "",
          ...Project.installed("node_modules/missing", {}, { "index.js": "" }),
          ...Project.installed("node_modules/typed", {}, { "index.js": "" })
        })
        const where = (specifier: string) => project.where(specifier, "main.ts")
        assert.strictEqual(yield* where("config"), "src/config.ts")
        assert.strictEqual(yield* where("@/x.js"), "src/x.ts")
        assert.strictEqual(yield* where("@/x"), "src/x.ts")
        assert.strictEqual(yield* where("@/lib/a"), "lib/a.ts")
        assert.strictEqual(yield* where("@/lib/both"), "generated/both.ts")
        assert.strictEqual(yield* where("x-suffix"), "src/x.ts")
        assert.strictEqual(yield* where("#/x"), "src/x.ts")
        assert.strictEqual(yield* where("~/x"), "src/x.ts")
        assert.strictEqual(yield* where("folder"), "src/folder/index.ts")
        assert.strictEqual(yield* where("missing"), "missing@1.0.0 node_modules/missing/index.js")
        assert.strictEqual(yield* where("typed"), "typed@1.0.0 node_modules/typed/index.js")
        assert.strictEqual(yield* where("@/none"), "InvalidSpecifier")
      }))

    test("in plain JavaScript, Node's answer goes before paths and baseUrl", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": {
            compilerOptions: { baseUrl: "src", paths: { p: ["./p.ts"], fs: ["./fs.ts"], "@/*": ["./*"] } }
          },
          "main.mjs": "",
          "main.ts": "",
          "src/p.ts": "",
          "src/fs.ts": "",
          "src/own.ts": "",
          ...Project.installed("node_modules/p", {}, { "index.js": "" })
        })
        assert.strictEqual(yield* project.where("p", "main.mjs"), "p@1.0.0 node_modules/p/index.js")
        assert.strictEqual(yield* project.where("fs", "main.mjs"), "node:fs")
        assert.strictEqual(yield* project.where("@/own", "main.mjs"), "src/own.ts")
        assert.strictEqual(yield* project.where("own", "main.mjs"), "src/own.ts")
        assert.strictEqual(yield* project.where("p", "main.ts"), "src/p.ts")
        assert.strictEqual(yield* project.where("fs", "main.ts"), "src/fs.ts")
      }))

    test("paths go before Node's own modules, a mere * and baseUrl do not", () =>
      Effect.gen(function*() {
        const files = { "main.ts": "", "src/fs.ts": "", "src/own.ts": "" }
        const exact = yield* Project.make({
          ...files,
          "tsconfig.json": { compilerOptions: { paths: { fs: ["./src/fs.ts"] } } }
        })
        assert.strictEqual(yield* exact.where("fs", "main.ts"), "src/fs.ts")
        const all = yield* Project.make({
          ...files,
          "tsconfig.json": { compilerOptions: { paths: { "*": ["./src/*"] } } }
        })
        assert.strictEqual(yield* all.where("fs", "main.ts"), "node:fs")
        assert.strictEqual(yield* all.where("own", "main.ts"), "src/own.ts")
        const base = yield* Project.make({ ...files, "tsconfig.json": { compilerOptions: { baseUrl: "src" } } })
        assert.strictEqual(yield* base.where("fs", "main.ts"), "node:fs")
        assert.strictEqual(yield* base.where("own", "main.ts"), "src/own.ts")
      }))

    test("paths are relative to baseUrl, else to the file in which they stand", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": { extends: "./config/base.json" },
          "config/base.json": { compilerOptions: { paths: { "a/*": ["../lib/*"] } } },
          "lib/x.ts": "",
          "main.ts": "",
          "based/tsconfig.json": { extends: "../config/based.json", compilerOptions: { baseUrl: "./src" } },
          "config/based.json": { compilerOptions: { paths: { "a/*": ["deep/*"] } } },
          "based/src/deep/x.ts": "",
          "based/src/y.ts": "",
          "based/main.ts": ""
        })
        assert.strictEqual(yield* project.where("a/x", "main.ts"), "lib/x.ts")
        assert.strictEqual(yield* project.where("a/x", "based/main.ts"), "based/src/deep/x.ts")
        assert.strictEqual(yield* project.where("y", "based/main.ts"), "based/src/y.ts")
      }))

    test("rootDirs lie over each other", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": { compilerOptions: { rootDirs: ["src", "generated", "src/nested"] } },
          "src/a/main.ts": "",
          "src/a/own.ts": "",
          "generated/a/made.ts": "",
          "generated/a/own.ts": "",
          "generated/x.ts": "",
          "src/nested/main.ts": ""
        })
        assert.strictEqual(yield* project.where("./made.js", "src/a/main.ts"), "generated/a/made.ts")
        assert.strictEqual(yield* project.where("./own.js", "src/a/main.ts"), "src/a/own.ts")
        assert.strictEqual(yield* project.where("./x", "src/nested/main.ts"), "generated/x.ts")
        assert.strictEqual(yield* project.where("./none", "src/a/main.ts"), "NotFound")
      }))

    test("installed packages know nothing of the project's paths", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": { compilerOptions: { paths: { dep: ["./src/dep.ts"] } } },
          "src/dep.ts": "",
          ...Project.installed("node_modules/dep", {}, { "index.js": "" }),
          ...Project.installed("node_modules/user", {}, { "index.js": "" })
        })
        assert.strictEqual(
          yield* project.where("dep", "node_modules/user/index.js"),
          "dep@1.0.0 node_modules/dep/index.js"
        )
        assert.strictEqual(yield* project.where("dep", "src/main.ts"), "src/dep.ts")
      }))
  })
})
