import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TsconfigGlob from "../../../core/resolution/TsconfigGlob.ts"
import * as Project from "./Project.ts"

const defaults = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

describe("tsconfig.json", () => {
  Project.onEveryFileSystem((test) => {
    const options = (project: Project.Project, file: string) => project.resolver.compilerOptions(project.path(file))
    const refused = (project: Project.Project, file: string) => Effect.flip(options(project, file))

    test("without one the defaults hold", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "" })
        assert.deepStrictEqual(yield* options(project, "main.ts"), defaults)
      }))

    test("says what code does", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": {
            compilerOptions: {
              jsx: "React-JSX",
              jsxImportSource: "preact",
              jsxFactory: "h",
              jsxFragmentFactory: "Fragment",
              experimentalDecorators: true,
              emitDecoratorMetadata: true,
              useDefineForClassFields: false,
              verbatimModuleSyntax: true
            }
          },
          "old/tsconfig.json": { compilerOptions: { target: "ES2021", reactNamespace: "R", jsx: "react" } },
          "new/tsconfig.json": { compilerOptions: { target: "es2022" } },
          "next/tsconfig.json": { compilerOptions: { target: "ESNext" } },
          "empty/tsconfig.json": ""
        })
        assert.deepStrictEqual(yield* options(project, "main.ts"), {
          jsx: "react-jsx",
          jsxImportSource: "preact",
          jsxFactory: "h",
          jsxFragmentFactory: "Fragment",
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          useDefineForClassFields: false,
          verbatimModuleSyntax: true
        })
        assert.deepStrictEqual(yield* options(project, "old/x.ts"), {
          ...defaults,
          jsx: "react",
          jsxFactory: "R.createElement",
          useDefineForClassFields: false
        })
        assert.deepStrictEqual(yield* options(project, "new/x.ts"), defaults)
        assert.deepStrictEqual(yield* options(project, "next/x.ts"), defaults)
        assert.deepStrictEqual(yield* options(project, "empty/x.ts"), defaults)
        assert.deepStrictEqual(yield* options(project, "node_modules/p/x.js"), defaults)
      }))

    test("extends: a file, a list (later ones win), packages; null takes back", () =>
      Effect.gen(function*() {
        const factory = (name: string) => ({ compilerOptions: { jsxFactory: name, jsxImportSource: name } })
        const project = yield* Project.make({
          "base.json": factory("base"),
          "other.json": factory("other"),
          "a/tsconfig.json": { extends: "../base", compilerOptions: { jsxFactory: "own" } },
          "b/tsconfig.json": { extends: ["../base.json", "../other.json"] },
          "c/tsconfig.json": { extends: "../a/tsconfig.json", compilerOptions: { jsxImportSource: null } },
          "d/tsconfig.json": { extends: "@tsconfig/node" },
          "e/tsconfig.json": { extends: "configs/strict" },
          "f/tsconfig.json": { extends: "exported/react" },
          "g/tsconfig.json": { extends: "fielded" },
          "h/tsconfig.json": { extends: ".." },
          "tsconfig.json": factory("top"),
          "node_modules/@tsconfig/node/tsconfig.json": factory("package"),
          "node_modules/configs/strict.json": factory("strict"),
          ...Project.installed("node_modules/exported", { exports: { "./react": "./configs/react.json" } }, {
            "configs/react.json": factory("react")
          }),
          ...Project.installed("node_modules/fielded", { tsconfig: "./x.json" }, { "x.json": factory("field") })
        })
        const of = (directory: string) =>
          Effect.map(options(project, `${directory}/x.ts`), (found) => `${found.jsxFactory} ${found.jsxImportSource}`)
        assert.strictEqual(yield* of("a"), "own base")
        assert.strictEqual(yield* of("b"), "other other")
        assert.strictEqual(yield* of("c"), "own undefined")
        assert.strictEqual(yield* of("d"), "package package")
        assert.strictEqual(yield* of("e"), "strict strict")
        assert.strictEqual(yield* of("f"), "react react")
        assert.strictEqual(yield* of("g"), "field field")
        assert.strictEqual(yield* of("h"), "top top")
      }))

    test("${configDir} is the directory of the configuration that extends", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "shared/base.json": {
            compilerOptions: { paths: { "@/*": ["${configDir}/src/*"] } },
            include: ["${configDir}/src"]
          },
          "app/tsconfig.json": { extends: "../shared/base.json" },
          "app/src/x.ts": "",
          "app/src/main.ts": ""
        })
        assert.strictEqual(yield* project.where("@/x", "app/src/main.ts"), "app/src/x.ts")
      }))

    test("the one that takes the file in governs it: itself, through references, then one above, else the nearest", () =>
      Effect.gen(function*() {
        const config = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
          compilerOptions: { jsxFactory: name },
          ...more
        })
        const project = yield* Project.make({
          "tsconfig.json": config("root", { include: ["tools"] }),
          "app/tsconfig.json": config("solution", {
            files: [],
            references: [{ path: "./tsconfig.src.json" }, { path: "./test" }]
          }),
          "app/tsconfig.src.json": config("src", { include: ["src/**/*"], exclude: ["src/**/*.spec.ts"] }),
          "app/test/tsconfig.json": config("test", { include: [".", "../src/**/*.spec.ts"] }),
          "tools/tsconfig.json": config("tools", { files: ["listed.ts"] })
        })
        const of = (file: string) => Effect.map(options(project, file), (found) => found.jsxFactory)
        assert.strictEqual(yield* of("app/src/deep/x.ts"), "src")
        assert.strictEqual(yield* of("app/src/deep/x.spec.ts"), "test")
        assert.strictEqual(yield* of("app/test/x.ts"), "test")
        assert.strictEqual(yield* of("app/scripts/x.ts"), "solution")
        assert.strictEqual(yield* of("tools/listed.ts"), "tools")
        assert.strictEqual(yield* of("tools/other.ts"), "root")
        assert.strictEqual(yield* of("other/x.ts"), "root")
      }))

    test("one above the repository does not govern", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": { compilerOptions: { jsxFactory: "outer" } },
          "inner/.git/HEAD": "",
          "inner/x.ts": ""
        })
        assert.deepStrictEqual(yield* options(project, "inner/x.ts"), defaults)
      }))

    test("references that are missing take in nothing, the others what they include", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": {
            files: [],
            references: [{ path: "./gone" }, { path: "./gone.json" }, { path: "./empty" }, { path: "./there.json" }]
          },
          "empty/x.txt": "",
          "there.json": { include: ["src"], compilerOptions: { experimentalDecorators: true } },
          "src/main.ts": "",
          "main.ts": ""
        })
        assert.deepStrictEqual(yield* options(project, "src/main.ts"), { ...defaults, experimentalDecorators: true })
        assert.deepStrictEqual(yield* options(project, "main.ts"), defaults)
      }))

    test("plain JavaScript follows the language, but for its JSX", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "tsconfig.json": {
            compilerOptions: {
              target: "es2020",
              allowJs: true,
              experimentalDecorators: true,
              emitDecoratorMetadata: true,
              verbatimModuleSyntax: true,
              jsx: "react",
              jsxFactory: "h"
            }
          }
        })
        for (const name of ["main.js", "main.mjs", "main.cjs", "main.jsx", "main"]) {
          assert.deepStrictEqual(yield* options(project, name), { ...defaults, jsx: "react", jsxFactory: "h" })
        }
        for (const name of ["main.ts", "main.mts", "main.cts", "main.tsx"]) {
          assert.isFalse((yield* options(project, name)).useDefineForClassFields)
        }
      }))

    test("a wrong one is refused with the place in it", () =>
      Effect.gen(function*() {
        const cases: ReadonlyArray<readonly [text: string, place: string, message: RegExp]> = [
          [`{\n  "compilerOptions": {\n    "target" "es2022"\n  }\n}`, "3:14", /not valid JSON.*Colon expected/s],
          [`[]`, "1:1", /not an object/],
          [`{\n  "extends": "./gone.json"\n}`, "2:14", /extends "\.\/gone\.json", which does not exist/],
          [`{ "extends": ["@tsconfig/gone"] }`, "1:15", /Install that package/],
          [`{ "extends": 1 }`, "1:14", /neither a string/],
          [`{ "compilerOptions": { "jsx": "angular" } }`, "1:31", /"jsx" is "angular"/],
          [`{ "compilerOptions": { "verbatimModuleSyntax": "yes" } }`, "1:48", /neither true nor false/],
          [`{ "compilerOptions": { "paths": { "a": "b" } } }`, "1:40", /"a" in "paths" is not a list/],
          [`{ "compilerOptions": { "paths": { "*/*": ["b"] } } }`, "1:42", /more than one/],
          [`{ "files": [], "references": [{ "paths": "./gone" }] }`, "1:31", /has no "path"/]
        ]
        for (const [text, place, message] of cases) {
          const project = yield* Project.make({ "tsconfig.json": text, "main.ts": "" })
          const error = yield* refused(project, "main.ts")
          assert.strictEqual(error.reason, "InvalidConfiguration")
          assert.strictEqual(String(error.location), `tsconfig.json:${place}`)
          assert.match(error.message, message)
        }
        const circle = yield* Project.make({
          "tsconfig.json": { extends: "./a.json" },
          "a.json": { extends: "./tsconfig.json" },
          "main.ts": ""
        })
        assert.match((yield* refused(circle, "main.ts")).message, /a\.json:1:12: a\.json extends itself/)
      }))
  })

  it("include and exclude", () => {
    const includes = (pattern: string, file: string) => TsconfigGlob.include(pattern).test(file)
    assert.isTrue(includes("/p/src", "/p/src/a/b.ts"))
    assert.isTrue(includes("/p/src/**/*", "/p/src/b.ts"))
    assert.isTrue(includes("/p/*.ts", "/p/b.ts"))
    assert.isFalse(includes("/p/*.ts", "/p/a/b.ts"))
    assert.isTrue(includes("/p/**/x?.ts", "/p/a/b/xy.ts"))
    assert.isFalse(includes("/p/**/*", "/p/node_modules/x/y.ts"))
    assert.isFalse(includes("/p/**/*", "/p/.hidden/y.ts"))
    assert.isTrue(includes("/p/.hidden/*", "/p/.hidden/y.ts"))
    // As for TypeScript, a last component with a dot is a file.
    assert.isFalse(includes("/p/.hidden", "/p/.hidden/y.ts"))
    assert.isTrue(includes("/p/a.b/**/*", "/p/a.b/y.ts"))
    assert.isFalse(includes("/p/a.b/**/*", "/p/axb/y.ts"))
    const excludes = (pattern: string, file: string) => TsconfigGlob.exclude(pattern).test(file)
    assert.isTrue(excludes("/p/dist", "/p/dist/x/y.ts"))
    assert.isFalse(excludes("/p/dist", "/p/distant/y.ts"))
    assert.isTrue(excludes("/p/**/*.spec.ts", "/p/a/b.spec.ts"))
    assert.isTrue(excludes("/p/**/*.spec.ts", "/p/b.spec.ts"))
    assert.isTrue(excludes("/p/**", "/p/a/b.ts"))
    assert.isTrue(excludes("/p/*/gen", "/p/a/gen/b.ts"))
  })
})
