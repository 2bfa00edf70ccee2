import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

describe("relative and absolute specifiers", () => {
  Project.onEveryFileSystem((test) => {
    test("JavaScript that is written means TypeScript that is there, in TypeScript's order", () =>
      Effect.gen(function*() {
        const names = ["x.ts", "x.tsx", "x.js", "x.jsx"]
        const project = yield* Project.make(
          Object.fromEntries(["main.ts", ...names].map((name) => [`src/${name}`, ""]))
        )
        for (const name of names) {
          const resolver = yield* project.newResolver
          const found = yield* resolver.resolve("./x.js", project.path("src/main.ts"), "import")
          assert.deepStrictEqual(found, { _tag: "Source", path: project.path(`src/${name}`) })
          yield* project.remove(`src/${name}`)
        }
      }))

    test("plain JavaScript means the file that Node takes, and TypeScript where Node finds none", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.mjs": "",
          "main.ts": "",
          "both.ts": "",
          "both.js": "",
          "only.ts": "",
          "folder.ts": "",
          "folder/index.js": ""
        })
        for (const main of ["main.mjs", "main.cjs", "main.js"]) {
          assert.strictEqual(yield* project.where("./both.js", main), "both.js")
          assert.strictEqual(yield* project.where("./both", main, "require"), "both.js")
          assert.strictEqual(yield* project.where("./folder", main, "require"), "folder/index.js")
          assert.strictEqual(yield* project.where("./only.js", main), "only.ts")
          assert.strictEqual(yield* project.where("./none.js", main), "NotFound")
        }
        assert.strictEqual(yield* project.where("./both.js", "main.ts"), "both.ts")
        assert.strictEqual(yield* project.where("./folder", "main.ts"), "folder.ts")
      }))

    test("each extension stands for its own source", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "m.mts": "",
          "m.mjs": "",
          "c.cts": "",
          "c.cjs": "",
          "view.tsx": "",
          "view.ts": "",
          "only.mjs": "",
          "only.cjs": "",
          "both.ts": "",
          "both.js": "",
          "data.json": "{}"
        })
        assert.strictEqual(yield* project.where("./m.mjs", "main.ts"), "m.mts")
        assert.strictEqual(yield* project.where("./c.cjs", "main.ts"), "c.cts")
        assert.strictEqual(yield* project.where("./view.jsx", "main.ts"), "view.tsx")
        assert.strictEqual(yield* project.where("./view.js", "main.ts"), "view.ts")
        assert.strictEqual(yield* project.where("./only.mjs", "main.ts"), "only.mjs")
        assert.strictEqual(yield* project.where("./only.cjs", "main.ts"), "only.cjs")
        assert.strictEqual(yield* project.where("./both.ts", "main.ts"), "both.ts")
        assert.strictEqual(yield* project.where("./data.json", "main.ts"), "data.json")
        assert.strictEqual(yield* project.where("./both.mjs", "main.ts"), "NotFound")
      }))

    test("without an extension: .ts, .tsx, the literal file, .js, .jsx, .json, then the directory", () =>
      Effect.gen(function*() {
        const names = ["x.ts", "x.tsx", "x.js", "x.jsx", "x.json"]
        const project = yield* Project.make(Object.fromEntries(["main.ts", ...names].map((name) => [name, ""])))
        for (const name of names) {
          const resolver = yield* project.newResolver
          assert.deepStrictEqual(yield* resolver.resolve("./x", project.path("main.ts"), "import"), {
            _tag: "Source",
            path: project.path(name)
          })
          yield* project.remove(name)
        }
        yield* project.write({ "x/index.ts": "", "y": "#!/usr/bin/env node\n", "y.js": "", "z.service.ts": "" })
        const resolver = yield* project.newResolver
        const where = (specifier: string) => resolver.resolve(specifier, project.path("main.ts"), "import")
        assert.deepStrictEqual(yield* where("./x"), { _tag: "Source", path: project.path("x/index.ts") })
        assert.deepStrictEqual(yield* where("./y"), { _tag: "Source", path: project.path("y") })
        assert.deepStrictEqual(yield* where("./z.service"), { _tag: "Source", path: project.path("z.service.ts") })
      }))

    test("a file goes before a directory, a trailing slash asks for the directory", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "index.ts": "",
          "lib.ts": "",
          "lib/index.tsx": "",
          "lib/deep/x.ts": "",
          "plain/index.js": "",
          "named.ts/index.ts": ""
        })
        assert.strictEqual(yield* project.where("./lib", "main.ts"), "lib.ts")
        assert.strictEqual(yield* project.where("./lib/", "main.ts"), "lib/index.tsx")
        assert.strictEqual(yield* project.where(".", "lib/deep/x.ts"), "NotFound")
        assert.strictEqual(yield* project.where("..", "lib/deep/x.ts"), "lib/index.tsx")
        assert.strictEqual(yield* project.where("../..", "lib/deep/x.ts"), "index.ts")
        assert.strictEqual(yield* project.where("../../lib", "lib/deep/x.ts"), "lib.ts")
        assert.strictEqual(yield* project.where("./plain", "main.ts", "require"), "plain/index.js")
        assert.strictEqual(yield* project.where("./main.ts/", "index.ts"), "NotFound")
        assert.strictEqual(yield* project.where("./named.ts", "main.ts"), "named.ts/index.ts")
        assert.strictEqual(yield* project.where("./named", "main.ts"), "NotFound")
      }))

    test("a directory's package.json names its main file; a wrong one falls back to index", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.cjs": "",
          "a/package.json": { main: "lib/start.js" },
          "a/lib/start.ts": "",
          "b/package.json": { main: "./lib" },
          "b/lib/index.js": "",
          "c/package.json": { main: "missing.js" },
          "c/index.js": "",
          "d/package.json": { main: "start" },
          "d/start.js": ""
        })
        assert.strictEqual(yield* project.where("./a", "main.cjs", "require"), "a/lib/start.ts")
        assert.strictEqual(yield* project.where("./b", "main.cjs", "require"), "b/lib/index.js")
        assert.strictEqual(yield* project.where("./c", "main.cjs", "require"), "c/index.js")
        assert.strictEqual(yield* project.where("./d", "main.cjs", "require"), "d/start.js")
      }))

    test("an import is a URL: queries, fragments and percent-encoding; a literal name still counts", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "a b.ts": "",
          "q.ts": "",
          "100%.ts": "",
          "c%20d.ts": "",
          "h#sh.ts": ""
        })
        assert.strictEqual(yield* project.where("./a%20b.js", "main.ts"), "a b.ts")
        assert.strictEqual(yield* project.where("./q.js?raw=1#top", "main.ts"), "q.ts")
        assert.strictEqual(yield* project.where("./100%.ts", "main.ts"), "100%.ts")
        assert.strictEqual(yield* project.where("./c%20d.ts", "main.ts"), "c%20d.ts")
        assert.strictEqual(yield* project.where("./h#sh.ts", "main.ts"), "h#sh.ts")
        assert.strictEqual(yield* project.where("./q.js?raw=1", "main.ts", "require"), "NotFound")
      }))

    test("absolute paths and file: URLs", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "", "lib/a b.ts": "", "lib/x.ts": "" })
        assert.strictEqual(yield* project.where(project.path("lib/x.js"), "main.ts"), "lib/x.ts")
        assert.strictEqual(yield* project.where(`file://${project.path("lib/a%20b.ts")}`, "main.ts"), "lib/a b.ts")
        assert.strictEqual(yield* project.where(`file://${project.path("lib/x.js")}?v=2`, "main.ts"), "lib/x.ts")
        assert.strictEqual(yield* project.where("file:///no/such/file.ts", "main.ts"), "NotFound")
      }))

    test("names are compared as spelled on disk: another case is not found, another normal form is", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "", "Lib/Helper.ts": "", ["cafe\u0301.ts"]: "" })
        assert.strictEqual(yield* project.where("./Lib/Helper", "main.ts"), "Lib/Helper.ts")
        assert.strictEqual(yield* project.where("./lib/Helper", "main.ts"), "NotFound")
        assert.strictEqual(yield* project.where("./Lib/helper", "main.ts"), "NotFound")
        assert.strictEqual(yield* project.where("./caf\u00e9.js", "main.ts"), "cafe\u0301.ts")
      }))

    test("above the package root is allowed: what may be reached is not decided here", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "shared/x.ts": "",
          "app/package.json": { name: "app" },
          "app/main.ts": ""
        })
        assert.strictEqual(yield* project.where("../shared/x.js", "app/main.ts"), "shared/x.ts")
      }))

    test("links are followed: the answer is the real path, and a dangling link is nothing", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "real/x.ts": "",
          "real/y.ts": "",
          "link.ts": new Project.Link("real/x.ts"),
          "dir": new Project.Link("real"),
          "gone.ts": new Project.Link("nowhere.ts"),
          "loop.ts": new Project.Link("loop.ts")
        })
        assert.strictEqual(yield* project.where("./link.js", "main.ts"), "real/x.ts")
        assert.strictEqual(yield* project.where("./dir/y", "main.ts"), "real/y.ts")
        assert.strictEqual(yield* project.where("./y", "dir/x.ts"), "real/y.ts")
        assert.strictEqual(yield* project.where("./gone.js", "main.ts"), "NotFound")
        assert.strictEqual(yield* project.where("./loop.js", "main.ts"), "NotFound")
      }))

    test("type declarations are never the answer", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "both.js": "",
          "both.d.ts": "",
          "types.d.ts": "",
          "only/index.d.ts": ""
        })
        assert.strictEqual(yield* project.where("./both.js", "main.ts"), "both.js")
        assert.strictEqual(yield* project.where("./both", "main.ts"), "both.js")
        for (const specifier of ["./types", "./types.js", "./types.d.ts", "./only"]) {
          const error = yield* project.refused(specifier, "main.ts")
          assert.strictEqual(error.reason, "NotFound")
          assert.match(error.why ?? "", /Only the type declarations (types|only\/index)\.d\.ts are there/)
        }
      }))
  })
})
