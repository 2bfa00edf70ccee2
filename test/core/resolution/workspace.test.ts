import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

const workspace = {
  "package.json": { name: "root", workspaces: ["packages/*"] },
  "packages/app/package.json": { name: "app", version: "1.0.0" },
  "packages/app/src/main.ts": "",
  "node_modules/lib": new Project.Link("../packages/lib"),
  "node_modules/app": new Project.Link("../packages/app")
}

describe("packages of the workspace", () => {
  Project.onEveryFileSystem((test) => {
    test("are sources, resolved where Node would", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          ...workspace,
          "packages/lib/package.json": {
            name: "lib",
            exports: { ".": "./src/index.ts", "./built": "./dist/built.js", "./js": "./src/index.js" }
          },
          "packages/lib/src/index.ts": "",
          "packages/lib/dist/built.js": ""
        })
        const main = "packages/app/src/main.ts"
        assert.strictEqual(yield* project.where("lib", main), "packages/lib/src/index.ts")
        assert.strictEqual(yield* project.where("lib/built", main), "packages/lib/dist/built.js")
        assert.strictEqual(yield* project.where("lib/js", main), "packages/lib/src/index.ts")
        assert.strictEqual(yield* project.where("lib/src/index.ts", main), "NotExported")
      }))

    test("one that is not built is refused with that remedy, unless a custom condition leads to its sources", () =>
      Effect.gen(function*() {
        const lib = {
          "packages/lib/package.json": {
            name: "lib",
            exports: { ".": { "@me/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } }
          },
          "packages/lib/src/index.ts": ""
        }
        const project = yield* Project.make({ ...workspace, ...lib })
        const error = yield* project.refused("lib", "packages/app/src/main.ts")
        assert.strictEqual(error.reason, "NotFound")
        assert.match(error.message, /names \.\/dist\/index\.js, which does not exist/)
        assert.match(error.remedy ?? "", /^Build the package lib first .*customConditions/)
        const custom = yield* Project.make({
          ...workspace,
          ...lib,
          "tsconfig.json": { compilerOptions: { customConditions: ["@me/source"] } }
        })
        assert.strictEqual(yield* custom.where("lib", "packages/app/src/main.ts"), "packages/lib/src/index.ts")
      }))

    test("without exports: main and deep files as in sources", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          ...workspace,
          "packages/lib/package.json": { name: "lib", main: "src/index.js" },
          "packages/lib/src/index.ts": "",
          "packages/lib/src/deep.ts": ""
        })
        assert.strictEqual(yield* project.where("lib", "packages/app/src/main.ts"), "packages/lib/src/index.ts")
        assert.strictEqual(yield* project.where("lib/src/deep", "packages/app/src/main.ts"), "packages/lib/src/deep.ts")
        const unbuilt = yield* Project.make({
          ...workspace,
          "packages/lib/package.json": { name: "lib", main: "dist/index.js" },
          "packages/lib/src/index.ts": ""
        })
        const error = yield* unbuilt.refused("lib", "packages/app/src/main.ts")
        assert.match(error.message, /names "dist\/index\.js", which does not exist.*Build the package lib/s)
      }))

    test("their own dependencies are found from their real path", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          ...workspace,
          "packages/lib/package.json": { name: "lib", main: "index.ts" },
          "packages/lib/index.ts": "",
          ...Project.installed("packages/lib/node_modules/dep", { version: "2.0.0" }, { "index.js": "" }),
          ...Project.installed("node_modules/dep", {}, { "index.js": "" })
        })
        assert.strictEqual(
          yield* project.where("dep", "node_modules/lib/index.ts"),
          "dep@2.0.0 packages/lib/node_modules/dep/index.js"
        )
        assert.strictEqual(
          yield* project.where("dep", "packages/app/src/main.ts"),
          "dep@1.0.0 node_modules/dep/index.js"
        )
      }))
  })
})
