import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

describe("installed packages", () => {
  Project.onEveryFileSystem((test) => {
    test("the nearest node_modules upwards", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "a/b/main.ts": "",
          "main.ts": "",
          ...Project.installed("node_modules/dep", { version: "1.0.0" }, { "index.js": "" }),
          ...Project.installed("a/node_modules/dep", { version: "2.0.0" }, { "index.js": "" })
        })
        assert.strictEqual(yield* project.where("dep", "a/b/main.ts"), "dep@2.0.0 a/node_modules/dep/index.js")
        assert.strictEqual(yield* project.where("dep", "main.ts"), "dep@1.0.0 node_modules/dep/index.js")
      }))

    test("without exports: main, its variants, index; deep files, completed for Node's ES modules", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          ...Project.installed("node_modules/plain", {}, {
            "index.js": "",
            "fp.js": "",
            "dir/index.js": "",
            "x.json": "{}"
          }),
          ...Project.installed("node_modules/named", { main: "lib/main" }, { "lib/main.js": "", "lib/main.ts": "" }),
          ...Project.installed("node_modules/folder", { main: "./lib/" }, { "lib/index.js": "" }),
          ...Project.installed("node_modules/wrong", { main: "gone.js" }, { "index.json": "{}" }),
          ...Project.installed("node_modules/@s/scoped", { main: "x.cjs" }, { "x.cjs": "", "sub/y.js": "" })
        })
        assert.strictEqual(yield* project.where("plain", "main.ts"), "plain@1.0.0 node_modules/plain/index.js")
        assert.strictEqual(yield* project.where("named", "main.ts"), "named@1.0.0 node_modules/named/lib/main.js")
        assert.strictEqual(yield* project.where("folder", "main.ts"), "folder@1.0.0 node_modules/folder/lib/index.js")
        assert.strictEqual(yield* project.where("wrong", "main.ts"), "wrong@1.0.0 node_modules/wrong/index.json")
        assert.strictEqual(yield* project.where("@s/scoped", "main.ts"), "@s/scoped@1.0.0 node_modules/@s/scoped/x.cjs")
        const specifier = (text: string, kind: "import" | "require") =>
          Effect.map(
            project.ask(text, "main.ts", kind),
            (found) => found._tag === "Package" ? found.specifier : found._tag
          )
        assert.strictEqual(yield* specifier("plain", "import"), "plain")
        assert.strictEqual(yield* specifier("plain/fp", "import"), "plain/fp.js")
        assert.strictEqual(yield* specifier("plain/fp", "require"), "plain/fp")
        assert.strictEqual(yield* specifier("plain/dir", "import"), "plain/dir/index.js")
        assert.strictEqual(yield* specifier("plain/fp.js", "import"), "plain/fp.js")
        assert.strictEqual(yield* specifier("@s/scoped/sub/y", "import"), "@s/scoped/sub/y.js")
        assert.strictEqual(yield* project.where("plain/none", "main.ts"), "NotFound")
      }))

    test("the name is the key under which it is installed", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          ...Project.installed("node_modules/alias", { name: "original", version: "3.1.0", exports: "./x.js" }, {
            "x.js": ""
          })
        })
        assert.strictEqual(yield* project.where("alias", "main.ts"), "alias@3.1.0 node_modules/alias/x.js")
      }))

    test("pnpm: links into .pnpm stay packages, and their own dependencies are found beside them", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          ...Project.installed(
            "node_modules/.pnpm/dep@1.2.3/node_modules/dep",
            { version: "1.2.3", exports: "./x.js" },
            {
              "x.js": ""
            }
          ),
          ...Project.installed("node_modules/.pnpm/inner@4.0.0/node_modules/inner", { version: "4.0.0" }, {
            "index.js": ""
          }),
          "node_modules/dep": new Project.Link(".pnpm/dep@1.2.3/node_modules/dep"),
          "node_modules/.pnpm/dep@1.2.3/node_modules/inner": new Project.Link("../../inner@4.0.0/node_modules/inner")
        })
        const store = "node_modules/.pnpm/dep@1.2.3/node_modules/dep"
        assert.deepStrictEqual(yield* project.ask("dep", "main.ts"), {
          _tag: "Package",
          name: "dep",
          specifier: "dep",
          directory: project.path(store),
          version: "1.2.3",
          path: project.path(`${store}/x.js`)
        })
        assert.strictEqual(
          yield* project.where("inner", `${store}/x.js`),
          "inner@4.0.0 node_modules/.pnpm/inner@4.0.0/node_modules/inner/index.js"
        )
        assert.strictEqual(yield* project.where("inner", "main.ts"), "NotFound")
      }))

    test("a path that leads into an installed package names that package, by what it exports", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          "tsconfig.json": {
            compilerOptions: { paths: { "es": ["./node_modules/open"], "deep": ["./node_modules/@s/map/lib/a/x.js"] } }
          },
          ...Project.installed("node_modules/open", {}, { "index.js": "", "lib/x.js": "" }),
          ...Project.installed(
            "node_modules/@s/map",
            { exports: { ".": "./index.js", "./features/*": "./lib/*.js" } },
            {
              "index.js": "",
              "lib/a/x.js": "",
              "private.js": ""
            }
          )
        })
        const specifier = (text: string) =>
          Effect.map(
            project.ask(text, "main.ts"),
            (found) => found._tag === "Package" ? `${found.name} ${found.specifier}` : found._tag
          )
        assert.strictEqual(yield* specifier("es"), "open open")
        assert.strictEqual(yield* specifier("deep"), "@s/map @s/map/features/a/x")
        assert.strictEqual(yield* specifier("./node_modules/open/lib/x.js"), "open open/lib/x.js")
        assert.strictEqual(yield* specifier("./node_modules/@s/map/index.js"), "@s/map @s/map")
        const error = yield* project.refused("./node_modules/@s/map/private.js", "main.ts")
        assert.strictEqual(error.reason, "NotExported")
        assert.deepStrictEqual(error.available, ["@s/map", "@s/map/features/*"])
      }))

    test("require finds a file that lies in node_modules itself, and looks on above when a package has not the file", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "a/main.cjs": "",
          "node_modules/single.js": "",
          ...Project.installed("node_modules/dep", {}, { "sub.js": "" }),
          ...Project.installed("a/node_modules/dep", { version: "2.0.0" }, { "index.js": "" })
        })
        assert.strictEqual(
          yield* project.where("single", "a/main.cjs", "require"),
          "single@undefined node_modules/single.js"
        )
        assert.strictEqual(yield* project.where("single", "a/main.cjs"), "NotFound")
        assert.strictEqual(
          yield* project.where("dep/sub", "a/main.cjs", "require"),
          "dep@1.0.0 node_modules/dep/sub.js"
        )
        assert.strictEqual(yield* project.where("dep/sub", "a/main.cjs"), "NotFound")
      }))

    test("one that is not installed: the command that installs it, near names, types only, Plug'n'Play", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "app", dependencies: { chalk: "^5.0.0" } },
          "main.ts": "",
          ...Project.installed("node_modules/lodash", {}, { "index.js": "" }),
          ...Project.installed("node_modules/@types/s__typed", {}, { "index.d.ts": "" }),
          ...Project.installed("node_modules/bare-types", { types: "x.d.ts" }, { "x.d.ts": "" })
        })
        const chalk = yield* project.refused("chalk", "main.ts")
        assert.strictEqual(chalk.reason, "NotFound")
        assert.match(chalk.message, /package\.json depends on it.*\n.*Run "npm install"\.$/s)
        assert.match(
          (yield* project.refused("lodahs", "main.ts")).message,
          /Did you mean "lodash"\? Else run "npm install lodahs"/
        )
        assert.match((yield* project.refused("@s/typed", "main.ts")).why ?? "", /node_modules\/@types\/s__typed/)
        assert.match((yield* project.refused("bare-types", "main.ts")).why ?? "", /Only type declarations/)
        yield* project.write({ "pnpm-lock.yaml": "" })
        const resolver = yield* project.newResolver
        const again = yield* Effect.flip(resolver.resolve("chalk", project.path("main.ts"), "import"))
        assert.match(again.remedy ?? "", /pnpm install/)
        yield* project.write({ ".pnp.cjs": "" })
        const pnp = yield* project.newResolver
        const error = yield* Effect.flip(pnp.resolve("chalk", project.path("main.ts"), "import"))
        assert.strictEqual(error.reason, "InvalidConfiguration")
        assert.match(error.message, /Plug'n'Play.*nodeLinker/s)
      }))

    test("specifiers that nothing could load", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "" })
        for (
          const specifier of ["", "@scope", "@/x", ".hidden", "a%b", "a\\b", "https://esm.sh/x",
            "data:text/javascript,0", "npm:x"]
        ) {
          const error = yield* project.refused(specifier, "main.ts")
          assert.strictEqual(error.reason, "InvalidSpecifier", specifier)
          assert.isDefined(error.remedy)
        }
      }))
  })
})
